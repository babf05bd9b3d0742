/* What the trace says of a program whose calls are known. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/symbols.h"
#include "faults.h"
#include "ledger/trace_reader.h"
#include "under_preload.h"

static struct under_preload traced(const char *mode, const char *plan)
{
    return under_preload_run_traced(TRACE_TARGET, mode, plan);
}

/* The event that is number `n` of those of that kind, point (-1: whichever) and resource. */
static bool find(const struct under_preload *run, enum trace_kind kind, int point,
                 enum trace_resource resource, unsigned n, struct trace_event *out)
{
    for (uint32_t i = 0; i < trace_event_count(&run->ledger); i++) {
        cr_assert(trace_event(&run->ledger, i, out), "event %u is whole", i);
        if (out->kind == (uint32_t)kind && (point < 0 || out->point == point) &&
            out->resource == (uint32_t)resource && n-- == 0)
            return true;
    }
    return false;
}

static struct trace_event nth(const struct under_preload *run, enum trace_kind kind, int point,
                              enum trace_resource resource, unsigned n)
{
    struct trace_event event;
    cr_assert(find(run, kind, point, resource, n, &event), "kind %d number %u is there", kind, n);
    return event;
}

static struct trace_event open_call(const struct under_preload *run, unsigned n)
{
    return nth(run, TRACE_CALL, POINT_OPEN, TRACE_NOTHING, n);
}

static unsigned count(const struct under_preload *run, enum trace_kind kind, int point,
                      enum trace_resource resource)
{
    struct trace_event event;
    unsigned found = 0;
    while (find(run, kind, point, resource, found, &event))
        found++;
    return found;
}

struct stack {
    uint32_t depth;
    struct trace_frame frames[TRACE_DEPTH_MAX];
};

static struct stack stack_of(const struct under_preload *run, const struct trace_event *event)
{
    struct stack stack;
    stack.depth = trace_stack(&run->ledger, event->stack, stack.frames, TRACE_DEPTH_MAX);
    cr_assert_gt(stack.depth, 0);
    return stack;
}

/* Number of equal outermost pairs. */
static uint32_t common(const struct stack *a, const struct stack *b)
{
    uint32_t shared = 0;
    while (shared < a->depth && shared < b->depth) {
        const struct trace_frame *one = &a->frames[a->depth - 1 - shared];
        const struct trace_frame *other = &b->frames[b->depth - 1 - shared];
        if (one->address != other->address || one->cfa != other->cfa)
            break;
        shared++;
    }
    return shared;
}

Test(trace, a_context_is_the_whole_stack)
{
    struct under_preload run = traced("contexts", "none");
    struct trace_event first = open_call(&run, 0), again = open_call(&run, 1), other = open_call(&run, 2);
    cr_expect_eq(first.stack, again.stack, "the same way");
    cr_expect_neq(first.stack, other.stack, "another caller");
    cr_expect_eq(first.k, 1);
    cr_expect_eq(other.k, 3);
    struct stack one = stack_of(&run, &first), two = stack_of(&run, &other);
    cr_expect_eq(one.depth, two.depth);
    cr_expect_eq(one.frames[0].address, two.frames[0].address, "both in open_here");
    cr_expect_eq(common(&one, &two), one.depth - 3, "but for by_one or by_other and what it calls");
    cr_expect_eq(first.path, LEDGER_PATH_MAIN);
    cr_expect_eq(count(&run, TRACE_CALL, POINT_OPEN, TRACE_NOTHING), 3);
    cr_expect_eq(count(&run, TRACE_FAULT, -1, TRACE_NOTHING), 0);
    under_preload_end(&run);
}

/* twice: both calls are of one activation. deeper: the outer and the inner call of one line are two. */
Test(trace, a_frame_is_known_by_the_pair_behind_it)
{
    struct under_preload run = traced("activations", "none");
    struct trace_event events[4];
    struct stack stacks[4];
    for (unsigned i = 0; i < 4; i++) {
        events[i] = open_call(&run, i);
        stacks[i] = stack_of(&run, &events[i]);
    }
    cr_expect_neq(stacks[0].frames[0].address, stacks[1].frames[0].address, "two lines");
    cr_expect_eq(stacks[0].frames[0].cfa, stacks[1].frames[0].cfa);
    cr_expect_eq(common(&stacks[0], &stacks[1]), stacks[0].depth - 1, "of one activation");
    cr_expect_eq(stacks[3].depth, stacks[2].depth + 1);
    cr_expect_eq(stacks[2].frames[0].address, stacks[3].frames[0].address, "open_here");
    cr_expect_eq(stacks[2].frames[1].address, stacks[3].frames[1].address, "deeper, the same line");
    cr_expect_neq(stacks[2].frames[1].cfa, stacks[3].frames[1].cfa, "of another activation");
    under_preload_end(&run);
}

Test(trace, equal_addresses_are_no_equal_frames)
{
    struct under_preload run = traced("elsewhere", "none");
    struct trace_event first = open_call(&run, 0), second = open_call(&run, 1);
    cr_assert_neq(first.stack, second.stack);
    struct stack one = stack_of(&run, &first), other = stack_of(&run, &second);
    cr_assert_eq(one.depth, other.depth);
    for (uint32_t i = 0; i < one.depth; i++)
        cr_expect_eq(one.frames[i].address, other.frames[i].address, "%u", i);
    cr_expect_eq(common(&one, &other), one.depth - 2, "padded's caller");
    under_preload_end(&run);
}

Test(trace, points_of_the_program_s_own_are_traced)
{
    struct under_preload run = under_preload_run_traced(FIU_TARGET, "own-point", "1:app/point#1:ENOMEM");
    cr_expect_eq(run.status, 0, "it met what was planned for its operation 1");
    cr_expect_eq(count(&run, TRACE_CALL, FAULT_POINTS_COUNT, TRACE_NOTHING), 2);
    cr_expect_eq(count(&run, TRACE_FAULT, FAULT_POINTS_COUNT, TRACE_NOTHING), 1);
    cr_expect_eq(nth(&run, TRACE_FAULT, FAULT_POINTS_COUNT, TRACE_NOTHING, 0).operation, 2, "encoded");
    under_preload_end(&run);
}

/* What by_one opens, its caller closes: common is the caller's frame, and not by_one's. The wrapped call
 * returns into the program. */
Test(trace, owner_is_what_taking_and_giving_have_in_common)
{
    struct under_preload run = traced("contexts", "none");
    struct trace_event took = nth(&run, TRACE_TOOK, -1, TRACE_DESCRIPTOR, 0),
                       gave = nth(&run, TRACE_GAVE, -1, TRACE_DESCRIPTOR, 0);
    struct stack taking = stack_of(&run, &took), giving = stack_of(&run, &gave);
    cr_expect_eq(took.id, gave.id);
    cr_expect_eq(taking.depth, giving.depth + 1, "open_here by by_one; close_here");
    cr_expect_eq(common(&taking, &giving), taking.depth - 3,
                 "contexts is called from one place: main's frame");
    char name[160];
    struct symbols *symbols = symbols_open(&run.ledger);
    symbols_name(symbols, taking.frames[0].address, name, sizeof name);
    symbols_close(symbols);
    cr_expect(strncmp(name, "tests/unit/injectors/trace_target.c:", 36) == 0, "%s", name);
    under_preload_end(&run);
}

Test(trace, stacks_that_are_too_deep_keep_both_ends)
{
    struct under_preload run = traced("deep", "none"), flat = traced("activations", "none");
    struct trace_event deep = open_call(&run, 0), other = open_call(&flat, 2);
    struct stack stack = stack_of(&run, &deep), shallow = stack_of(&flat, &other);
    cr_expect_eq(stack.depth, TRACE_DEPTH_MAX);
    uint32_t outer = 0;
    for (uint32_t i = 1; i < TRACE_DEPTH_MAX; i++)
        cr_expect_gt(stack.frames[i].cfa, stack.frames[i - 1].cfa, "%u: outwards", i);
    for (uint32_t i = 1; i <= 3; i++) /* main's callers: in the C library, page for page the same */
        outer +=
            stack.frames[stack.depth - i].address % 4096 == shallow.frames[shallow.depth - i].address % 4096;
    cr_expect_eq(outer, 3);
    under_preload_end(&run);
    under_preload_end(&flat);
}

Test(trace, ends_are_noted_with_their_place)
{
    static const struct {
        const char *mode;
        bool by_line;
        const char *reason;
    } rows[] = {
        {"exits", true, "exit from within"},
        {"exits-at-once", true, "_exit, without handlers"},
        {"contexts", false, "main returns: nobody of the program's is on the stack"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct under_preload run = traced(rows[i].mode, "none");
        cr_assert_eq(count(&run, TRACE_EXITING, -1, TRACE_NOTHING), 1, "%s", rows[i].reason);
        struct trace_event event = nth(&run, TRACE_EXITING, -1, TRACE_NOTHING, 0);
        struct stack stack = stack_of(&run, &event);
        char name[160], expected[96];
        struct symbols *symbols = symbols_open(&run.ledger);
        symbols_name(symbols, stack.frames[0].address, name, sizeof name);
        symbols_close(symbols);
        snprintf(expected, sizeof expected, "tests/unit/injectors/trace_target.c:%d", run.status);
        cr_expect_eq(strcmp(name, expected) == 0, rows[i].by_line, "%s: %s, %s", rows[i].reason, name,
                     expected);
        under_preload_end(&run);
    }
}

/* At the exit the frames that took are still there. */
Test(trace, who_exits_from_within_still_owns)
{
    struct under_preload run = traced("exits", "none");
    struct trace_event took = nth(&run, TRACE_TOOK, -1, TRACE_DESCRIPTOR, 0),
                       end = nth(&run, TRACE_EXITING, -1, TRACE_NOTHING, 0);
    struct stack taking = stack_of(&run, &took), ending = stack_of(&run, &end);
    cr_expect_eq(common(&taking, &ending), taking.depth - 2, "exits is alive, open_here is not");
    under_preload_end(&run);
}

Test(trace, each_resource_is_taken_and_given)
{
    static const struct {
        const char *mode;
        enum trace_resource resource;
        unsigned took, gave;
        const char *reason;
    } rows[] = {
        {"descriptors", TRACE_DESCRIPTOR, 6, 7, "dup2 gives its target if it was open; 99 was not open"},
        {"locks", TRACE_LOCK, 5, 5, "each kind; a try that fails takes nothing"},
        {"children", TRACE_CHILD, 2, 2, "forked and waited for, by a child as well"},
        {"children", TRACE_DESCRIPTOR, 6, 6,
         "the parent's two, its child's and its thread's, the grandchild's two"},
        {"executed", TRACE_DESCRIPTOR, 0, 0, "of another program"},
        {"files", TRACE_FILE, 6, 6, "made once by whatever name, renamed, removed"},
        {"links", TRACE_FILE, 6, 6, "each name; two that change places stay"},
        {"memory", TRACE_MEMORY, 2, 2, "realloc gives one and takes one"},
        {"realloc-fails", TRACE_MEMORY, 1, 2, "a giving that failed is one, and is taken back"},
        {"connections", TRACE_CONNECTION, 1, 1, "told of"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct under_preload run = traced(rows[i].mode, "none");
        uint64_t balance = 0;
        struct trace_event event;
        cr_expect_eq(run.status, 0, "%s: %d", rows[i].mode, run.status);
        unsigned took = count(&run, TRACE_TOOK, -1, rows[i].resource),
                 gave = count(&run, TRACE_GAVE, -1, rows[i].resource);
        cr_expect_eq(took, rows[i].took, "%s: %u taken: %s", rows[i].mode, took, rows[i].reason);
        cr_expect_eq(gave, rows[i].gave, "%s: %u given: %s", rows[i].mode, gave, rows[i].reason);
        for (unsigned n = 0; find(&run, TRACE_TOOK, -1, rows[i].resource, n, &event); n++)
            balance += event.id;
        for (unsigned n = 0; find(&run, TRACE_GAVE, -1, rows[i].resource, n, &event); n++)
            balance -= event.id;
        for (unsigned n = 0; find(&run, TRACE_KEPT, -1, rows[i].resource, n, &event); n++)
            balance += event.id;
        cr_expect_eq(balance, strcmp(rows[i].mode, "descriptors") == 0 ? -UINT64_C(99) : 0,
                     "%s: what is taken is given", rows[i].mode);
        under_preload_end(&run);
    }
}

Test(trace, threads_have_paths_and_ends)
{
    struct under_preload run = traced("threads", "none");
    struct trace_event other = open_call(&run, 1), end = nth(&run, TRACE_THREAD_ENDED, -1, TRACE_NOTHING, 0);
    char path[LEDGER_PATH_MAX];
    ledger_spawn_path(&run.ledger, other.path, path);
    cr_expect_str_eq(path, "0.1");
    cr_expect_eq(other.k, 1, "k counts within the thread");
    cr_expect_eq(end.path, other.path);
    cr_expect_eq(open_call(&run, 2).k, 2, "of the main thread");
    cr_expect_eq(count(&run, TRACE_THREAD_ENDED, -1, TRACE_NOTHING), 1, "main's frames end with the process");
    under_preload_end(&run);
}

/* Each event of a forked child under its own path, with its own counts and its own end. */
Test(trace, forked_children_are_followed)
{
    static const struct {
        const char *path;
        unsigned opens, exits;
        const char *reason;
    } rows[] = {
        {"0", 2, 1, "the parent"},
        {"0.f1", 1, 1, "its child"},
        {"0.f1.1", 1, 0, "the child's thread: numbers begin anew"},
        {"0.f1.f1", 0, 1, "the child's child"},
    };
    struct under_preload run = traced("children", "none");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned opens = 0, exits = 0;
        struct trace_event event;
        char path[LEDGER_PATH_MAX];
        for (uint32_t at = 0; at < trace_event_count(&run.ledger); at++) {
            cr_assert(trace_event(&run.ledger, at, &event));
            ledger_spawn_path(&run.ledger, event.path, path);
            if (strcmp(path, rows[i].path) != 0)
                continue;
            exits += event.kind == TRACE_EXITING;
            if (event.kind == TRACE_CALL && event.point == POINT_OPEN)
                cr_expect_eq(event.k, ++opens, "%s: calls are counted from 1", path);
        }
        cr_expect_eq(opens, rows[i].opens, "%s: %u: %s", rows[i].path, opens, rows[i].reason);
        cr_expect_eq(exits, rows[i].exits, "%s: %u: %s", rows[i].path, exits, rows[i].reason);
    }
    cr_expect_eq(run.ledger.ledger->children_started, 1, "the ledger's tables are the parent's");
    cr_expect_eq(run.ledger.ledger->children_reaped, 1);
    for (uint32_t fd = 3; fd < run.ledger.fd_count; fd++)
        cr_expect_eq(run.ledger.ledger->fds[fd].holder & LEDGER_FD_OPEN, 0, "slot %u", fd);
    under_preload_end(&run);
}

/* A taking has its call's stack, whatever the C library did in between; a block that is freed needs none
 * where something is to fail. */
Test(trace, stacks_are_looked_at_where_they_are_needed)
{
    struct under_preload run = traced("descriptors", "none");
    struct trace_event call = nth(&run, TRACE_CALL, POINT_FOPEN, TRACE_NOTHING, 0);
    struct trace_event took = nth(&run, TRACE_TOOK, -1, TRACE_DESCRIPTOR, 3);
    cr_expect_eq(took.stack, call.stack, "fopen's, not that of the malloc within");
    cr_expect_eq(nth(&run, TRACE_TOOK, -1, TRACE_DESCRIPTOR, 0).stack, open_call(&run, 0).stack);
    under_preload_end(&run);

    struct under_preload steady = traced("memory", "none"),
                         faulted = traced("memory", "0:posix/io/oc/open#1");
    for (unsigned n = 0; n < 2; n++) {
        cr_expect_neq(nth(&steady, TRACE_GAVE, -1, TRACE_MEMORY, n).stack, TRACE_STACK_NONE);
        cr_expect_eq(nth(&faulted, TRACE_GAVE, -1, TRACE_MEMORY, n).stack, TRACE_STACK_NONE);
        cr_expect_neq(nth(&faulted, TRACE_TOOK, -1, TRACE_MEMORY, n).stack, TRACE_STACK_NONE);
    }
    under_preload_end(&steady);
    under_preload_end(&faulted);
}

/* A coordinate as a finding prints it. The statuses are the target's. */
/* The same thread's event before that one: others, and other processes, write in between. */
static struct trace_event before_in_thread(struct under_preload *run, uint32_t at, int32_t path)
{
    struct trace_event event = {0};
    while (at > 0 && trace_event(&run->ledger, --at, &event) && event.path != path)
        event = (struct trace_event){0};
    return event;
}

Test(trace, plans_fail_a_coordinate)
{
    static const struct {
        const char *mode, *plan;
        int status;
        unsigned faults;
        const char *reason;
    } rows[] = {
        {"third", "0:posix/io/oc/open#2:EMFILE", EMFILE * 2, 1, "the second of the main thread"},
        {"third", "0:posix/io/oc/open#2", EACCES * 2, 1, "the first realistic errno"},
        {"third", "0:posix/io/oc/open#2+:EMFILE", EMFILE * 2 + 1, 2, "and all that follow"},
        {"third", "0.1:posix/io/oc/open#2", 0, 0, "another thread's"},
        {"third", "7:posix/io/oc/open#2", 0, 0, "another operation's"},
        {"threads", "0.1:posix/io/oc/open#1:EIO", EIO * 10, 1, "the thread's alone"},
        {"threads", "0.1:posix/io/oc/open#1+:EIO", EIO * 10 + 1, 2, "from there on every thread's"},
        {"threads", "0:posix/io/oc/open#2+:EIO", 1, 1, "not what came before in another thread"},
        {"children", "0.f1:posix/io/oc/open#1:EMFILE", EMFILE, 1, "the child's alone"},
        {"children", "0:posix/io/oc/open#3:EMFILE", 0, 0, "not what the parent has not called"},
        {"third", "0:posix/io/oc/open#2:EMFILE;0:posix/io/oc/open#3:EIO", EMFILE * 2 + 1, 2, "a pair"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct under_preload run = traced(rows[i].mode, rows[i].plan);
        cr_expect_eq(run.status, rows[i].status, "%s: %s: %d", rows[i].plan, rows[i].reason, run.status);
        cr_expect_eq(count(&run, TRACE_FAULT, POINT_OPEN, TRACE_NOTHING), rows[i].faults, "%s: %s",
                     rows[i].plan, rows[i].reason);
        struct trace_event event;
        for (uint32_t at = 0; at < trace_event_count(&run.ledger); at++) {
            cr_assert(trace_event(&run.ledger, at, &event));
            struct trace_event before = before_in_thread(&run, at, event.path);
            if (event.kind == TRACE_FAULT)
                cr_expect(before.kind == TRACE_CALL && before.stack == event.stack && before.k == event.k,
                          "%s: a fault follows its call", rows[i].plan);
        }
        under_preload_end(&run);
    }
}

/* Of faults only: with the stack that the whole trace has, and nothing else. */
Test(trace, of_faults_only)
{
    static const char plan[] = "0:posix/io/oc/open#2:EMFILE";
    struct under_preload whole = traced("third", plan),
                         run = under_preload_run_faults_traced(TRACE_TARGET, "third", plan);
    cr_expect_eq(run.status, whole.status);
    cr_assert_eq(trace_event_count(&run.ledger), 1);
    struct trace_event event = nth(&run, TRACE_FAULT, POINT_OPEN, TRACE_NOTHING, 0),
                       known = nth(&whole, TRACE_FAULT, POINT_OPEN, TRACE_NOTHING, 0);
    struct stack seen = stack_of(&run, &event), expected = stack_of(&whole, &known);
    cr_expect_eq(event.k, 2);
    cr_assert_eq(seen.depth, expected.depth);
    for (uint32_t i = 0; i < seen.depth; i++)
        cr_expect_eq(seen.frames[i].address % 4096, expected.frames[i].address % 4096, "frame %u", i);
    under_preload_end(&run);
    under_preload_end(&whole);
}

static void expect_whole(const struct under_preload *run)
{
    struct trace_event event;
    struct trace_frame frames[TRACE_DEPTH_MAX];
    cr_expect_eq(run->status, 0, "%d", run->status);
    cr_expect_eq(trace_events_lost(&run->ledger), 0);
    cr_expect_eq(trace_stacks_lost(&run->ledger), 0);
    for (uint32_t i = 0; i < trace_event_count(&run->ledger); i++) {
        cr_assert(trace_event(&run->ledger, i, &event), "event %u is whole", i);
        if (event.kind != TRACE_THREAD_ENDED)
            cr_assert_gt(trace_stack(&run->ledger, event.stack, frames, TRACE_DEPTH_MAX), 2, "event %u", i);
    }
}

Test(trace, threads_write_at_the_same_time)
{
    struct under_preload run = traced("storm", "none");
    expect_whole(&run);
    cr_expect_eq(count(&run, TRACE_THREAD_ENDED, -1, TRACE_NOTHING), 4);
    uint32_t stacks = 0;
    for (uint32_t i = 0; i < TRACE_STACKS_MAX; i++)
        stacks += run.ledger.trace->stacks[i].hash != 0;
    cr_expect_lt(stacks, 100, "%u: of the same calls they are the same stacks", stacks);
    under_preload_end(&run);
}

/* What the handler does within the tracing is lost, but nothing is broken by it. */
Test(trace, survives_handlers)
{
    struct under_preload run = traced("interrupted", "none");
    expect_whole(&run);
    under_preload_end(&run);
}
