/* The trace's reader believes nothing: each row is something that a broken or hostile program can write. */
#include "ledger/trace_reader.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/hash.h"

static struct ledger_view view;

static void make(void)
{
    static const char *const names[] = {"a", "b", "c"};
    struct plan_points points = {.count = 3, .names = names};
    struct plan plan = {0};
    struct error error;
    cr_assert_eq(ledger_create_traced(64, &plan, &points, &view, &error), 0, "%s", error.text);
}

static void end(void)
{
    ledger_close(&view);
}

static void put(uint32_t index, struct trace_event event)
{
    view.trace->events[index] = event;
    view.trace->event_count = index + 1;
}

Test(trace, events_and_stacks_are_copied_out, .init = make, .fini = end)
{
    struct trace_frame frames[2] = {{0, 0}};
    struct trace_event event;
    view.trace->frames[5] = (struct trace_frame){10, 11};
    view.trace->frames[6] = (struct trace_frame){20, 21};
    view.trace->stacks[7] = (struct trace_stack){.hash = 4711, .first = 5, .depth = 2};
    put(0, (struct trace_event){.kind = TRACE_CALL, .point = 2, .k = 3, .stack = 7, .operation = 9});
    put(1, (struct trace_event){.kind = TRACE_TOOK, .point = -1, .resource = TRACE_FILE, .id = 12});
    cr_assert_eq(trace_event_count(&view), 2);
    cr_assert(trace_event(&view, 0, &event) && event.point == 2 && event.k == 3 && event.operation == 9);
    cr_expect_eq(trace_stack(&view, event.stack, frames, 1), 2, "the depth, whatever there is room for");
    cr_expect(frames[0].address == 10 && frames[1].address == 0, "no more than there is room for");
    cr_expect_eq(trace_stack(&view, event.stack, frames, 2), 2);
    cr_expect_eq(frames[1].cfa, 21);
    cr_assert(trace_event(&view, 1, &event) && event.id == 12);
    cr_expect_not(trace_event(&view, 2, &event), "there is none");
}

Test(trace, events_out_of_range_are_not_passed_on, .init = make, .fini = end)
{
    static const struct {
        struct trace_event event;
        bool passes;
        const char *reason;
    } rows[] = {
        {{.kind = TRACE_CALL, .point = 2}, true, "a whole one"},
        {{.kind = 0, .point = 2}, false, "incomplete"},
        {{.kind = TRACE_KINDS, .point = 2}, false, "no kind"},
        {{.kind = TRACE_CALL, .point = 3}, false, "a point that is not there"},
        {{.kind = TRACE_CALL, .point = -2}, false, "nor that"},
        {{.kind = TRACE_CALL, .path = -1}, false, "no path"},
        {{.kind = TRACE_CALL, .path = LEDGER_PATHS_MAX}, false, "a path behind the last"},
        {{.kind = TRACE_CALL, .stack = TRACE_STACKS_MAX - 1}, true, "the last stack"},
        {{.kind = TRACE_CALL, .stack = TRACE_STACKS_MAX}, false, "a stack behind the last"},
        {{.kind = TRACE_TOOK, .resource = TRACE_RESOURCES}, false, "no resource"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct trace_event event;
        put(0, rows[i].event);
        cr_expect_eq(trace_event(&view, 0, &event), rows[i].passes, "%s", rows[i].reason);
    }
}

Test(trace, stacks_out_of_range_are_none, .init = make, .fini = end)
{
    static const struct {
        uint32_t index;
        struct trace_stack stack;
        uint32_t depth;
        const char *reason;
    } rows[] = {
        {1, {.hash = 2, .first = TRACE_FRAMES_MAX - 3, .depth = 3}, 3, "up to the last frame"},
        {1, {.hash = 2, .first = TRACE_FRAMES_MAX - 2, .depth = 3}, 0, "one more"},
        {1, {.hash = 2, .first = UINT32_MAX, .depth = 2}, 0, "a sum that wraps"},
        {1, {.hash = 2, .first = 0, .depth = TRACE_DEPTH_MAX}, TRACE_DEPTH_MAX, "the deepest"},
        {1, {.hash = 2, .first = 0, .depth = TRACE_DEPTH_MAX + 1}, 0, "deeper"},
        {1, {.hash = 2, .first = 0, .depth = UINT32_MAX}, 0, "much deeper"},
        {1, {.hash = 0, .first = 0, .depth = 3}, 0, "free"},
        {1, {.hash = TRACE_STACK_BUSY, .first = 0, .depth = 3}, 0, "never finished"},
        {TRACE_STACK_NONE, {.hash = 2, .first = 0, .depth = 3}, 0, "none"},
        {TRACE_STACKS_MAX, {.hash = 0}, 0, "behind the last"},
    };
    struct trace_frame frames[TRACE_DEPTH_MAX];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].index < TRACE_STACKS_MAX)
            view.trace->stacks[rows[i].index] = rows[i].stack;
        cr_expect_eq(trace_stack(&view, rows[i].index, frames, TRACE_DEPTH_MAX), rows[i].depth, "%s",
                     rows[i].reason);
    }
}

Test(trace, what_there_was_no_room_for_is_counted, .init = make, .fini = end)
{
    view.trace->event_count = TRACE_EVENTS_MAX + 5;
    view.trace->stacks_lost = 3;
    cr_expect_eq(trace_event_count(&view), TRACE_EVENTS_MAX);
    cr_expect_eq(trace_events_lost(&view), 5);
    cr_expect_eq(trace_stacks_lost(&view), 3);
}

Test(trace, survives_garbage, .init = make, .fini = end, .timeout = 60)
{
    enum { WORDS = 400000 };
    struct trace_event event;
    struct trace_frame frames[TRACE_DEPTH_MAX];
    uint64_t *words = (uint64_t *)view.trace;
    for (uint64_t i = 0; i < WORDS; i++)
        words[hash_mix(i) % (sizeof *view.trace / sizeof *words)] = hash_mix(hash_mix(i));
    view.trace->event_count = UINT32_MAX;
    view.ledger->head.trace_offset = hash_mix(1); /* ours is another copy */
    for (uint32_t i = 0; i < trace_event_count(&view); i++)
        if (trace_event(&view, i, &event))
            cr_assert_leq(trace_stack(&view, event.stack, frames, TRACE_DEPTH_MAX), TRACE_DEPTH_MAX);
    for (uint32_t i = 0; i < TRACE_STACKS_MAX; i++)
        cr_assert_leq(trace_stack(&view, i, frames, TRACE_DEPTH_MAX), TRACE_DEPTH_MAX);
}

Test(trace, there_is_none_unless_asked_for)
{
    struct plan plan = {0};
    struct plan_points points = {0};
    struct ledger_view bare;
    struct error error;
    struct trace_event event;
    cr_assert_eq(ledger_create(64, &plan, &points, &bare, &error), 0);
    cr_expect_eq(bare.ledger->head.trace_offset, 0);
    cr_expect_eq(trace_event_count(&bare) + trace_events_lost(&bare) + trace_stacks_lost(&bare), 0);
    cr_expect_not(trace_event(&bare, 0, &event));
    cr_expect_eq(trace_stack(&bare, 1, NULL, 0), 0);
    ledger_close(&bare);
}
