/* Decides what the program finds in its environment. What the user has set there stays in force: our
 * preload comes before others, and so do our options for sanitizers, of which the last one counts. */
#include "supervise/environment.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger/layout.h"

/* "NAME=" and two values with a colon between them, where both are there. NULL: no memory. */
static char *joined(const char *name, const char *first, const char *second)
{
    const char *colon = first[0] != '\0' && second[0] != '\0' ? ":" : "";
    char *variable;
    return asprintf(&variable, "%s=%s%s%s", name, first, colon, second) < 0 ? NULL : variable;
}

static const char *current(const char *name)
{
    const char *value = getenv(name);
    return value != NULL ? value : "";
}

static bool same_name(const char *a, const char *b)
{
    size_t length = strcspn(a, "=");
    return strncmp(a, b, length) == 0 && b[length] == '=';
}

static int check_preload(const char *preload, struct error *error)
{
    if (access(preload, R_OK) != 0)
        return error_not_done(error, -errno, "cannot read the preload library '%s': %s", preload,
                              strerror(errno));
    if (strpbrk(preload, " :") != NULL)
        return error_not_done(
            error, -EINVAL,
            "the path of the preload library '%s' has a space or a colon in it, which LD_PRELOAD"
            " cannot express; install it elsewhere",
            preload);
    return 0;
}

static bool is_changed(const struct environment *environment, const char *variable)
{
    for (size_t i = 0; i < ENVIRONMENT_CHANGED; i++)
        if (environment->changed[i] != NULL && same_name(environment->changed[i], variable))
            return true;
    return false;
}

/* Of each sanitizer: with which status it ends the program. */
#define TEXT_OF_(number) #number
#define TEXT_OF(number)  TEXT_OF_(number)
#define EXIT_OPTION      "exitcode=" TEXT_OF(SANITIZER_EXIT_STATUS)

/* The sanitizers of one program share their exit status, whichever variable names it: the user's counts for
 * all of them. */
static bool is_exit_status_set(void)
{
    static const char *const names[] = {"ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strstr(current(names[i]), "exitcode=") != NULL)
            return true;
    return false;
}

/* Fills the variables of our making. False: no memory. */
static bool change(const struct environment_paths *paths, struct environment *out)
{
    const char *status = is_exit_status_set() ? NULL : EXIT_OPTION;
    const char *start = "verify_asan_link_order=0";
    const struct {
        const char *name, *first, *second; /* no value at all: as found */
    } changes[] = {
        {"LD_PRELOAD", paths->preload, current("LD_PRELOAD")},
        {LEDGER_ENVIRONMENT, paths->ledger, ""},
        {"ASAN_OPTIONS", start, current("ASAN_OPTIONS")},
        {"LSAN_OPTIONS", status, current("LSAN_OPTIONS")},
        {"TSAN_OPTIONS", status, current("TSAN_OPTIONS")},
        {"UBSAN_OPTIONS", status, current("UBSAN_OPTIONS")},
        {"PWD", paths->folder, ""},
        {"TMPDIR", paths->temp_folder, ""},
    };
    static_assert(sizeof changes / sizeof *changes == ENVIRONMENT_CHANGED, "room for each");
    bool made = true;
    for (size_t i = 0; i < ENVIRONMENT_CHANGED; i++) {
        if (changes[i].first == NULL)
            continue;
        out->changed[i] = joined(changes[i].name, changes[i].first, changes[i].second);
        made &= out->changed[i] != NULL;
    }
    return made;
}

int environment_make(const struct environment_paths *paths, struct environment *out, struct error *error)
{
    int code = check_preload(paths->preload, error);
    if (code != 0)
        return code;
    size_t count = 0;
    while (environ != NULL && environ[count] != NULL)
        count++;
    struct environment made = {.variables = calloc(count + ENVIRONMENT_CHANGED + 1, sizeof *made.variables)};
    if (!change(paths, &made) || made.variables == NULL) {
        environment_clear(&made);
        return error_not_done(error, -ENOMEM, "no memory for the environment of the program");
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!is_changed(&made, environ[i]))
            made.variables[kept++] = environ[i];
    for (size_t i = 0; i < ENVIRONMENT_CHANGED; i++)
        if (made.changed[i] != NULL)
            made.variables[kept++] = made.changed[i];
    *out = made;
    return 0;
}

void environment_clear(struct environment *environment)
{
    free(environment->variables);
    for (size_t i = 0; i < ENVIRONMENT_CHANGED; i++)
        free(environment->changed[i]);
    *environment = (struct environment){0};
}
