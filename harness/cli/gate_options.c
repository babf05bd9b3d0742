/* Decides what the options of a gate are called, and which of them belong together. */
#include "gate_options.h"

#include <stddef.h>
#include <string.h>

#include "arguments.h"

enum {
    OPTION_RECORD = 256,
    OPTION_CAMPAIGN,
    OPTION_UPDATE,
    OPTION_JUNIT,
    OPTION_SARIF,
    OPTION_QUIET,
};

static const struct argp_option known_options[] = {
    {"record", OPTION_RECORD, "FILE", 0, "Write a baseline of what is so now to FILE, and judge nothing", 1},
    {"campaign", OPTION_CAMPAIGN, "FILE", 0,
     "Record the commands of this file, one on each line (default: all built-in workloads)", 1},
    {"update", OPTION_UPDATE, NULL, 0, "Take findings that are gone out of the baseline, and nothing else",
     1},
    {"junit", OPTION_JUNIT, "FILE", 0, "Write the guarantees to FILE as JUnit's XML too, a test case each",
     2},
    {"sarif", OPTION_SARIF, "FILE", 0, "Write the findings to FILE as SARIF 2.1.0 too, at their lines", 2},
    {"quiet", OPTION_QUIET, NULL, 0, "No live line and no report", 2},
    {0},
};

static int take(void *into, int key, const char *typed, struct error *error)
{
    struct gate_command *command = into;
    switch (key) {
    case ARGP_KEY_ARG:
        if (command->baseline != NULL)
            return error_usage(error, "unexpected argument '%.64s' after '%.64s'", typed, command->baseline);
        command->baseline = typed;
        return 0;
    case OPTION_RECORD:
        command->record = typed;
        return 0;
    case OPTION_CAMPAIGN:
        command->campaign = typed;
        return 0;
    case OPTION_UPDATE:
        command->update = true;
        return 0;
    case OPTION_JUNIT:
        command->junit = typed;
        return 0;
    case OPTION_SARIF:
        command->sarif = typed;
        return 0;
    case OPTION_QUIET:
        command->quiet = true;
        return 0;
    default:
        return 0;
    }
}

/* What is recorded and what is judged have options of their own. */
static int check(const struct gate_command *command, struct error *error)
{
    const char *judging = command->update  ? "update"
                          : command->junit ? "junit"
                          : command->sarif ? "sarif"
                                           : NULL;
    if (command->record != NULL && command->baseline != NULL)
        return error_usage(error, "--record '%.64s' writes a baseline and '%.64s' is one to judge by: choose",
                           command->record, command->baseline);
    if (command->record != NULL && judging != NULL)
        return error_usage(error, "--%s is for judging: leave it out where a baseline is recorded", judging);
    if (command->record != NULL && command->campaign != NULL && command->program != NULL)
        return error_usage(error,
                           "--campaign and a program: put the program into the file as 'sweep -- PROGRAM'");
    if (command->record == NULL && command->baseline == NULL)
        return error_usage(error,
                           "say which baseline: exeunt gate FILE; 'exeunt gate --record FILE' makes one");
    if (command->record == NULL && (command->campaign != NULL || command->program != NULL))
        return error_usage(error, "'%.64s' holds its own commands: %s is for --record", command->baseline,
                           command->campaign != NULL ? "--campaign" : "a program");
    if (command->junit != NULL && command->sarif != NULL && strcmp(command->junit, "-") == 0 &&
        strcmp(command->sarif, "-") == 0)
        return error_usage(error, "--junit - and --sarif -: standard output is for one of them");
    if (command->program != NULL && command->program[0] == NULL)
        return error_usage(error, "no program stands behind '--'");
    return 0;
}

int gate_options_parse(int argc, char **argv, struct gate_command *out, struct error *error)
{
    static const struct arguments arguments = {
        "gate", "BASELINE\n--record FILE [-- PROGRAM [ARGUMENT...]]",
        "Run again what a baseline was recorded with, and fail on what has become worse: a new finding, "
        "coverage that is lost, a known leak that is not caught any more. Findings of the baseline fail "
        "nothing.",
        known_options, take};
    struct gate_command command = {0};
    int own = arguments_before_program(argc, argv, &command.program);
    int rc = arguments_parse(&arguments, own < 0 ? argc - 1 : own, argv, &command, error);
    if (rc == 0)
        rc = check(&command, error);
    if (rc == 0)
        *out = command;
    return rc;
}
