/* Decides how many jobs are looked at, and what of them is to fail. */
#include "campaign/sweep/enumeration.h"

#include <errno.h>
#include <inttypes.h>

#include "campaign/sweep/budget.h"

enum { JOBS_FIRST = 32, CALLS_FEW = 100 };

/* What a job leaves behind although nothing fails is not to be blamed on a fault. */
static bool is_unfit(const struct row *row, size_t index)
{
    for (size_t i = 0; i < row->event_count; i++)
        if (row->events[i].operation == index + 1)
            return true;
    return false;
}

static void find_unfit(const struct row *row, bool unfit[REACH_JOBS], struct enumeration *out)
{
    int status;
    for (size_t i = 0; i < REACH_JOBS; i++) {
        bool ended = row_state(row, i, &status) == LEDGER_OPERATION_ENDED, leaves = is_unfit(row, i);
        out->jobs += ended;
        out->unfit += ended && leaves;
        unfit[i] = leaves || !ended;
    }
}

/* What the service calls before and after its operations is not swept. */
static int keep_in_operations(struct contexts *contexts)
{
    size_t kept = 0;
    for (size_t i = 0; i < contexts->call_count; i++)
        if (contexts->calls[i].in_operation)
            contexts->calls[kept++] = contexts->calls[i];
    contexts->call_count = kept;
    return contexts_number(contexts);
}

/* A crash or a standstill is nothing that a fault could be blamed for. After a lock that was left, or without
 * descriptors, the process ends in order. */
static int check_end(const struct rows *rows, const struct row *row, struct error *error)
{
    const struct supervise_outcome *outcome = &row->outcome;
    const char *words = outcome->last_words[0] != '\0' ? outcome->last_words : "it said nothing";
    const char *workload = rows->setup->options->workload->name;
    size_t cut;
    if (row_was_cut(row, &cut))
        return error_not_done(
            error, -EIO, "%s/%s does not come to the end of operation %zu although nothing fails (%s): %s",
            workload, rows->variant->name, cut, ended_name(outcome->ended), words);
    if (outcome->ended == ENDED_CRASH)
        return error_not_done(error, -EIO, "%s/%s crashes at its end although nothing fails: %s", workload,
                              rows->variant->name, words);
    return 0;
}

static int learn(const struct rows *rows, const struct row *row, struct enumeration *out, struct error *error)
{
    bool unfit[REACH_JOBS] = {false};
    int failed = check_end(rows, row, error);
    if (failed != 0)
        return failed;
    find_unfit(row, unfit, out);
    failed = contexts_learn(&row->record, &row->record, &out->contexts);
    if (failed == 0)
        failed = keep_in_operations(&out->contexts);
    if (failed == 0)
        failed = reach_make(&out->contexts, unfit, &out->reach);
    if (failed != 0)
        return error_not_done(error, failed, "no memory for what operations call");
    out->begun = row->count;
    out->torn = row->torn > 0;
    out->overflowed = row->overflowed || row->record.lost;
    return 0;
}

static int run_steady(struct rows *rows, uint32_t first, uint32_t count, struct row *out, struct error *error)
{
    struct row_plan plan = {.count = count};
    for (uint32_t i = 0; i < count; i++)
        plan.jobs[i] = first + i;
    return row_run(rows, &plan, true, out, error);
}

static size_t calls_of(const struct record *record)
{
    size_t calls = 0;
    for (size_t i = 0; i < record->event_count; i++)
        calls += record->events[i].kind == TRACE_CALL;
    return calls;
}

/* Jobs that call little are likely to differ, and many of them cost little. */
int enumeration_make(struct rows *rows, const struct sweep_options *options, struct enumeration *out,
                     struct row *row, struct error *error)
{
    struct enumeration enumeration = {.jobs = 0};
    int failed = run_steady(rows, 0, JOBS_FIRST, row, error);
    if (failed != 0)
        return failed;
    if (calls_of(&row->record) < (size_t)CALLS_FEW * JOBS_FIRST && !budget_was_cut(options)) {
        row_clear(row);
        failed = run_steady(rows, 0, REACH_JOBS, row, error);
        if (failed != 0)
            return failed;
    }
    if (!budget_was_cut(options))
        failed = learn(rows, row, &enumeration, error);
    if (failed != 0) {
        enumeration_clear(&enumeration);
        row_clear(row);
        return failed;
    }
    *out = enumeration;
    return 0;
}

int enumeration_of_one(struct rows *rows, uint32_t job, struct enumeration *out, struct error *error)
{
    struct row row;
    uint32_t first = job < ROW_MAX ? 0 : job;
    int failed = run_steady(rows, first, job - first + 1, &row, error);
    if (failed != 0)
        return failed;
    failed = check_end(rows, &row, error);
    if (failed == 0 && is_unfit(&row, job - first))
        failed = error_not_done(error, -EBUSY,
                                "operation %" PRIu32 " of %s/%s leaves something behind although nothing "
                                "fails: what it leaves can be blamed on no fault",
                                job, rows->setup->options->workload->name, rows->variant->name);
    if (failed == 0)
        *out = (struct enumeration){.torn = row.torn > 0};
    row_clear(&row);
    return failed;
}

void enumeration_clear(struct enumeration *enumeration)
{
    reach_clear(&enumeration->reach);
    contexts_clear(&enumeration->contexts);
}
