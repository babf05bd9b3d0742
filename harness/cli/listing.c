/* Decides what is said of a run in one line: its command so that it can be pasted, without the options of a
 * sweep that nobody need type. */
#include "listing.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "campaign/script.h"
#include "exeunt/scope.h"
#include "sweep_options.h"
#include "utf8.h"

const char *listing_time(uint64_t seconds, char out[LISTING_TIME_MAX])
{
    time_t at = (time_t)seconds;
    struct tm parts;
    out[0] = '\0';
    if (gmtime_r(&at, &parts) != NULL)
        strftime(out, LISTING_TIME_MAX, "%Y-%m-%d %H:%M:%SZ", &parts);
    return out;
}

static void write_words(char *const *words, FILE *out)
{
    for (; *words != NULL; words++)
        script_quote(out, *words);
}

/* Whether it is one of the lines of `text`. */
static bool has_line(const char *text, const char *line)
{
    size_t length = strlen(line);
    while (*text != '\0') {
        size_t end = strcspn(text, "\n");
        if (end == length && strncmp(text, line, length) == 0)
            return true;
        text += end + (text[end] == '\n');
    }
    return false;
}

/* Options stand a line each, as they would be typed; of a workload, its name comes first. */
static int write_sweep(const struct store_run *run, const char *defaults, FILE *out)
{
    EXEUNT_GUARD(memory, options, strdup(run->options));
    char *rest = options;
    if (rest == NULL)
        return -ENOMEM;
    fputs("sweep", out);
    for (char *option; (option = strsep(&rest, "\n")) != NULL;)
        if (option[0] != '\0' && !has_line(defaults, option))
            script_quote(out, option);
    if (store_run_is_of_program(run)) {
        fputs(" --", out);
        write_words(run->command, out);
    }
    return 0;
}

/* The command on the heap, the caller's; NULL: memory is short. */
static char *command_of(const struct store_run *run, const char *defaults)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    int failed = 0;
    if (strcmp(run->kind, "sweep") == 0)
        failed = write_sweep(run, defaults, out);
    else
        write_words(run->command, out);
    if (fclose(out) == 0 && failed == 0)
        return text;
    free(text);
    return NULL;
}

static int write_run(const struct store_run *run, const char *defaults, struct error *error)
{
    char started[LISTING_TIME_MAX];
    EXEUNT_GUARD(memory, command, command_of(run, defaults));
    if (command == NULL)
        return error_not_done(error, -ENOMEM, "no memory for the list");
    const char *shown = command;
    printf("%6" PRIu64 "  %s  %3" PRIu64 " finding%s  ", run->id, listing_time(run->started_s, started),
           run->findings, run->findings == 1 ? " " : "s");
    utf8_show(shown + strspn(shown, " "), SIZE_MAX, utf8_locale(), stdout);
    puts(run->complete ? "" : "  (unfinished)");
    return 0;
}

int listing_write(struct store *store, struct error *error)
{
    char *words[] = {"sweep", "--", "program", NULL};
    struct sweep_command plain; /* has the options that hold if none is typed */
    struct store_runs runs;
    int failed = sweep_options_parse(3, words, &plain, error);
    if (failed == 0)
        failed = store_list_runs(store, &runs, error);
    if (failed != 0)
        return failed;
    for (size_t i = 0; failed == 0 && i < runs.count; i++)
        failed = write_run(&runs.list[i], plain.text, error);
    store_runs_clear(&runs);
    return failed;
}
