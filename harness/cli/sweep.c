/* `exeunt sweep`: every reachable fault point of a program failed once. */
#include <stdio.h>

#include "arguments.h"
#include "campaign/executable.h"
#include "command.h"
#include "keep_sweep.h"
#include "looks.h"
#include "output.h"
#include "progress.h"
#include "signals.h"
#include "suppressing.h"
#include "sweep_options.h"
#include "sweep_report.h"

/* What the campaign's callbacks need. */
struct going {
    struct suppressions *suppressions;
    unsigned fail_on;
    struct progress progress;
    struct keep_sweep keeping;
};

static void show_progress(void *context, const struct sweep_progress *now)
{
    struct going *going = context;
    progress_show_sweep(&going->progress, now);
}

/* Whoever reads the file while the sweep goes on takes it for what it is. */
static void found(void *context, struct sweep_finding *finding)
{
    struct going *going = context;
    suppressing_apply(going->suppressions, finding, 1);
    sweep_finding_judge(finding, going->fail_on);
    keep_sweep_found(&going->keeping, finding);
}

static void tried(void *context, uint64_t key, enum sweep_kind outcome)
{
    struct going *going = context;
    keep_sweep_tried(&going->keeping, key, outcome);
}

static int run(struct sweep_command *command, struct going *going, struct sweep_result *out,
               struct error *error)
{
    going->progress = progress_start(!command->quiet);
    command->sweep.progress = show_progress;
    command->sweep.found = found;
    command->sweep.tried = tried;
    command->sweep.context = going;
    command->sweep.interrupted = signals_catch();
    int rc = campaign_sweep(&command->sweep, out, error);
    progress_clear(&going->progress);
    return rc;
}

/* Findings are judged and kept as what they are known to be: suppressed or not. */
static int conclude(const struct sweep_command *command, struct keep_sweep *keeping,
                    struct suppressions *suppressions, struct sweep_result *result, struct error *error)
{
    suppressing_apply(suppressions, result->findings, result->finding_count);
    sweep_judge(result, command->fail_on);
    int rc = keep_sweep_finish(keeping, result, error);
    if (rc != 0)
        return rc;
    suppressing_apply(suppressions, result->findings, result->finding_count);
    result->results = command->results;
    sweep_judge(result, command->fail_on);
    return 0;
}

/* One sweep, from its place in the file of results to its verdict. */
static int sweep_one(struct sweep_command *command, struct suppressions *suppressions,
                     struct sweep_result *out, struct error *error)
{
    struct executable executable; /* looked at before anything is kept of it */
    struct going going = {.suppressions = suppressions, .fail_on = command->fail_on};
    int rc = command->target == NULL ? executable_find(command->sweep.program[0], &executable, error) : 0;
    if (rc == 0)
        rc = keep_sweep_begin(command, &going.keeping, error);
    if (rc != 0)
        return rc;
    rc = run(command, &going, out, error);
    if (rc == 0) {
        rc = conclude(command, &going.keeping, suppressions, out, error);
        if (rc != 0)
            sweep_result_clear(out);
    }
    signals_release(); /* not before all is kept */
    keep_sweep_end(&going.keeping);
    return rc;
}

/* Of a workload, all its variants unless one is named. */
static int sweep_all(struct sweep_command *command, struct suppressions *suppressions,
                     struct sweep_result *results, size_t *count, struct error *error)
{
    const struct exeunt_workload *workload = command->sweep.workload;
    const struct exeunt_variant *only = command->sweep.variant;
    int rc = 0;
    if (workload == NULL) {
        rc = sweep_one(command, suppressions, &results[0], error);
        *count = rc == 0;
        return rc;
    }
    for (size_t i = 0; rc == 0 && workload->variants[i].name != NULL && *count < RESULT_VARIANTS_MAX; i++) {
        if (only != NULL && only != &workload->variants[i])
            continue;
        if (*count > 0 && results[*count - 1].interrupted) {
            fprintf(stderr, "exeunt: interrupted before %s/%s was begun\n", workload->name,
                    workload->variants[i].name);
            continue;
        }
        rc = sweep_options_choose(command, &workload->variants[i], error);
        if (rc == 0)
            rc = sweep_one(command, suppressions, &results[*count], error);
        *count += rc == 0;
    }
    return rc;
}

static enum exit_status worst(const struct sweep_result *results, size_t count)
{
    enum exit_status status = EXIT_AS_EXPECTED;
    for (size_t i = 0; i < count; i++)
        status = exit_status_worse(status, results[i].exit_status);
    return status;
}

static int sweep(struct sweep_command *command, struct suppressions *suppressions, struct output *json,
                 struct error *error)
{
    struct sweep_result results[RESULT_VARIANTS_MAX] = {0};
    size_t count = 0;
    int rc = sweep_all(command, suppressions, results, &count, error);
    if (count > 0) {
        int delivered = sweep_report(results, count, command, json, rc == 0 ? error : &(struct error){0});
        if (rc == 0)
            rc = delivered != 0 ? delivered : (int)worst(results, count);
        suppressing_remark(suppressions);
    }
    for (size_t i = 0; i < count; i++)
        sweep_result_clear(&results[i]);
    return rc;
}

int command_sweep(int argc, char **argv, struct error *error)
{
    struct sweep_command command;
    struct suppressions suppressions = {0};
    struct output json;
    int rc = sweep_options_parse(argc, argv, &command, error);
    if (rc != 0)
        return rc == ARGUMENTS_HELP_SHOWN ? 0 : rc;
    rc = suppressing_read(command.suppress, &suppressions, error);
    if (rc != 0)
        return rc;
    rc = output_prepare(&json, "--json", command.json, error);
    if (rc == 0) {
        rc = sweep(&command, &suppressions, &json, error);
        if (json.stream != NULL)
            fclose(json.stream);
    }
    suppressions_clear(&suppressions);
    return rc;
}
