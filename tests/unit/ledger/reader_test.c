/* The reader takes the ledger for what it is: memory that a broken or hostile program can write at will. */
#include "ledger/reader.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static struct ledger_view view;

static void make(void)
{
    static const char *const names[] = {"a", "b", "c"};
    struct plan_points points = {.count = 3, .names = names};
    struct plan plan = {0};
    struct error error;
    cr_assert_eq(ledger_create(64, &plan, &points, &view, &error), 0, "%s", error.text);
}

static void end(void)
{
    ledger_close(&view);
}

/* An event as a child writes it. */
static void put(uint64_t index, struct ledger_event event)
{
    event.sequence = index + 1;
    view.ledger->events[index % LEDGER_EVENTS_MAX] = event;
    view.ledger->event_count = index + 1;
}

Test(reader, events_in_order, .init = make, .fini = end)
{
    struct ledger_event event;
    uint64_t lost = 0;
    cr_assert_not(ledger_next_event(&view, &event, &lost));
    put(0, (struct ledger_event){.kind = LEDGER_LEAK, .point = -1, .fd = 7});
    put(1, (struct ledger_event){.kind = LEDGER_FAULT, .point = 2, .fd = 8});
    cr_assert(ledger_next_event(&view, &event, &lost) && event.fd == 7);
    cr_assert(ledger_next_event(&view, &event, &lost) && event.fd == 8);
    cr_assert_not(ledger_next_event(&view, &event, &lost));
    cr_assert_eq(lost, 0);
}

Test(reader, incomplete_event_is_awaited_and_then_given_up, .init = make, .fini = end)
{
    struct ledger_event event;
    uint64_t lost = 0;
    put(0, (struct ledger_event){.kind = LEDGER_LEAK, .point = -1});
    view.ledger->events[0].sequence = 0;
    cr_assert_not(ledger_next_event(&view, &event, &lost));
    cr_assert_eq(lost, 0, "the child may still write it");
    view.child_ended = true;
    cr_assert_not(ledger_next_event(&view, &event, &lost));
    cr_assert_eq(lost, 1, "it never will");
}

Test(reader, overwritten_events_are_counted_as_lost, .init = make, .fini = end)
{
    struct ledger_event event;
    uint64_t lost = 0, read = 0;
    for (uint64_t i = 0; i < LEDGER_EVENTS_MAX + 10; i++)
        put(i, (struct ledger_event){.kind = LEDGER_LEAK, .point = -1});
    while (ledger_next_event(&view, &event, &lost))
        read++;
    cr_assert_eq(read, LEDGER_EVENTS_MAX);
    cr_assert_eq(lost, 10);
}

Test(reader, events_out_of_range_are_not_passed_on, .init = make, .fini = end)
{
    static const struct ledger_event rows[] = {
        {.kind = 0, .point = -1},
        {.kind = LEDGER_EVENT_KINDS, .point = -1},
        {.kind = LEDGER_LEAK, .point = -2},
        {.kind = LEDGER_LEAK, .point = 3},
        {.kind = LEDGER_LEAK, .point = -1, .error = -5},
    };
    struct ledger_event event;
    uint64_t lost = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        put(i, rows[i]);
    cr_assert_not(ledger_next_event(&view, &event, &lost));
    cr_assert_eq(lost, sizeof rows / sizeof *rows);
}

/* Who asks for a lock waits only if a thread has it. */
Test(reader, counts_who_waits, .init = make, .fini = end)
{
    enum { HELD = 8, FREE = 16 };
    static const struct {
        uint64_t on;
        enum ledger_lock_mode mode;
        unsigned waiting;
        const char *why;
    } rows[] = {
        {HELD, LEDGER_LOCK_MUTEX, 1, "another thread has it"},
        {FREE, LEDGER_LOCK_MUTEX, 0, "nobody has it: it is had at once"},
        {HELD, LEDGER_JOIN, 0, "a thread's end is no lock"},
        {HELD, LEDGER_WAIT, 0, "a condition is no lock"},
        {0, LEDGER_LOCK_MUTEX, 0, "it asks for nothing"},
    };
    view.ledger->thread_count = 2;
    view.ledger->locks[1].held[0].lock = HELD;
    view.ledger->locks[1].held_count = 1;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ledger_totals totals;
        view.ledger->locks[0].wait_mode = rows[i].mode;
        view.ledger->locks[0].waits_for = rows[i].on;
        ledger_totals(&view, &totals);
        cr_expect_eq(totals.waiting, rows[i].waiting, "%s", rows[i].why);
        cr_expect_eq(totals.held_locks, 1);
    }
}

/* Random words over the whole of it: nothing is read outside, nothing is passed on that is out of range, and
 * reading ends. */
Test(reader, survives_garbage, .init = make, .fini = end, .timeout = 60)
{
    enum { ROUNDS = 8, WORDS = 200000 };
    for (uint64_t round = 0; round < ROUNDS; round++) {
        uint64_t *words = (uint64_t *)view.ledger;
        for (uint64_t i = 0; i < WORDS; i++) {
            uint64_t random = hash_mix(round * WORDS + i);
            words[random % (view.size / sizeof *words)] = hash_mix(random);
        }
        memset(view.ledger->modules[round].path, 'x', LEDGER_MODULE_PATH_MAX);
        view.ledger->module_count = view.ledger->thread_count = UINT32_MAX;
        view.ledger->event_count = round % 2 == 0 ? UINT64_MAX : LEDGER_EVENTS_MAX;
        view.events_read = 0;
        view.child_ended = true;
        struct ledger_event event;
        struct ledger_totals totals;
        struct ledger_module module;
        uint64_t lost = 0;
        while (ledger_next_event(&view, &event, &lost))
            cr_assert(event.point >= -1 && event.point < 3 && event.kind < LEDGER_EVENT_KINDS);
        ledger_totals(&view, &totals);
        for (uint64_t i = 0; i < 1000; i++)
            if (ledger_module_of(&view, hash_mix(i), &module))
                cr_assert_lt(strlen(module.path), LEDGER_MODULE_PATH_MAX);
    }
}
