/* The detector on a ledger that the tests write themselves: who waits for whom, what is a deadlock and what
 * is not, and what a broken or hostile program can write there. */
#include "supervise/detector.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static struct ledger_view view;
static struct detector detector;
static struct deadlock found;
static uint64_t now_ns;

static void make(void)
{
    static const struct plan plan;
    static const struct plan_points points;
    struct error error;
    cr_assert_eq(ledger_create(64, &plan, &points, &view, &error), 0);
    memset(&detector, 0, sizeof detector);
    now_ns = 0;
    view.ledger->thread_count = 300;
    for (int32_t i = 0; i < 300; i++)
        view.ledger->threads[i].tid = 1000 + i;
}

static void end(void)
{
    ledger_close(&view);
}

static struct ledger_held *holds(uint32_t thread, uint64_t lock, enum ledger_lock_mode mode)
{
    struct ledger_locks *locks = &view.ledger->locks[thread];
    struct ledger_held *held = &locks->held[locks->held_count++];
    *held = (struct ledger_held){.lock = lock, .mode = mode, .taken_at = 100 * lock, .point = -1};
    return held;
}

static void waits(uint32_t thread, uint64_t lock, enum ledger_lock_mode mode)
{
    struct ledger_locks *locks = &view.ledger->locks[thread];
    locks->wait_sequence++;
    locks->wait_mode = mode;
    locks->waiting_at = 100 * lock + 1;
    locks->waits_for = lock;
}

/* The first look is at 1000. */
static bool look(void)
{
    now_ns += 1000;
    return detector_look(&detector, &view, now_ns, &found);
}

/* A deadlock that stands is found at the second look. */
static bool looks(void)
{
    bool at_once = look();
    cr_expect_not(at_once, "found at the first look");
    return look();
}

enum { A = 1, B, C, D };

Test(detector, cycle_of_two, .init = make, .fini = end)
{
    holds(3, A, LEDGER_LOCK_MUTEX), waits(3, B, LEDGER_LOCK_MUTEX);
    holds(7, B, LEDGER_LOCK_WRITE), waits(7, A, LEDGER_LOCK_MUTEX);
    cr_assert(looks());
    cr_expect_eq(found.kind, DEADLOCK_CYCLE);
    cr_assert_eq(found.edge_count, 2);
    cr_expect_eq(found.detected_ns, 2000);
    cr_expect_eq(found.stands_ns, 1000, "nobody looked before");
    for (size_t i = 0; i < 2; i++) {
        const struct deadlock_edge *edge = &found.edges[i];
        cr_expect(edge->waiter == 3 ? edge->owner == 7 && edge->lock == B
                                    : edge->waiter == 7 && edge->owner == 3 && edge->lock == A);
        cr_expect_eq(edge->taken_at, 100 * edge->lock);
        cr_expect_eq(edge->waiting_at, 100 * edge->lock + 1);
        cr_expect_eq(edge->waiting_since_ns, 1000);
        cr_expect_eq(edge->left_ns, 0);
        cr_expect_not(edge->owner_ended);
    }
}

Test(detector, stands_since_its_last_wait, .init = make, .fini = end)
{
    holds(3, A, LEDGER_LOCK_MUTEX), waits(3, B, LEDGER_LOCK_MUTEX);
    holds(7, B, LEDGER_LOCK_MUTEX);
    cr_assert_not(looks());
    waits(7, A, LEDGER_LOCK_MUTEX);
    cr_assert(looks());
    cr_expect_eq(found.detected_ns, 4000);
    cr_expect_eq(found.stands_ns, 2000, "at the look of then it did not stand");
}

Test(detector, cycle_of_three_and_who_waits_outside_it, .init = make, .fini = end)
{
    holds(1, A, LEDGER_LOCK_MUTEX), waits(1, B, LEDGER_LOCK_MUTEX);
    holds(2, B, LEDGER_LOCK_MUTEX), waits(2, C, LEDGER_LOCK_MUTEX);
    holds(3, C, LEDGER_LOCK_MUTEX), waits(3, A, LEDGER_LOCK_MUTEX);
    holds(0, D, LEDGER_LOCK_MUTEX), waits(0, A, LEDGER_LOCK_MUTEX);
    waits(4, D, LEDGER_LOCK_MUTEX);
    cr_assert(looks());
    cr_expect_eq(found.kind, DEADLOCK_CYCLE);
    cr_assert_eq(found.edge_count, 3);
    for (size_t i = 0; i < 3; i++)
        cr_expect(found.edges[i].waiter >= 1 && found.edges[i].waiter <= 3);
}

Test(detector, long_cycle_is_found_and_told_in_part, .init = make, .fini = end)
{
    for (uint32_t i = 0; i < 200; i++)
        holds(i, i + 1, LEDGER_LOCK_MUTEX), waits(i, (i + 1) % 200 + 1, LEDGER_LOCK_MUTEX);
    cr_assert(looks());
    cr_expect_eq(found.kind, DEADLOCK_CYCLE);
    cr_expect_eq(found.edge_count, DEADLOCK_EDGES_MAX);
}

Test(detector, chain_is_none, .init = make, .fini = end)
{
    holds(1, A, LEDGER_LOCK_MUTEX), waits(1, B, LEDGER_LOCK_MUTEX);
    holds(2, B, LEDGER_LOCK_MUTEX), waits(2, C, LEDGER_LOCK_MUTEX);
    holds(3, C, LEDGER_LOCK_MUTEX);
    waits(4, A, LEDGER_LOCK_MUTEX), waits(5, A, LEDGER_LOCK_MUTEX);
    for (unsigned i = 0; i < 100; i++)
        cr_assert_not(look(), "the holder is slow");
}

Test(detector, self_wait, .init = make, .fini = end)
{
    holds(1, A, LEDGER_LOCK_MUTEX), waits(1, A, LEDGER_LOCK_MUTEX);
    cr_assert(looks());
    cr_expect_eq(found.kind, DEADLOCK_ABANDONED);
    cr_assert_eq(found.edge_count, 1);
    cr_expect_eq(found.edges[0].waiter, found.edges[0].owner);
}

Test(detector, abandoned_by_thread, .init = make, .fini = end)
{
    holds(1, A, LEDGER_LOCK_MUTEX)->left_ns = 900;
    view.ledger->threads[1].tid = -1001;
    look(), look();
    waits(2, A, LEDGER_LOCK_MUTEX), waits(3, A, LEDGER_LOCK_MUTEX);
    cr_assert(looks());
    cr_expect_eq(found.kind, DEADLOCK_ABANDONED);
    cr_assert_eq(found.edge_count, 2, "all who wait for it");
    cr_expect(found.edges[0].owner_ended);
    cr_expect_eq(found.stands_ns, 2000, "they did not wait at the last look before");
}

/* The owner goes on, and may be about to give back what its operation left. */
Test(detector, abandoned_by_operation, .init = make, .fini = end)
{
    struct ledger_held *held = holds(1, A, LEDGER_LOCK_MUTEX);
    waits(2, A, LEDGER_LOCK_MUTEX);
    cr_assert_not(looks());
    held->operation = 1045;
    held->point = 0;
    held->left_ns = 2000;
    cr_assert_not(look(), "it was not left at the look before");
    cr_assert(look());
    cr_expect_eq(found.kind, DEADLOCK_ABANDONED);
    cr_assert_eq(found.edge_count, 1);
    cr_expect_eq(found.stands_ns, 2000, "since it was left");
    cr_expect_eq(found.edges[0].taken_in, 1045);
    cr_expect_eq(found.edges[0].point, 0);
    cr_expect_eq(found.edges[0].left_ns, 2000);
    cr_expect_not(found.edges[0].owner_ended);
}

Test(detector, given_back_late_is_none, .init = make, .fini = end)
{
    waits(2, A, LEDGER_LOCK_MUTEX);
    cr_assert_not(looks());
    holds(1, A, LEDGER_LOCK_MUTEX)->left_ns = 2000;
    cr_assert_not(look());
    view.ledger->locks[1].held_count = 0;
    cr_assert_not(looks());
    holds(3, A, LEDGER_LOCK_MUTEX)->left_ns = 3000;
    cr_assert_not(look(), "another one, seen for the first time");
}

Test(detector, readers_keep_no_reader_out, .init = make, .fini = end)
{
    for (uint32_t i = 0; i < 10; i++)
        holds(i, A, LEDGER_LOCK_READ);
    waits(10, A, LEDGER_LOCK_WRITE);
    waits(3, A, LEDGER_LOCK_READ);
    holds(10, B, LEDGER_LOCK_MUTEX);
    cr_assert_not(looks(), "a reader may take it twice");
    waits(7, B, LEDGER_LOCK_MUTEX);
    cr_assert(looks(), "one of the crowd waits for the writer");
    cr_expect_eq(found.kind, DEADLOCK_CYCLE);
    cr_assert_eq(found.edge_count, 2);
    for (size_t i = 0; i < 2; i++)
        cr_expect(found.edges[i].waiter == 7 || found.edges[i].waiter == 10);
}

Test(detector, a_writer_keeps_readers_out, .init = make, .fini = end)
{
    holds(1, A, LEDGER_LOCK_WRITE), waits(1, B, LEDGER_LOCK_READ);
    holds(2, B, LEDGER_LOCK_WRITE), waits(2, A, LEDGER_LOCK_READ);
    cr_assert(looks());
    cr_expect_eq(found.edge_count, 2);
}

/* The threads are the same and so are the locks, but they got on in between. */
Test(detector, waits_that_change_are_none, .init = make, .fini = end)
{
    holds(1, A, LEDGER_LOCK_MUTEX);
    holds(2, B, LEDGER_LOCK_MUTEX), waits(2, A, LEDGER_LOCK_MUTEX);
    for (unsigned i = 0; i < 10; i++) {
        waits(1, B, LEDGER_LOCK_MUTEX); /* anew, for the next one */
        cr_assert_not(look(), "another wait");
    }
    waits(1, B, LEDGER_WAIT);
    cr_assert_not(looks(), "its clock ends it");
    waits(1, 0, LEDGER_LOCK_MUTEX);
    cr_assert_not(looks(), "it waits for nothing");
    waits(1, B, LEDGER_LOCK_MUTEX);
    cr_assert(looks());
}

Test(detector, places_that_are_empty_hold_nothing, .init = make, .fini = end)
{
    holds(1, A, LEDGER_LOCK_MUTEX)->lock = 0;
    holds(2, B, LEDGER_LOCK_MUTEX), waits(2, A, LEDGER_LOCK_MUTEX);
    waits(1, B, LEDGER_LOCK_MUTEX);
    cr_assert_not(looks());
    holds(1, A, LEDGER_LOCK_MUTEX);
    cr_assert(look());
}

Test(detector, who_has_ended_waits_no_longer, .init = make, .fini = end)
{
    holds(1, A, LEDGER_LOCK_MUTEX), waits(1, A, LEDGER_LOCK_MUTEX);
    view.ledger->threads[1].tid = 0;
    cr_assert_not(looks());
    view.ledger->threads[1].tid = -1001;
    cr_assert_not(looks());
}

/* Random words, with few different locks so that there is much to follow; and the worst that can be written
 * on purpose: all wait for all. */
static void write_garbage(uint64_t round)
{
    uint64_t *words = (uint64_t *)view.ledger->locks;
    const uint64_t *stop = (uint64_t *)(view.ledger->locks + LEDGER_THREADS_MAX);
    for (size_t i = 0; words + i < stop; i++) {
        uint64_t random = hash_mix(round << 32 | i);
        words[i] = random % 3 == 0 ? hash_mix(random) : random % 7;
    }
    for (size_t i = 0; i < LEDGER_THREADS_MAX; i++) {
        view.ledger->threads[i].tid = (int32_t)hash_mix(round + i);
        view.ledger->threads[i].path = (int32_t)hash_mix(round - i);
        if (round % 2 == 0)
            view.ledger->locks[i].held_count = UINT32_MAX;
    }
    view.ledger->thread_count = UINT32_MAX;
}

static void expect_sound(void)
{
    cr_assert_leq(found.edge_count, DEADLOCK_EDGES_MAX);
    cr_assert_gt(found.edge_count, 0);
    cr_assert_leq(found.stands_ns, found.detected_ns);
    for (size_t i = 0; i < found.edge_count; i++) {
        cr_assert_lt(found.edges[i].waiter, LEDGER_THREADS_MAX);
        cr_assert_lt(found.edges[i].owner, LEDGER_THREADS_MAX);
    }
}

Test(detector, survives_garbage, .init = make, .fini = end, .timeout = 60)
{
    unsigned deadlocks = 0;
    for (uint64_t round = 0; round < 200; round++) {
        write_garbage(round);
        for (unsigned i = 0; i < 3; i++)
            if (look()) {
                expect_sound();
                deadlocks++;
            }
    }
    cr_expect_gt(deadlocks, 100, "the garbage is rich");
}

Test(detector, survives_all_waiting_for_all, .init = make, .fini = end, .timeout = 60)
{
    view.ledger->thread_count = LEDGER_THREADS_MAX;
    for (uint32_t i = 0; i < LEDGER_THREADS_MAX; i++) {
        view.ledger->threads[i].tid = 1;
        waits(i, i % 16 + 1, LEDGER_LOCK_WRITE);
        for (uint64_t lock = 1; lock <= LEDGER_HELD_MAX; lock++)
            if (lock % 16 != i % 16 + 1)
                holds(i, lock, LEDGER_LOCK_READ);
    }
    for (unsigned i = 0; i < 50; i++)
        if (look())
            expect_sound();
}
