/* Who owns a resource, and what of it has leaked. */
#include "oracle/owner.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "oracle/holdings.h"
#include "records.h"

enum { EVENTS_MAX = 8 };

#define FD   TRACE_DESCRIPTOR
#define MEM  TRACE_MEMORY
#define TOOK TRACE_TOOK
#define GAVE TRACE_GAVE
#define CALL TRACE_CALL
#define EXIT TRACE_EXITING

static struct record made(const struct written events[EVENTS_MAX])
{
    size_t count = 0;
    while (count < EVENTS_MAX && events[count].kind != 0)
        count++;
    return record_of(events, count);
}

/* Learns from `steady` twice, and judges `run`. */
static size_t judge(const struct written *steady, const struct written *run, struct leak **leaks)
{
    struct record first = made(steady), faulted = made(run);
    struct owners owners, again;
    struct passed passed;
    size_t count;
    cr_assert_eq(owners_learn(&first, &owners), 0);
    cr_assert_eq(owners_learn(&first, &again), 0);
    cr_assert_eq(passed_learn(&first, &passed), 0);
    owners_join(&owners, &again);
    cr_assert_eq(owners_judge(&owners, &passed, &faulted, leaks, &count), 0);
    owners_clear(&owners);
    owners_clear(&again);
    passed_clear(&passed);
    record_clear(&first);
    record_clear(&faulted);
    return count;
}

/* m and n are calls in main, o, c and e in a function that main calls at m. */
Test(owner, leaks_are_what_outlives_its_owner)
{
    static const struct {
        struct written steady[EVENTS_MAX], run[EVENTS_MAX];
        size_t leaks;
        enum leak_witness witness;
        const char *reason;
    } rows[] = {
        {{{TOOK, FD, 5, "SLmo"}, {GAVE, FD, 5, "SLmc"}, {EXIT, 0, 0, "L"}},
         {{TOOK, FD, 5, "SLmo"}, {CALL, 0, 0, "SLn"}},
         1,
         LEAK_BY_FRAME,
         "its owner has returned"},
        {{{TOOK, FD, 5, "SLmo"}, {GAVE, FD, 5, "SLmc"}, {EXIT, 0, 0, "L"}},
         {{TOOK, FD, 5, "SLmo"}, {EXIT, 0, 0, "SLme"}},
         0,
         0,
         "the process ends from within the owner"},
        {{{TOOK, FD, 5, "SLmo"}, {GAVE, FD, 5, "SLmc"}, {EXIT, 0, 0, "L"}},
         {{TOOK, FD, 5, "SLmo"}, {CALL, 0, 0, "SLn"}, {EXIT, 0, 0, "SLme"}},
         1,
         LEAK_BY_FRAME,
         "another activation of it at the end changes nothing"},
        {{{TOOK, FD, 5, "SLmo"}, {GAVE, FD, 5, "SLmc"}, {EXIT, 0, 0, "L"}},
         {{TOOK, FD, 5, "SLmo"}, {EXIT, 0, 0, "SLm1e"}},
         1,
         LEAK_BY_FRAME,
         "main's call at m is another one by now"},
        {{{TOOK, FD, 5, "SLo"}, {GAVE, FD, 5, "SLc"}, {EXIT, 0, 0, "L"}},
         {{TOOK, FD, 5, "SLo"}, {EXIT, 0, 0, "L"}},
         0,
         0,
         "main is the owner: the process ends with it"},
        {{{TOOK, FD, 5, "SLmo"}, {EXIT, 0, 0, "L"}},
         {{TOOK, FD, 5, "SLmo"}, {CALL, 0, 0, "SLn"}},
         0,
         0,
         "never released anyway"},
        {{{TOOK, FD, 5, "SLmo"}, {GAVE, FD, 5, "t:Lt"}, {EXIT, 0, 0, "L"}},
         {{TOOK, FD, 5, "SLmo"}, {CALL, 0, 0, "SLn"}},
         0,
         0,
         "another thread releases it"},
        {{{TOOK, FD, 5, "t:Lto"}, {GAVE, FD, 5, "t:Ltc"}, {EXIT, 0, 0, "L"}},
         {{TOOK, FD, 5, "t:Lto"}, {TRACE_THREAD_ENDED, 0, 0, "t:"}},
         1,
         LEAK_BY_FRAME,
         "a thread's end ends all its frames"},
        {{{TOOK, MEM, 64, "SLmo"}, {GAVE, MEM, 64, "SLmc"}, {EXIT, 0, 0, "L"}},
         {{TOOK, MEM, 64, "SLmo"}, {CALL, 0, 0, "SLn"}},
         1,
         LEAK_BY_FRAME,
         "memory, too"},
        {{{TOOK, MEM, 64, "SLmo"}, {GAVE, MEM, 64, "SLx"}, {EXIT, 0, 0, "L"}},
         {{TOOK, MEM, 64, "SLmo"}, {EXIT, 0, 0, "L"}},
         0,
         0,
         "a cache that main frees at its end"},
        {{{TOOK, FD, 5, "SLo"}, {GAVE, FD, 5, "SLc"}, {CALL, 0, 0, "SLn"}},
         {{TOOK, FD, 5, "SLo"}, {CALL, 0, 0, "SLn"}},
         1,
         LEAK_BY_CONTEXT,
         "main goes on to what it does after the release"},
        {{{TOOK, FD, 5, "SLo"}, {GAVE, FD, 5, "SLc"}, {CALL, 0, 0, "SLn"}},
         {{TOOK, FD, 5, "SLo"}, {EXIT, 0, 0, "SLe"}, {CALL, 0, 0, "SLn"}},
         0,
         0,
         "what comes while it exits says nothing"},
        {{{TOOK, MEM, 64, "SLo"}, {GAVE, MEM, 64, "SLc"}, {CALL, 0, 0, "SLn"}},
         {{TOOK, MEM, 64, "SLo"}, {CALL, 0, 0, "SLn"}},
         0,
         0,
         "memory is judged by its owner alone"},
        {{{TOOK, FD, 5, "SLo"}, {GAVE, FD, 5, "SLc"}},
         {{TOOK, FD, 5, "SLo"}, {TOOK, FD, 6, "SLo"}, {GAVE, FD, 6, "SLc"}},
         1,
         LEAK_BY_NUMBER,
         "one at a time in steady runs"},
        {{{TOOK, FD, 5, "SLo"}, {GAVE, FD, 5, "SLc"}},
         {{TOOK, FD, 5, "SLo"}, {TOOK, FD, 5, "f:SLo"}, {GAVE, FD, 5, "f:SLc"}},
         0,
         0,
         "the other one is a forked child's"},
        {{{TOOK, FD, 5, "SLmo"}, {GAVE, FD, 5, "SLmc"}},
         {{TOOK, FD, 5, "SLmo"}, {GAVE, FD, 5, "f:SLmc"}, {CALL, 0, 0, "SLn"}},
         1,
         LEAK_BY_FRAME,
         "a child closes its copy: the parent's stays"},
        {{{TOOK, FD, 5, "f:SLmo"}, {GAVE, FD, 5, "f:SLmc"}},
         {{TOOK, FD, 5, "f:SLmo"}, {GAVE, FD, 5, "SLmc"}, {EXIT, 0, 0, "f:SLn"}},
         1,
         LEAK_BY_FRAME,
         "a child's own, by its own frames"},
        {{{TOOK, FD, 5, "f:SLo"}, {GAVE, FD, 5, "f:SLc"}},
         {{TOOK, FD, 5, "f:SLo"}, {EXIT, 0, 0, "f:L"}},
         0,
         0,
         "main of a child owns as main does"},
        {{{TOOK, MEM, 64, "SLmo"}, {GAVE, MEM, 64, "SLmc"}},
         {{TOOK, MEM, 64, "SLmo"}, {GAVE, MEM, 64, ""}, {TRACE_KEPT, MEM, 64, ""}, {CALL, 0, 0, "SLn"}},
         1,
         LEAK_BY_FRAME,
         "a realloc that failed gave nothing back"},
        {{{TOOK, MEM, 64, "SLmo"}, {GAVE, MEM, 64, "SLmc"}},
         {{TOOK, MEM, 64, "SLmo"}, {GAVE, MEM, 64, ""}, {CALL, 0, 0, "SLn"}},
         0,
         0,
         "a release has no stack in a faulting run"},
        {{{TOOK, MEM, 64, "SLmo"}, {GAVE, MEM, 64, "SLmc"}},
         {{TOOK, MEM, 64, "SLmo"}, {TOOK, MEM, 64, "SLmp"}, {GAVE, MEM, 64, "SLmc"}, {CALL, 0, 0, "SLn"}},
         0,
         0,
         "the same block again: it was released unseen"},
        {{{TOOK, TRACE_LOCK, 8, "SLmo"},
          {TOOK, TRACE_LOCK, 8, "SLmo"},
          {GAVE, TRACE_LOCK, 8, "SLmc"},
          {GAVE, TRACE_LOCK, 8, "SLmc"}},
         {{TOOK, TRACE_LOCK, 8, "SLmo"},
          {TOOK, TRACE_LOCK, 8, "SLmo"},
          {GAVE, TRACE_LOCK, 8, "SLmc"},
          {CALL, 0, 0, "SLn"}},
         1,
         LEAK_BY_FRAME,
         "but a lock can be taken twice"},
        {{{TOOK, TRACE_FILE, 9, "SLo"}, {GAVE, TRACE_FILE, 9, "f:SLc"}},
         {{TOOK, TRACE_FILE, 9, "SLo"}, {GAVE, TRACE_FILE, 9, "f:SLc"}},
         0,
         0,
         "a file is the same for all processes"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct leak *leaks;
        size_t count = judge(rows[i].steady, rows[i].run, &leaks);
        cr_expect_eq(count, rows[i].leaks, "%zu: %s", count, rows[i].reason);
        if (count > 0)
            cr_expect_eq(leaks[0].witness, rows[i].witness, "%d: %s", leaks[0].witness, rows[i].reason);
        if (count > 0)
            cr_expect_eq(leaks[0].event, 0, "what was taken first: %s", rows[i].reason);
        free(leaks);
    }
}

Test(owner, unreleased_is_told_once_for_each_context)
{
    struct record record =
        RECORD({TOOK, FD, 5, "SLo"}, {TOOK, FD, 6, "SLo"}, {TOOK, FD, 1, "SLp"}, {TOOK, MEM, 64, "SLq"},
               {TOOK, TRACE_LOCK, 8, "SLr"}, {TOOK, FD, 7, "SLs"}, {GAVE, FD, 7, "SLc"},
               {TOOK, TRACE_CHILD, 99, "SLt"}, {TOOK, TRACE_FILE, 3, "SLu"});
    size_t *takings, count;
    cr_assert_eq(owners_unreleased(&record, &takings, &count), 0);
    cr_assert_eq(count, 3, "%zu: a descriptor, a lock, a child", count);
    cr_expect_eq(takings[0], 0);
    cr_expect_eq(takings[1], 4);
    cr_expect_eq(takings[2], 7);
    free(takings);
    record_clear(&record);
}

/* Whatever comes: what is active is what would come out if each stack were held against the taking. */
Test(owner, active_frames_are_those_of_all_stacks_since)
{
    enum { EVENTS = 3000 };
    static char stacks[EVENTS][16];
    static struct written events[EVENTS];
    uint64_t drawn = 1;
    for (size_t i = 0; i < EVENTS; i++) {
        drawn = hash_mix(drawn);
        bool other_thread = (drawn >> 48) % 2, without = (drawn >> 44) % 16 == 0;
        size_t at = other_thread ? 2 : 0, end = without ? at : at + 1 + drawn % 7;
        memcpy(stacks[i], "t:", at);
        for (; at < end; at++)
            stacks[i][at] = "ab"[(drawn >> (8 + 3 * at)) % 8 == 0];
        events[i] = (struct written){(drawn >> 40) % 3 == 0 ? TOOK : CALL, FD, i, stacks[i]};
    }
    struct record record = record_of(events, EVENTS);
    struct holdings holdings;
    cr_assert_eq(holdings_make(&record, &holdings), 0);
    for (size_t i = 0; i < EVENTS; i++)
        holdings_pass(&holdings, i);
    for (size_t i = 0; i < EVENTS; i++) {
        uint32_t active = record.stacks[record.events[i].stack].depth;
        for (size_t later = i + 1; later < EVENTS; later++)
            if (record.events[later].path == record.events[i].path && record.events[later].stack != 0) {
                uint32_t now = record_active(&record, record.events[i].stack, record.events[later].stack);
                active = now < active ? now : active;
            }
        cr_assert_eq(holdings_active(&holdings, i), active, "event %zu", i);
    }
    holdings_clear(&holdings);
    record_clear(&record);
}
