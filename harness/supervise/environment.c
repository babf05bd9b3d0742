/* Decides what the program finds in its environment. What the user has set there stays in force: our
 * preload comes before others, our AddressSanitizer option after others. */
#include "supervise/environment.h"

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
        if (same_name(environment->changed[i], variable))
            return true;
    return false;
}

int environment_make(const char *preload, const char *ledger, struct environment *out, struct error *error)
{
    int code = check_preload(preload, error);
    if (code != 0)
        return code;
    size_t count = 0;
    while (environ != NULL && environ[count] != NULL)
        count++;
    struct environment made = {
        .variables = calloc(count + ENVIRONMENT_CHANGED + 1, sizeof *made.variables),
        .changed = {joined("LD_PRELOAD", preload, current("LD_PRELOAD")),
                    joined(LEDGER_ENVIRONMENT, ledger, ""),
                    joined("ASAN_OPTIONS", current("ASAN_OPTIONS"), "verify_asan_link_order=0")},
    };
    if (made.variables == NULL || made.changed[0] == NULL || made.changed[1] == NULL ||
        made.changed[2] == NULL) {
        environment_clear(&made);
        return error_not_done(error, -ENOMEM, "no memory for the environment of the program");
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!is_changed(&made, environ[i]))
            made.variables[kept++] = environ[i];
    memcpy(made.variables + kept, made.changed, sizeof made.changed);
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
