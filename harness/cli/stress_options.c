/* Decides what the options of stress are when not given, and what is run if no campaign is. */
#include "stress_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "base/text.h"
#include "exeunt/workload.h"
#include "store/store.h"

#define FOR_DEFAULT    "8h"
#define KEEP_DEFAULT   "30"
#define FOLDER_DEFAULT "nights"

/* The positive control where a campaign begins with none: it takes about a second. */
#define CONTROL "compare upload --limit-fds 64 --set fsync=0"

enum {
    OPTION_FOR = 256,
    OPTION_RESULTS,
    OPTION_RESUME,
    OPTION_KEEP,
    OPTION_SEED,
    OPTION_STATUS,
    OPTION_QUIET
};

static const struct argp_option known_options[] = {
    {"for", OPTION_FOR, "TIME", 0, "How long: a number and a unit, s, m or h (default " FOR_DEFAULT ")", 1},
    {"results", OPTION_RESULTS, "DIR", 0,
     "Folder of the results, for one campaign at a time (default " FOLDER_DEFAULT "); DIR/" STORE_FILE
     " is the file for 'exeunt report --results'",
     1},
    {"resume", OPTION_RESUME, NULL, 0,
     "Go on with the last night if it was one of this command and was cut short; otherwise begin one", 1},
    {"keep", OPTION_KEEP, "N", 0, "Nights whose results stay (default " KEEP_DEFAULT ")", 1},
    {"seed", OPTION_SEED, "N", 0, "Seed of the night, above 0 and below 2^63 (default: a fresh one)", 1},
    {"status", OPTION_STATUS, NULL, 0, "Say in one line what goes on in DIR, and do nothing", 2},
    {"quiet", OPTION_QUIET, NULL, 0, "Nothing but errors and the exit status", 2},
    {0},
};

static int take_time(const char *typed, uint64_t *out, struct error *error)
{
    if (text_duration_ns(typed, out) == 0 && *out >= 1000000)
        return 0;
    return error_usage(
        error, "--for '%.64s' is not a time: write a number and a unit, ms, s, m or h, up to 720h", typed);
}

static int take_number(const char *name, const char *typed, uint64_t *out, struct error *error)
{
    if (text_number(typed, 1, INT64_MAX, out) == 0)
        return 0;
    return error_usage(error, "--%s '%.64s' is not a whole number from 1 to %lld", name, typed,
                       (long long)INT64_MAX);
}

static int take(void *into, int key, const char *typed, struct error *error)
{
    struct stress_command *command = into;
    switch (key) {
    case OPTION_FOR:
        return take_time(typed, &command->stress.for_ns, error);
    case OPTION_RESULTS:
        command->stress.folder = typed;
        return 0;
    case OPTION_RESUME:
        command->stress.resume = true;
        return 0;
    case OPTION_KEEP:
        return take_number("keep", typed, &command->stress.keep, error);
    case OPTION_SEED:
        return take_number("seed", typed, &command->stress.seed, error);
    case OPTION_STATUS:
        command->status = true;
        return 0;
    case OPTION_QUIET:
        command->quiet = true;
        return 0;
    case ARGP_KEY_ARG:
        if (command->stress.file != NULL)
            return error_usage(error, "unexpected argument '%.64s': one campaign at a time", typed);
        command->stress.file = typed;
        return 0;
    default:
        return 0;
    }
}

/* A comparison of each workload. */
static int built_in(struct script *out, struct error *error)
{
    const struct exeunt_workload *workload;
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    for (size_t i = 0; stream != NULL && (workload = exeunt_workload_at(i)) != NULL; i++)
        fprintf(stream, "compare %s\n", workload->name);
    bool whole = stream != NULL && !ferror(stream);
    whole &= stream != NULL && fclose(stream) == 0;
    int rc = whole ? script_parse("the built-in campaign", text, out, error)
                   : error_not_done(error, -ENOMEM, "no memory for the campaign");
    free(text);
    return rc;
}

/* A night in which no control is ever caught proves nothing: the first line is one. */
static int add_control(struct stress_command *command, struct error *error)
{
    struct script control, *script = &command->script;
    if (strcmp(script->lines[0].words[0], "compare") == 0)
        return 0;
    struct script_line *lines = realloc(script->lines, (script->count + 1) * sizeof *lines);
    if (lines == NULL)
        return error_not_done(error, -ENOMEM, "no memory for the campaign");
    script->lines = lines;
    int rc = script_parse("the control", CONTROL, &control, error);
    if (rc != 0)
        return rc;
    memmove(lines + 1, lines, script->count * sizeof *lines);
    lines[0] = control.lines[0];
    control.count = 0; /* its line has moved */
    script_clear(&control);
    script->count++;
    command->control_added = true;
    return 0;
}

static int read_campaign(struct stress_command *command, struct error *error)
{
    const char *file = command->stress.file;
    int rc = file != NULL ? script_read(file, &command->script, error) : built_in(&command->script, error);
    if (rc == 0)
        rc = add_control(command, error);
    return rc;
}

int stress_options_parse(int argc, char **argv, struct stress_command *out, struct error *error)
{
    static const struct arguments arguments = {
        "stress", "[CAMPAIGN]",
        "Run the lines of a campaign in turn, round after round, until the time is over. CAMPAIGN is a file "
        "of "
        "exeunt's own command lines, such as 'compare upload --for 20m' or 'sweep -- ./tests'; without it "
        "all "
        "workloads are compared. What is found is kept at once, whatever ends exeunt.",
        known_options, take};
    struct stress_command command = {.stress = {.folder = FOLDER_DEFAULT}};
    int rc = take_time(FOR_DEFAULT, &command.stress.for_ns, error);
    if (rc == 0)
        rc = take_number("keep", KEEP_DEFAULT, &command.stress.keep, error);
    if (rc == 0)
        rc = arguments_parse(&arguments, argc, argv, &command, error);
    if (rc == 0 && !command.status)
        rc = read_campaign(&command, error);
    if (rc != 0) {
        script_clear(&command.script);
        return rc;
    }
    *out = command;
    out->stress.script = &out->script;
    if (out->stress.file == NULL)
        out->stress.file = "the built-in campaign";
    return 0;
}

void stress_options_clear(struct stress_command *command)
{
    script_clear(&command->script);
}
