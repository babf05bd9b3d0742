/* `exeunt replay`: one finding shown again, with its stacks. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "keep_sweep.h"
#include "looks.h"
#include "plan/plan.h"
#include "report.h"
#include "results.h"
#include "signals.h"
#include "sweep_options.h"

enum { OPTION_RESULTS = 256 };

enum { TIMES = 3, WORDS_MAX = 16 };

static const struct argp_option known_options[] = {
    {"results", OPTION_RESULTS, "FILE", 0, "Where results are kept (default " STORE_FILE ")", 1},
    {0},
};

struct replay {
    const char *what;   /* a finding's number, or a coordinate */
    const char *target; /* of a coordinate: the variant of a workload; NULL: it is a program's */
    const char *results;
    char *const *program;
    uint64_t id; /* of a finding: its number */
    struct sweep_finding finding;
    struct store_run run;
};

static int take(void *into, int key, const char *typed, struct error *error)
{
    struct replay *replay = into;
    if (key == OPTION_RESULTS)
        replay->results = typed;
    if (key != ARGP_KEY_ARG)
        return 0;
    if (replay->what != NULL && replay->target != NULL)
        return error_usage(error, "unexpected argument '%.64s' after '%.64s'", typed, replay->target);
    *(replay->what == NULL ? &replay->what : &replay->target) = typed;
    return 0;
}

static int load_from(struct store *store, void *context, struct error *error)
{
    struct replay *replay = context;
    return store_load_finding(store, replay->id, &replay->finding, &replay->run, error);
}

/* A finding that can be read of a damaged file is as good as any; but that the file is damaged is said. */
static int load(struct replay *replay, uint64_t id, struct error *error)
{
    if (replay->program != NULL || replay->target != NULL)
        return error_usage(error, "finding %llu has its program: leave out what follows it",
                           (unsigned long long)id);
    if (strcmp(replay->results, "none") == 0)
        return error_usage(
            error, "--results none keeps no finding %llu: name the file that has it, or give a coordinate",
            (unsigned long long)id);
    replay->id = id;
    int rc = results_read(replay->results, load_from, replay, error);
    if (rc < 0)
        return rc;
    if (rc == RESULTS_IN_PART)
        fprintf(stderr, "exeunt: %s\n", error->text);
    replay->program = replay->run.command;
    if (replay->finding.faults[0].point[0] == '\0')
        return error_usage(error,
                           "finding %llu is of the run without faults: there is no fault to make again",
                           (unsigned long long)id);
    if (chdir(replay->run.environment.folder) != 0)
        return error_not_done(error, -errno, "cannot go to the folder '%s' that finding %llu was made in: %s",
                              replay->run.environment.folder, (unsigned long long)id, strerror(errno));
    return 0;
}

/* A coordinate, "0:posix/io/oc/open#3", perhaps with a '+' for "from there on", and an errno behind a colon.
 */
static int read_coordinate(struct replay *replay, struct error *error)
{
    struct sweep_fault *fault = &replay->finding.faults[0];
    const char *point = strchr(replay->what, ':'), *number = strrchr(replay->what, '#');
    if (point == NULL || number == NULL || number < point || !isdigit((unsigned char)number[1]))
        return error_usage(error,
                           "'%.80s' is neither a finding's number nor a coordinate as in "
                           "0:posix/io/oc/open#3",
                           replay->what);
    const char *end = number + 1 + strspn(number + 1, "0123456789");
    size_t length = (size_t)(end - replay->what);
    bool persistent = *end == '+';
    end += persistent;
    const char *kind = *end == ':' ? end : NULL;
    if (*end != '\0' && kind == NULL)
        return error_usage(error,
                           "'%.80s' does not say which call; write %.*s, or %.*s+ for all from there on, "
                           "perhaps with an errno behind it, as in :EIO",
                           replay->what, (int)length, replay->what, (int)length, replay->what);
    if (length >= sizeof fault->coordinate)
        return error_usage(error, "the coordinate '%.40s...' is too long", replay->what);
    snprintf(fault->coordinate, sizeof fault->coordinate, "%.*s", (int)length, replay->what);
    snprintf(fault->point, sizeof fault->point, "%.*s", (int)(number - point - 1), point + 1);
    replay->finding.mode = persistent ? SWEEP_PERSISTENT : SWEEP_ONCE;
    fault->error = kind != NULL ? plan_errno_value(kind + 1) : 0;
    if (kind != NULL && fault->error == 0)
        return error_usage(error, "no errno is named '%.40s'", kind + 1);
    if (replay->target == NULL && (replay->program == NULL || replay->program[0] == NULL))
        return error_usage(error,
                           "say what to replay the coordinate with: exeunt replay COORDINATE -- PROGRAM, or "
                           "WORKLOAD/VARIANT");
    return 0;
}

/* The options of the sweep that made the finding: the first word is the workload that was swept, if it was
 * none of a program. */
static int options_of(const struct replay *replay, struct sweep_command *command, struct error *error)
{
    const char *typed = replay->run.options != NULL ? replay->run.options
                        : replay->target != NULL    ? replay->target
                                                    : "";
    bool is_workload =
        replay->run.options != NULL ? !store_run_is_of_program(&replay->run) : replay->target != NULL;
    char *text = strdup(typed), *rest = text;
    char *words[WORDS_MAX + 3] = {(char *)(uintptr_t) "replay"};
    int count = 1;
    if (text == NULL)
        return error_not_done(error, -ENOMEM, "out of memory");
    for (char *word; count < WORDS_MAX && (word = strsep(&rest, "\n")) != NULL;)
        if (word[0] != '\0')
            words[count++] = word;
    if (!is_workload) {
        words[count++] = (char *)(uintptr_t) "--";
        words[count++] = replay->program[0];
    }
    int rc = sweep_options_parse(count, words, command, error);
    command->sweep.points = NULL; /* the text's; a replay has its point */
    command->target = NULL;
    free(text);
    if (rc == 0 && is_workload && command->sweep.variant == NULL)
        return error_usage(error, "say which variant of '%s' the coordinate is of", replay->target);
    return rc;
}

/* Whether it is what was to come again. Of a coordinate, everything is. */
static bool is_wanted(const struct replay *replay, const struct sweep_finding *finding)
{
    return replay->finding.signature == 0 || finding->signature == replay->finding.signature;
}

/* In the results only what was to come again has a number. */
static int show_all(struct sweep_result *result, const struct replay *replay, bool wanted, size_t *count,
                    struct error *error)
{
    struct report_options looks = looks_of(stdout);
    for (size_t i = 0; i < result->finding_count; i++) {
        struct sweep_finding *finding = &result->findings[i];
        if (is_wanted(replay, finding) != wanted)
            continue;
        finding->id = wanted ? replay->finding.id : 0;
        if (!wanted && *count == 0)
            puts("besides:");
        ++*count;
        int rc = report_named("terminal")->write_finding(finding, &looks, stdout);
        if (rc != 0)
            return error_not_done(error, rc, "cannot write to standard output: %s", strerror(-rc));
    }
    return 0;
}

static int show(struct sweep_result *result, const struct replay *replay, struct error *error)
{
    const char *coordinate = replay->finding.faults[0].coordinate;
    size_t wanted = 0, others = 0;
    if (result->runs == 0 || result->interrupted)
        return error_not_done(error, -EINTR, "%s was not tried: the replay was interrupted", coordinate);
    if (result->outcomes[SWEEP_DRIFTED] == result->runs)
        return error_not_done(
            error, -ENOENT,
            "%s did not come, or in another context: the program has changed, or its runs differ",
            coordinate);
    int rc = show_all(result, replay, true, &wanted, error);
    if (rc == 0 && wanted == 0)
        printf("It did not come again: with the failure at %s the run turned out as \"%s\".\n", coordinate,
               sweep_kind_meaning(sweep_commonest(result)));
    if (rc == 0)
        rc = show_all(result, replay, false, &others, error);
    return rc != 0 ? rc : wanted > 0 ? EXIT_GUARANTEE_BROKEN : EXIT_AS_EXPECTED;
}

static int run(struct replay *replay, struct error *error)
{
    struct sweep_command command;
    struct sweep_result result;
    char without[PATH_MAX];
    int rc = options_of(replay, &command, error);
    if (rc != 0)
        return rc;
    if (replay->run.command != NULL)
        keep_sweep_find_within(replay->results, without);
    else
        without[0] = '\0';
    command.sweep.budget_ns = 0;
    command.sweep.program = replay->program;
    command.sweep.only = &replay->finding;
    command.sweep.again = TIMES - 1;
    command.sweep.jobs = 1;
    command.sweep.without = without[0] != '\0' ? without : NULL;
    command.sweep.interrupted = signals_catch();
    rc = campaign_sweep(&command.sweep, &result, error);
    signals_release();
    if (rc != 0)
        return rc;
    rc = show(&result, replay, error);
    sweep_result_clear(&result);
    return rc;
}

int command_replay(int argc, char **argv, struct error *error)
{
    static const struct arguments arguments = {"replay",
                                               "FINDING\nCOORDINATE -- PROGRAM [ARGUMENT...]\n"
                                               "COORDINATE WORKLOAD/VARIANT",
                                               "Make a finding of a sweep again, and show it with the stacks "
                                               "of the taking, of the call that failed and of "
                                               "the end. Exit status 1: it came again; 0: it did not.",
                                               known_options, take};
    struct replay replay = {.results = STORE_FILE};
    int own = arguments_before_program(argc, argv, &replay.program);
    int rc = arguments_parse(&arguments, own < 0 ? argc - 1 : own, argv, &replay, error);
    if (rc != 0)
        return rc == ARGUMENTS_HELP_SHOWN ? 0 : rc;
    uint64_t id;
    if (replay.what == NULL)
        rc = error_usage(error, "say what to replay: the number of a finding, or a coordinate -- PROGRAM");
    else if (text_number(replay.what, 1, INT64_MAX, &id) == 0)
        rc = load(&replay, id, error);
    else
        rc = read_coordinate(&replay, error);
    if (rc == 0)
        rc = run(&replay, error);
    sweep_finding_clear(&replay.finding);
    store_run_clear(&replay.run);
    return rc;
}
