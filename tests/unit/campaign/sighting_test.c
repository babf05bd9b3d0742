/* What is said of an operation under a fault: only what it did itself. */
#include "campaign/sweep/sighting.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>

#include "campaign/sweep/wrong.h"

enum { OPERATIONS = 3, POINTS = 2, READ = 0, UNLINK = 1 };

static struct ledger_view ledger;
static struct duty made[OPERATIONS], *duties[ROW_MAX];
static struct ledger_event events[8];
static struct row row;

/* Three operations, each of which met its fault and ended with an error. */
static void begin(void)
{
    static const char *const names[POINTS] = {"posix/io/rw/read", "posix/io/dir/unlink"};
    const struct plan_points points = {.count = POINTS, .names = names};
    const struct plan nothing = {.rule_count = 0};
    struct error error;
    cr_assert_eq(ledger_create(16, &nothing, &points, &ledger, &error), 0);
    row = (struct row){.ledger = &ledger, .count = OPERATIONS, .events = events};
    for (size_t i = 0; i < OPERATIONS; i++) {
        made[i] = (struct duty){.task = {.calls = {{.point = READ, .k = 2}}, .errors = {EIO}}};
        duties[i] = &made[i];
        events[row.event_count++] = (struct ledger_event){
            .kind = LEDGER_FAULT, .operation = i + 1, .point = READ, .k = 2, .error = EIO, .site = 0x1000};
        ledger.ledger->operations[i].state = LEDGER_OPERATION_ENDED;
        ledger.ledger->operations[i].status = -EIO;
    }
    row.outcome.ended = ENDED_COMPLETED;
}

static void end(void)
{
    ledger_close(&ledger);
}

static void add(struct ledger_event event)
{
    events[row.event_count++] = event;
}

static struct sighting sight(size_t index)
{
    struct sighting sighting;
    sighting_make(&row, index, duties, &sighting);
    return sighting;
}

static void expect(size_t index, enum sighting_state state, enum sweep_kind outcome, size_t shown,
                   const char *reason)
{
    struct sighting sighting = sight(index);
    cr_expect_eq(sighting.state, state, "%s: state %d", reason, (int)sighting.state);
    cr_expect_eq(sighting.outcome, outcome, "%s: %s", reason, sweep_kind_name(sighting.outcome));
    cr_expect_eq(sighting.shown_count, shown, "%s: %zu shown", reason, sighting.shown_count);
}

Test(sighting, of_operations_that_end, .init = begin, .fini = end)
{
    expect(0, SIGHTING_COMPLETE, SWEEP_DETECTED, 0, "it says so");
    ledger.ledger->operations[0].status = 0;
    expect(0, SIGHTING_COMPLETE, SWEEP_MASKED, 0, "it succeeds");
    add((struct ledger_event){.kind = LEDGER_LEAK, .operation = 2, .taken_at = 0x2000});
    expect(1, SIGHTING_COMPLETE, SWEEP_LEAK, 1, "it leaves a descriptor");
    expect(2, SIGHTING_COMPLETE, SWEEP_DETECTED, 0, "another one did");
    add((struct ledger_event){.kind = LEDGER_DOUBLE_CLOSE, .operation = 2, .site = 0x3000});
    expect(1, SIGHTING_COMPLETE, SWEEP_DOUBLE_RELEASE, 2, "and closes one twice, which is worse");
}

Test(sighting, of_faults_that_do_not_come, .init = begin, .fini = end)
{
    add((struct ledger_event){.kind = LEDGER_LEAK, .operation = 1, .taken_at = 0x2000});
    made[0].task.calls[0].k = 3;
    expect(0, SIGHTING_IN_VAIN, SWEEP_DETECTED, 0, "another call failed");
    made[1].task.errors[0] = EINTR;
    expect(1, SIGHTING_IN_VAIN, SWEEP_DETECTED, 0, "with another errno");
    ledger.ledger->operations[2].state = LEDGER_OPERATION_UNSEEN;
    expect(2, SIGHTING_NONE, SWEEP_DETECTED, 0, "it never began");
}

Test(sighting, without_a_fault, .init = begin, .fini = end)
{
    for (size_t i = 0; i < OPERATIONS; i++)
        made[i].task.calls[0].k = 0;
    row.event_count = 0; /* no fault came */
    expect(0, SIGHTING_COMPLETE, SWEEP_DETECTED, 0, "it leaves nothing");
    add((struct ledger_event){.kind = LEDGER_LEAK, .operation = 2, .taken_at = 0x2000});
    expect(1, SIGHTING_COMPLETE, SWEEP_LEAK, 1, "it leaks all the same");
    add((struct ledger_event){.kind = WRONG_TEMP_LEFT, .operation = 3, .taken_at = 0x2000});
    made[2].task.calls[0].point = UNLINK;
    expect(2, SIGHTING_COMPLETE, SWEEP_LEAK, 1, "no removal failed that could excuse it");
}

/* A fault counts for the call that it was meant for. */
Test(sighting, of_a_fault_that_went_astray, .init = begin, .fini = end)
{
    struct record_stack stacks[] = {{.context = 0}, {.context = 0x5eed}};
    struct record_event fault = {
        .kind = TRACE_FAULT, .who = 1, .in_operation = true, .point = READ, .k = 2, .stack = 1};
    row.record = (struct record){.stacks = stacks, .stack_count = 2, .events = &fault, .event_count = 1};
    add((struct ledger_event){.kind = LEDGER_LEAK, .operation = 1, .taken_at = 0x2000});
    expect(0, SIGHTING_COMPLETE, SWEEP_LEAK, 1, "no context was asked for");
    made[0].task.calls[0].context = contexts_of(&row.record, &fault);
    expect(0, SIGHTING_COMPLETE, SWEEP_LEAK, 1, "it came where it was to");
    made[0].task.calls[0].context++;
    expect(0, SIGHTING_ASTRAY, SWEEP_LEAK, 1, "another call failed, and what it shows is true all the same");
    made[1].task.calls[0].context = made[0].task.calls[0].context;
    expect(1, SIGHTING_COMPLETE, SWEEP_DETECTED, 0, "of this one's fault nothing was traced");
    fault.stack = 0;
    expect(0, SIGHTING_COMPLETE, SWEEP_LEAK, 1, "there was no room for its stack");
}

Test(sighting, of_the_end_of_the_process, .init = begin, .fini = end)
{
    row.outcome = (struct supervise_outcome){.ended = ENDED_CRASH, .signal = SIGSEGV, .exit_status = -1};
    ledger.ledger->operations[1].state = LEDGER_OPERATION_BEGUN;
    expect(0, SIGHTING_COMPLETE, SWEEP_DETECTED, 0, "it had ended before");
    expect(1, SIGHTING_SPOILT, SWEEP_DETECTED, 0, "the one before may be to blame");
    duties[0] = NULL;
    expect(1, SIGHTING_COMPLETE, SWEEP_CRASH, 1, "nothing failed before it");
    row.outcome.ended = ENDED_DEADLOCK;
    expect(1, SIGHTING_COMPLETE, SWEEP_HANG, 1, "it does not end");
    row.outcome.ended = ENDED_INTERRUPTED;
    expect(1, SIGHTING_NONE, SWEEP_DETECTED, 0, "the user ended it");
}

Test(sighting, of_a_process_that_runs_out, .init = begin, .fini = end)
{
    ledger.ledger->operations[1].state = LEDGER_OPERATION_REFUSED;
    expect(1, SIGHTING_SPOILT, SWEEP_DETECTED, 0, "the kernel refused it a descriptor");
}

Test(sighting, of_temporary_files, .init = begin, .fini = end)
{
    add((struct ledger_event){.kind = WRONG_TEMP_LEFT, .operation = 1, .taken_at = 0x2000});
    expect(0, SIGHTING_COMPLETE, SWEEP_LEAK, 1, "it is left behind");
    made[0].task.calls[0].point = UNLINK;
    events[0].point = UNLINK;
    expect(0, SIGHTING_COMPLETE, SWEEP_DETECTED, 0, "its very removal was made to fail");
}

Test(sighting, the_same_thing_has_the_same_key, .init = begin, .fini = end)
{
    add((struct ledger_event){.kind = LEDGER_LEAK, .operation = 1, .taken_at = 0x2000, .fd = 7});
    add((struct ledger_event){.kind = LEDGER_LEAK, .operation = 2, .taken_at = 0x2000, .fd = 9});
    add((struct ledger_event){.kind = LEDGER_LEAK, .operation = 3, .taken_at = 0x2004, .fd = 7});
    struct sighting first = sight(0), second = sight(1), third = sight(2);
    cr_expect(sighting_shows(&second, first.shown[0].key), "taken at the same place");
    cr_expect_not(sighting_shows(&third, first.shown[0].key), "taken elsewhere");
}
