/* Which operation is blamed when the workload's own check finds something wrong: rows are made up here, and
 * what the check finds hangs on the jobs that they do. */
#include "campaign/sweep/narrowing.h"

#include <criterion/criterion.h>
#include <errno.h>

enum { OPERATIONS = 16, EVENTS = 2 * OPERATIONS };

static struct ledger_view ledger;
static struct duty made[OPERATIONS], *duties[ROW_MAX];
static struct ledger_event events[EVENTS];
static struct row row;

/* Jobs, each of which spoils what is checked; or, if they conspire, only all of them in one row. */
static uint32_t culprits[OPERATIONS];
static size_t culprit_count;
static bool conspire;
static int failure, rows_run, interrupted_at;
static struct sweep_options options; /* no budget */

/* Instead of campaign/sweep/row.c's. */
int __wrap_row_run(struct rows *rows, const struct row_plan *plan, bool traced, struct row *out,
                   struct error *error);
int __wrap_row_run(struct rows *rows, const struct row_plan *plan, bool traced, struct row *out,
                   struct error *error)
{
    size_t present = 0;
    (void)rows, (void)traced, (void)error;
    rows_run++;
    for (size_t i = 0; i < plan->count; i++)
        for (size_t j = 0; j < culprit_count; j++)
            present += plan->jobs[i] == culprits[j];
    *out = (struct row){
        .ledger = &ledger, .count = plan->count, .torn = conspire ? present == culprit_count : present};
    if (interrupted_at == rows_run)
        out->outcome.ended = ENDED_INTERRUPTED;
    ledger.ledger->operations[plan->count - 1].state =
        interrupted_at == rows_run ? LEDGER_OPERATION_BEGUN : LEDGER_OPERATION_ENDED;
    return failure;
}

/* A row whose operations all met their faults, ended, and show nothing by themselves. */
static void begin(void)
{
    static const char *const names[] = {"posix/io/rw/write"};
    const struct plan_points points = {.count = 1, .names = names};
    const struct plan nothing = {.rule_count = 0};
    struct error error;
    cr_assert_eq(ledger_create(16, &nothing, &points, &ledger, &error), 0);
    row = (struct row){.ledger = &ledger, .count = OPERATIONS, .events = events, .torn = 1};
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        made[i] = (struct duty){.job = i, .task = {.calls = {{.k = 1}}, .errors = {EIO}}};
        duties[i] = &made[i];
        events[row.event_count++] =
            (struct ledger_event){.kind = LEDGER_FAULT, .operation = i + 1, .k = 1, .error = EIO};
        ledger.ledger->operations[i].state = LEDGER_OPERATION_ENDED;
    }
}

static void end(void)
{
    ledger_close(&ledger);
}

/* Narrows; the jobs that are alone as a string of digits, hexadecimal. */
static const char *blamed(void)
{
    static char jobs[OPERATIONS + 1];
    struct error error;
    size_t count = 0;
    const struct narrowing narrowing = {.options = &options, .started_ns = 0};
    cr_expect_eq(narrowing_mark(&narrowing, &row, duties, &error), failure);
    for (uint32_t i = 0; i < OPERATIONS; i++)
        if (made[i].alone)
            jobs[count++] = "0123456789abcdef"[i];
    jobs[count] = '\0';
    return jobs;
}

static void accuse(uint32_t job)
{
    culprits[culprit_count++] = job;
}

Test(narrowing, finds_the_one, .init = begin, .fini = end)
{
    accuse(11);
    cr_expect_str_eq(blamed(), "b");
    cr_expect_leq(rows_run, 2 + 4, "by halves: %d rows", rows_run);
}

Test(narrowing, finds_several, .init = begin, .fini = end)
{
    accuse(0);
    accuse(7);
    accuse(15);
    cr_expect_str_eq(blamed(), "07f");
}

/* It has torn what is checked all the same. */
Test(narrowing, suspects_whose_fault_went_astray, .init = begin, .fini = end)
{
    struct record_stack stacks[] = {{.context = 0}, {.context = 0x5eed}};
    struct record_event fault = {
        .kind = TRACE_FAULT, .who = 11 + 1, .in_operation = true, .k = 1, .stack = 1};
    row.record = (struct record){.stacks = stacks, .stack_count = 2, .events = &fault, .event_count = 1};
    made[11].task.calls[0].context = contexts_of(&row.record, &fault) + 1;
    accuse(11);
    cr_expect_str_eq(blamed(), "b");
}

/* More of them than are found by halves within reason. */
Test(narrowing, passes_over_none_of_many, .init = begin, .fini = end)
{
    for (uint32_t job = 1; job < OPERATIONS; job += 2)
        accuse(job);
    blamed();
    for (uint32_t job = 1; job < OPERATIONS; job += 2)
        cr_expect(made[job].alone, "%u", job);
    cr_expect_leq(rows_run, OPERATIONS, "no more than if each was tried alone: %d rows", rows_run);
}

Test(narrowing, clears_nobody_by_a_row_that_was_cut, .init = begin, .fini = end)
{
    interrupted_at = 1;
    cr_expect_str_eq(blamed(), "0123456789abcdef", "each is to be tried alone");
    cr_expect_eq(rows_run, 1, "and no more is begun once the user has ended it");
}

/* The budget began in another age of the world. */
Test(narrowing, begins_no_row_once_the_budget_is_spent, .init = begin, .fini = end)
{
    accuse(11);
    options.budget_ns = 1;
    cr_expect_str_eq(blamed(), "0123456789abcdef", "each is to be tried alone, if there is ever time");
    cr_expect_eq(rows_run, 0);
}

/* The row had no other fault: no row of fewer can say more. */
Test(narrowing, asks_nothing_if_one_alone_had_a_fault, .init = begin, .fini = end)
{
    for (size_t i = 0; i < OPERATIONS; i++)
        duties[i] = i == 9 ? &made[i] : NULL;
    cr_expect_str_eq(blamed(), "9");
    cr_expect_eq(rows_run, 0);
}

Test(narrowing, blames_nobody_if_it_does_not_come_again, .init = begin, .fini = end)
{
    cr_expect_str_eq(blamed(), "");
    cr_expect_eq(rows_run, 1);
}

/* What was left behind accounts for it: that operation is told anyway. */
static void shows_a_leak(uint32_t job)
{
    events[row.event_count++] =
        (struct ledger_event){.kind = LEDGER_LEAK, .operation = job + 1, .taken_at = 1};
}

Test(narrowing, does_not_ask_who_shows_something, .init = begin, .fini = end)
{
    accuse(3);
    shows_a_leak(3);
    cr_expect_str_eq(blamed(), "");
}

Test(narrowing, passes_over_operations_without_a_fault, .init = begin, .fini = end)
{
    accuse(5);
    duties[5] = NULL;
    cr_expect_str_eq(blamed(), "");
}

/* By halves none of them shows anything: the last ones are suspected until one of the conspirators is, and
 * the rest is cleared without it. Those are tried alone, and cleared by that. */
Test(narrowing, ends_with_conspirators_once_one_is_out, .init = begin, .fini = end)
{
    accuse(2);
    accuse(13);
    conspire = true;
    cr_expect_str_eq(blamed(), "def");
    cr_expect_lt(rows_run, OPERATIONS + 4, "%d rows", rows_run);
}

Test(narrowing, tells_that_a_row_could_not_be_run, .init = begin, .fini = end)
{
    failure = -EIO;
    blamed();
    cr_expect_eq(rows_run, 1);
}
