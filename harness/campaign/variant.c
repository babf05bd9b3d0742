/* Runs one variant of a workload in the host, and has the workload check what it left on the disk. */
#include "campaign/variant.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/command.h"
#include "campaign/points.h"
#include "campaign/seen.h"
#include "campaign/watch.h"

/* Which of the ways to end early it was: the program died after the kernel refused it something. */
static enum ended refine(const struct watch *watch, const struct variant_result *variant)
{
    const struct ledger *ledger = watch->ledger.ledger;
    uint64_t done = variant->operations.succeeded + variant->operations.failed;
    bool early = watch->operations != 0 && done < watch->operations;
    if (variant->ended == ENDED_COMPLETED)
        return early ? ENDED_EXITED : ENDED_COMPLETED;
    if (variant->ended != ENDED_EXITED)
        return variant->ended;
    if (ledger->descriptors_exhausted.count > 0)
        return ENDED_EMFILE;
    return ledger->space_exhausted.count > 0 ? ENDED_DISK_FULL : ENDED_EXITED;
}

/* Faults injected into calls that remove a file: each may leave one behind, whatever the code does. */
static uint64_t failed_removals(const struct watch *watch)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < ledger_point_count(&watch->ledger); i++) {
        char name[PLAN_POINT_NAME_MAX];
        ledger_point_name(&watch->ledger, i, name);
        if (points_give_back(name, TRACE_FILE))
            count += watch->ledger.ledger->points[i].injected;
    }
    return count;
}

/* Temporary files that neither an operation still at work nor an injected fault can account for: a program
 * that is ended has no chance to remove those of the operations that it was in. */
static uint64_t abandoned_files(const struct watch *watch, const struct variant_result *variant,
                                uint64_t found)
{
    uint64_t at_work =
        variant->operations.started - variant->operations.succeeded - variant->operations.failed;
    uint64_t excused = at_work + failed_removals(watch);
    return found > excused ? found - excused : 0;
}

static int fill_findings(const struct watch *watch, struct variant_result *variant, struct error *error)
{
    enum { COUNTED_KINDS = 3 };
    int failed = seen_findings(watch, COUNTED_KINDS, variant, error);
    if (failed != 0)
        return failed;
    seen_add_counted(variant, FINDING_UNACCOUNTED_DESCRIPTORS, seen_unaccounted(watch, variant));
    seen_add_counted(variant, FINDING_TEMP_FILES, (uint64_t)variant->temp_files);
    seen_add_counted(variant, FINDING_TORN_RESULTS, variant->stored_torn);
    variant->finding_count = findings_join(variant->findings, variant->finding_count);
    return 0;
}

static int check(const struct watch *watch, struct variant_result *variant, struct error *error)
{
    struct exeunt_check check;
    struct exeunt_reason reason = {""};
    int failed = watch->setup->options->workload->check(&watch->setup->site, &check, &reason);
    if (failed != 0)
        return error_not_done(error, failed, "%s", reason.text);
    variant->checked = true;
    variant->stored_whole = check.whole;
    variant->stored_torn = check.torn;
    variant->temp_files = (int64_t)abandoned_files(watch, variant, check.temp_files);
    return 0;
}

static int run_and_fill(struct watch *watch, struct variant_result *out, struct witness *witness,
                        struct error *error)
{
    const struct campaign_options *options = watch->setup->options;
    const struct command_job job = {.variant = watch->name,
                                    .folder = watch->setup->folder,
                                    .workers = options->workers,
                                    .operations = watch->operations};
    struct command command;
    command_build(watch->setup, &job, &command);
    struct supervise_options supervised = {.path = command.arguments[0], .arguments = command.arguments};
    int failed = watch_run(watch, &supervised, error);
    if (failed != 0)
        return failed;
    if (watch->outcome.exit_status == EXEUNT_HOST_NOT_STARTED)
        return error_not_done(error, -ECHILD, "'%s' could not be run: %s", watch->name,
                              watch->outcome.last_words);
    seen_fill(watch, out);
    out->ended = refine(watch, out);
    if (watch->setup->plan.rule_count > 0 && out->faults.injected == 0)
        snprintf(out->note, sizeof out->note,
                 "no call was failed: the plan's points were not met, or less often than it says");
    remote_unmet(&watch->ledger, out->note, sizeof out->note);
    failed = check(watch, out, error);
    if (failed == 0)
        failed = fill_findings(watch, out, error);
    if (failed == 0 && witness_take(&watch->ledger, witness) != 0)
        failed = error_not_done(error, -ENOMEM, "out of memory");
    return failed;
}

int variant_run(const struct setup *setup, const struct exeunt_variant *variant, uint64_t operations,
                struct variant_result *out, struct witness *witness, struct error *error)
{
    struct watch watch;
    int failed = watch_begin(setup, variant->name, (uint32_t)setup->options->limit_fds, &watch, error);
    if (failed != 0)
        return failed;
    watch.operations = operations;
    setup_own_errors(setup, watch.ledger.ledger);
    struct variant_result result = {.leaks = variant->leaks};
    out->leaks = variant->leaks; /* for who looks at it meanwhile */
    failed = run_and_fill(&watch, &result, witness, error);
    watch_end(&watch);
    if (failed != 0) {
        free(result.findings);
        free(result.series.samples);
        return failed;
    }
    *out = result;
    return 0;
}
