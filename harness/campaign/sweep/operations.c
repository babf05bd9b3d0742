/* Decides how a variant is swept: a row of operations without faults tells what there is to fail; then rows
 * in which each operation meets one fault, in one process after the other, until none is left. */
#include "campaign/sweep/operations.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "campaign/sweep/budget.h"
#include "campaign/sweep/caveats.h"
#include "campaign/sweep/enumeration.h"
#include "campaign/sweep/filter.h"
#include "campaign/sweep/narrowing.h"
#include "campaign/sweep/novelties.h"
#include "campaign/sweep/sighting.h"
#include "plan/profile.h"

enum { SEED = 1, FDS_LEAST = 32 };

static const uint64_t hang_default_ns = 3000000000u;

struct operations {
    const struct sweep_options *options;
    struct campaign_options campaign;
    struct setup setup;
    struct rows rows; /* while it goes on; afterwards its counts */
    struct enumeration enumeration;
    struct roster roster;
    struct tally tally;
    struct novelties novelties;
    struct caveats caveats;
    uint64_t started_ns;
};

static int no_memory(struct error *error)
{
    return error_not_done(error, -ENOMEM, "no memory for the faults of a sweep");
}

/* ---- Failing it ---------------------------------------------------------------------------------------- */

/* What one operation of a row showed is put to use. */
typedef int use_sighting(struct operations *operations, struct row *row, size_t index,
                         const struct duty *duty, const struct sighting *sighting, struct error *error);

/* Whether the row was cut before the operation that answers for its end: that was tried in vain, too. */
static bool was_never_begun(const struct row *row, size_t index, struct duty *const duties[ROW_MAX],
                            const struct sighting *sighting)
{
    return sighting->state == SIGHTING_NONE && row->outcome.ended != ENDED_INTERRUPTED &&
           sighting_answers(index, duties);
}

/* Sets what has become of the duty of an operation. */
static void look(struct roster *roster, const struct row *row, size_t index,
                 struct duty *const duties[ROW_MAX], struct sighting *sighting)
{
    struct duty *duty = duties[index];
    sighting_make(row, index, duties, sighting);
    if (duty->alone && row->torn > 0 && sighting->state >= SIGHTING_ASTRAY)
        sighting_is_silent(row, sighting);
    duty->first |= sighting->state == SIGHTING_SPOILT;
    if (sighting->state == SIGHTING_COMPLETE)
        roster_done(roster, duty, sighting->outcome);
    else if (sighting->state == SIGHTING_IN_VAIN || sighting->state == SIGHTING_ASTRAY ||
             was_never_begun(row, index, duties, sighting))
        roster_tried(roster, duty);
}

static int settle(struct operations *operations, struct roster *roster, struct row *row,
                  struct duty *const duties[ROW_MAX], use_sighting *use, struct error *error)
{
    size_t with_duties = 0;
    int failed = 0;
    for (size_t i = 0; i < row->count; i++)
        with_duties += duties[i] != NULL;
    for (size_t i = 0; failed == 0 && i < row->count; i++) {
        struct sighting sighting;
        if (duties[i] == NULL || (duties[i]->alone && with_duties > 1))
            continue;
        look(roster, row, i, duties, &sighting);
        if (duties[i]->over || sighting.state == SIGHTING_ASTRAY)
            failed = use(operations, row, i, duties[i], &sighting, error);
    }
    return failed;
}

static void note_end(struct operations *operations, const struct row *row)
{
    int status;
    bool early = row_state(row, row->count - 1, &status) == LEDGER_OPERATION_UNSEEN &&
                 row->outcome.ended != ENDED_INTERRUPTED;
    bool ran_out = row->ledger->ledger->descriptors_exhausted.count > 0;
    operations->caveats.ran_out += ran_out;
    operations->caveats.ended_early += early && !ran_out;
    operations->caveats.overflowed += row->overflowed;
}

static bool did_nothing(const struct row *row)
{
    int status;
    return row_state(row, 0, &status) == LEDGER_OPERATION_UNSEEN && row->outcome.ended != ENDED_INTERRUPTED;
}

static void show_progress(const struct operations *operations)
{
    const struct sweep_options *options = operations->options;
    if (options->progress == NULL)
        return;
    const struct sweep_progress progress = {.elapsed_ns = clock_now_ns() - operations->started_ns,
                                            .runs = operations->tally.runs,
                                            .planned = operations->roster.count,
                                            .findings = operations->novelties.count};
    options->progress(options->context, &progress);
}

/* Does rows until no duty is left, or the time is over. */
static int work_off(struct operations *operations, struct roster *roster, bool traced, use_sighting *use,
                    struct error *error)
{
    struct duty *duties[ROW_MAX];
    struct row_plan plan;
    int failed = 0;
    while (failed == 0 && roster->left > 0 && !budget_is_spent(operations->options, operations->started_ns)) {
        struct row row;
        roster_assign(roster, duties, &plan);
        failed = row_run(&operations->rows, &plan, traced, &row, error);
        if (failed != 0)
            return failed;
        note_end(operations, &row);
        if (did_nothing(&row))
            failed = error_not_done(error, -EIO, "the process of %s/%s ended before its first operation: %s",
                                    operations->options->workload->name, operations->options->variant->name,
                                    row.outcome.last_words);
        if (operations->enumeration.torn)
            row.torn = 0; /* nothing that a fault is to blame for */
        const struct narrowing narrowing = {.rows = &operations->rows,
                                            .options = operations->options,
                                            .started_ns = operations->started_ns,
                                            .spare_traced = !traced};
        if (failed == 0 && row.torn > 0)
            failed = narrowing_mark(&narrowing, &row, duties, error);
        if (failed == 0)
            failed = settle(operations, roster, &row, duties, use, error);
        row_clear(&row);
        show_progress(operations);
    }
    return failed;
}

static int bring_in_shown(struct operations *operations, struct row *row, size_t index,
                          const struct duty *duty, const struct sighting *sighting, struct error *error)
{
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < sighting->shown_count; i++) {
        const struct sighting_shown *shown = &sighting->shown[i];
        struct sweep_finding finding;
        bool is_new;
        failed = tally_see(&operations->tally, shown->key, SWEEP_ONCE, &is_new, error);
        if (failed != 0 || !novelties_want(&operations->novelties, shown->key, sighting))
            continue;
        failed = sighting_name(row, index, duty, sighting, shown, &finding, error);
        if (failed == 0)
            failed = novelties_add(&operations->novelties, duty, sighting, shown->key, &finding, error);
    }
    return failed;
}

static int bring_in(struct operations *operations, struct row *row, size_t index, const struct duty *duty,
                    const struct sighting *sighting, struct error *error)
{
    if (duty->over)
        tally_run(&operations->tally, &duty->task, duty->end);
    return bring_in_shown(operations, row, index, duty, sighting, error);
}

/* What jobs leave behind although nothing fails breaks a guarantee, too. */
static int bring_in_steady(struct operations *operations, struct row *row, struct error *error)
{
    int failed = 0;
    for (uint32_t job = 0; failed == 0 && job < row->count; job++) {
        struct duty duty = {.job = job, .task = {.mode = SWEEP_ONCE, .calls = {{.point = -1}}}};
        struct duty *duties[ROW_MAX] = {NULL};
        struct sighting sighting;
        duties[job] = &duty;
        sighting_make(row, job, duties, &sighting);
        failed = bring_in_shown(operations, row, job, &duty, &sighting, error);
    }
    return failed;
}

/* ---- Trying again -------------------------------------------------------------------------------------- */

static int compare(struct operations *operations, struct row *row, size_t index, const struct duty *duty,
                   const struct sighting *sighting, struct error *error)
{
    int failed = 0;
    if (!duty->over)
        return 0; /* it went astray, and is tried once more */
    for (size_t i = 0; failed == 0 && i < sighting->shown_count; i++) {
        struct novelty *known = novelties_by(&operations->novelties, sighting->shown[i].key);
        struct sweep_finding finding;
        if (known == NULL || known->finding.stack != NULL || known->finding.taking.frames != NULL)
            continue;
        failed = sighting_name(row, index, duty, sighting, &sighting->shown[i], &finding, error);
        if (failed == 0)
            novelty_take_stacks(known, &finding);
    }
    novelties_tried(&operations->novelties, duty, sighting);
    return failed;
}

/* Each finding's operation again, traced, in rows of their own. */
static int try_again(struct operations *operations, struct error *error)
{
    int failed = 0;
    for (unsigned i = 0; failed == 0 && i < operations->options->again &&
                         !budget_is_spent(operations->options, operations->started_ns);
         i++) {
        struct roster roster = {.repeatable = operations->roster.repeatable};
        if (novelties_roster(&operations->novelties, &roster) != 0)
            failed = no_memory(error);
        if (failed == 0)
            failed = work_off(operations, &roster, true, compare, error);
        roster_clear(&roster);
    }
    return failed;
}

/* Findings are told once all that is known of them is known. */
static int tell(struct operations *operations, struct error *error)
{
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < operations->novelties.count; i++)
        failed = tally_tell(&operations->tally, operations->options, &operations->novelties.list[i].novelty,
                            error);
    return failed;
}

/* ---- From the beginning to the result ------------------------------------------------------------------ */

static int enumerate(struct operations *operations, struct error *error)
{
    struct row row;
    int failed =
        enumeration_make(&operations->rows, operations->options, &operations->enumeration, &row, error);
    if (failed != 0)
        return failed;
    if (!budget_was_cut(operations->options))
        failed = bring_in_steady(operations, &row, error);
    row_clear(&row);
    return failed;
}

static int make_roster(struct operations *operations, struct error *error)
{
    const struct sweep_options *options = operations->options;
    int failed;
    if (options->only != NULL) {
        failed = roster_make_only(options, &operations->setup, &operations->roster, error);
        return failed != 0 ? failed
                           : enumeration_of_one(&operations->rows, operations->roster.duties[0].job,
                                                &operations->enumeration, error);
    }
    failed = filter_check(options->points, &operations->setup.points, error);
    if (failed == 0)
        failed = enumerate(operations, error);
    if (failed != 0 || budget_was_cut(operations->options))
        return failed;
    return roster_make(options, &operations->setup, &operations->enumeration.reach, &operations->roster) == 0
               ? 0
               : no_memory(error);
}

static int run_sweep(struct operations *operations, struct error *error)
{
    bool traced = operations->options->only != NULL;
    int failed = rows_open(&operations->setup, operations->options->variant, &operations->rows, error);
    if (failed != 0)
        return failed;
    failed = make_roster(operations, error);
    if (failed == 0)
        failed = tally_begin(&operations->tally, &operations->setup.points, &operations->enumeration.contexts,
                             error);
    if (failed == 0)
        failed = work_off(operations, &operations->roster, traced, bring_in, error);
    if (failed == 0)
        failed = try_again(operations, error);
    if (failed == 0)
        failed = tell(operations, error);
    rows_close(&operations->rows);
    return failed;
}

/* Each errno of each point in play, and how often it was met. */
static int fill_coverage(const struct operations *operations, struct sweep_result *out)
{
    const struct plan_points *points = &operations->setup.points;
    size_t room = points->count * FAULT_ERRNOS_MAX;
    out->coverage = calloc(room, sizeof *out->coverage);
    if (out->coverage == NULL)
        return -ENOMEM;
    for (size_t point = 0; point < points->count; point++) {
        int error;
        for (size_t i = 0; filter_takes(operations->options->points, points->names[point]) &&
                           (error = roster_errno(operations->options, &operations->setup, point, i)) != 0;
             i++) {
            struct sweep_coverage *row = &out->coverage[out->coverage_count++];
            snprintf(row->point, sizeof row->point, "%s", points->names[point]);
            row->error = error;
            row->reached = operations->tally.points[point].calls > 0;
            for (size_t j = 0; j < operations->roster.count; j++) {
                const struct duty *duty = &operations->roster.duties[j];
                row->failed += (size_t)duty->task.calls[0].point == point && duty->task.errors[0] == error &&
                               duty->over && duty->end != SWEEP_DRIFTED;
            }
        }
    }
    return 0;
}

static int fill_result(struct operations *operations, struct sweep_result *out, struct error *error)
{
    const struct sweep_options *options = operations->options;
    snprintf(out->workload, sizeof out->workload, "%s", options->workload->name);
    snprintf(out->variant, sizeof out->variant, "%s", options->variant->name);
    out->control = options->variant->leaks;
    out->command = calloc(2, sizeof *out->command);
    if (asprintf(&out->line, "%s/%s", out->workload, out->variant) < 0)
        out->line = NULL;
    if (out->command == NULL || out->line == NULL || (out->command[0] = strdup(out->line)) == NULL ||
        fill_coverage(operations, out) != 0)
        return no_memory(error);
    out->seed = operations->campaign.seed;
    out->wall_ms = (clock_now_ns() - operations->started_ns) / 1000000;
    out->contexts = operations->enumeration.contexts.count;
    out->calls = operations->enumeration.contexts.call_count;
    out->planned = operations->roster.count;
    out->processes = operations->rows.processes;
    out->interrupted = budget_was_cut(operations->options);
    int failed = tally_fill(&operations->tally, out, error);
    if (failed == 0)
        caveats_write(&operations->caveats, options, &operations->enumeration, out);
    return failed;
}

/* The campaign would take it for an option that was too high. */
static int check_limit(struct error *error)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max < FDS_LEAST)
        return error_not_done(
            error, -EMFILE,
            "a sweep of a workload needs %d descriptors, and the hard limit of this system is "
            "%llu (ulimit -Hn): raise that",
            FDS_LEAST, (unsigned long long)limit.rlim_max);
    return 0;
}

static void open_options(struct operations *operations)
{
    static const volatile int never;
    const struct sweep_options *options = operations->options;
    campaign_choose(&operations->campaign, options->workload);
    operations->campaign.variant = options->variant;
    operations->campaign.faults = "none";
    operations->campaign.seed = SEED;
    operations->campaign.workers = 1;
    operations->campaign.limit_fds = FDS_LEAST;
    operations->campaign.heap = options->heap;
    operations->campaign.hang_ns = options->hang_ns != 0 ? options->hang_ns : hang_default_ns;
    operations->campaign.interrupted = options->interrupted != NULL ? options->interrupted : &never;
}

static void clear(struct operations *operations)
{
    novelties_clear(&operations->novelties);
    roster_clear(&operations->roster);
    enumeration_clear(&operations->enumeration);
    tally_clear(&operations->tally);
    free(operations);
}

int operations_sweep(const struct sweep_options *options, struct sweep_result *out, struct error *error)
{
    struct operations *operations = calloc(1, sizeof *operations);
    if (operations == NULL)
        return no_memory(error);
    operations->options = options;
    operations->started_ns = clock_now_ns();
    open_options(operations);
    struct sweep_result result = {.started_s = (uint64_t)time(NULL)};
    int failed = check_limit(error);
    if (failed == 0)
        failed = setup_open(&operations->campaign, &operations->setup, error);
    if (failed == 0) {
        failed = run_sweep(operations, error);
        if (failed == 0)
            failed = fill_result(operations, &result, error);
        char leftover[320] = "";
        setup_close(&operations->setup, leftover, sizeof leftover);
        if (leftover[0] != '\0')
            text_add_sentence(result.note, sizeof result.note, "At the end %s.", leftover);
    }
    clear(operations);
    if (failed != 0)
        sweep_result_clear(&result);
    else
        *out = result;
    return failed;
}
