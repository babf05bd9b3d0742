/* What the heap's books say: each row is a thing that must be caught, or a near miss that must pass. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "campaign/symbols.h"
#include "under_preload.h"

enum { ANY = -1 };

struct expected {
    const char *mode, *plan;
    long bytes; /* leaked; ANY: some */
    unsigned places;
    const char *reason;
};

static void expect(const struct expected *row)
{
    struct under_preload run = under_preload_run_watched(HEAP_TARGET, row->mode, row->plan);
    const struct ledger *ledger = run.ledger.ledger;
    long leaked = (long)ledger->heap_leaks;
    struct ledger_event event;
    uint64_t lost = 0, told = 0;
    cr_expect_eq(run.status, 0, "%s: status %d", row->mode, run.status);
    cr_expect(row->bytes == ANY ? leaked > 0 : leaked == row->bytes, "%s: %ld bytes, not %ld: %s", row->mode,
              leaked, row->bytes, row->reason);
    cr_expect_eq(under_preload_count(&run, LEDGER_HEAP_LEAK), row->places, "%s: places: %s", row->mode,
                 row->reason);
    run.ledger.events_read = 0;
    while (ledger_next_event(&run.ledger, &event, &lost))
        told += event.kind == LEDGER_HEAP_LEAK ? event.bytes : 0;
    cr_expect_eq(told, ledger->heap_leaks, "%s: the events tell of %lu", row->mode, told);
    cr_expect_eq(ledger->heap_watched, 1, "%s", row->mode);
    cr_expect_eq(ledger->blocks_unrecorded, 0, "%s", row->mode);
    under_preload_end(&run);
}

Test(heap, catches_and_lets_pass)
{
    static const struct expected rows[] = {
        {"leak", "none", 100, 1, "allocated and still there at the end"},
        {"free-in-time", "none", 0, 0, "given back"},
        {"freed-by-another-thread", "none", 0, 0, "given back, by whomever"},
        {"freed-by-another-operation", "none", 0, 0, "given back, by whomever"},
        {"freed-after-the-end", "none", 100, 1, "given back too late"},
        {"reallocated", "none", 3000, 1, "as large as it became"},
        {"reallocated-by-another-operation", "none", 3000, 1, "it is the reallocating one's"},
        {"realloc-fails", "libc/mm/realloc@1", 100, 1, "the old block is still there"},
        {"realloc-fails-freed", "libc/mm/realloc@1", 0, 0, "the old block could be given back"},
        {"realloc-to-nothing", "libc/mm/realloc*", 0, 0, "is free, and cannot fail"},
        {"realloc-too-much", "none", 100, 1, "the old block is still there when the real call fails"},
        {"hand-over", "none", 0, 0, "handed over"},
        {"handed-over-and-reallocated", "none", 0, 0, "what is nobody's stays so"},
        {"kept-across-operations", "none", 0, 0, "handed over, and given back by another"},
        {"older-than-operations", "none", 0, 0, "what is nobody's stays so"},
        {"leak-many", "none", 1600000, 1, "100,000 blocks of one place"},
        {"free-many", "none", 0, 0, "100,000 blocks given back, twice"},
        {"free-many-but-one", "none", 100, 1, "one of them is not"},
        {"leak-without-room-for-a-log", "none", 16000, 1, "the table is searched instead"},
        {"leak-through-realloc-many", "none", 20000, 1, "one block, moved often"},
        {"thread-ends-in-operation", "none", 100, 1, "the thread's end is the operation's"},
        {"fork-child", "none", 0, 0, "a forked child keeps no books"},
        {"exec-itself", "none", 0, 0, "what was noted of the program before is gone"},
        {"runtime-keeps", "none", 0, 0, "what the C library keeps for itself is not the operation's"},
        {"stream-keeps-its-buffer", "none", 0, 0, "the buffer is the stream's"},
        {"leak-stream", "none", ANY, 1, "a stream that is not closed is"},
        {"close-stream", "none", 0, 0, "a stream that is closed takes its buffer along"},
        {"start-thread", "none", 0, 0, "a thread's storage is the loader's"},
        {"load-library", "none", 0, 0, "what the loader allocates is its own"},
        {"errno-stays", "none", 0, 0, "free keeps errno"},
        {"hammer", "none", 0, 0, "threads that give back what others took"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(&rows[i]);
}

/* The program ends its operation with the line as status. */
static void expect_line(const char *mode, long bytes)
{
    struct under_preload run = under_preload_run_watched(HEAP_LINE_TARGET, mode, "none");
    struct ledger_event event;
    uint64_t lost = 0;
    char expected[96], name[160];
    cr_assert(ledger_next_event(&run.ledger, &event, &lost), "%s", mode);
    snprintf(expected, sizeof expected, "tests/unit/injectors/heap_line_target.c:%d",
             -run.ledger.ledger->operations[1].status);
    struct symbols *symbols = symbols_open(&run.ledger);
    symbols_name(symbols, event.taken_at, name, sizeof name);
    symbols_close(symbols);
    cr_expect_str_eq(name, expected, "%s: %s is not %s", mode, name, expected);
    cr_expect(bytes == ANY ? event.bytes > 0 : event.bytes == (uint64_t)bytes, "%s: %lu bytes, not %ld", mode,
              event.bytes, bytes);
    cr_expect_eq(event.operation, 2, "%s: operation 1, encoded", mode);
    cr_expect_eq(event.point, -1, "%s: no fault was met", mode);
    under_preload_end(&run);
}

Test(heap, leak_is_put_down_to_its_line)
{
    static const struct {
        const char *mode;
        long bytes;
    } rows[] = {
        {"leak-by-malloc", 100},       {"leak-by-calloc", 100},         {"leak-by-realloc", 100},
        {"leak-by-reallocarray", 100}, {"leak-by-posix_memalign", 100}, {"leak-by-aligned_alloc", 100},
        {"leak-by-memalign", 100},     {"leak-by-valloc", 100},         {"leak-by-pvalloc", 100},
        {"leak-by-strdup", 5},         {"leak-by-strndup", 3},          {"leak-by-asprintf", 101},
        {"leak-by-vasprintf", 6},      {"leak-by-getdelim", ANY},       {"leak-by-library", ANY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_line(rows[i].mode, rows[i].bytes);
}

/* The same calls are due, whether the heap is watched or not. */
Test(heap, plan_does_not_depend_on_it)
{
    static const char *const rows[][2] = {
        {"copies-are-no-malloc", "libc/mm/malloc@2"},
        {"reallocarray-is-no-realloc", "libc/mm/realloc@2"},
        {"malloc-within-fopen", "libc/mm/malloc@2"},
        {"loader-is-let-alone", "libc/mm/calloc"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct under_preload run = under_preload_run(HEAP_LINE_TARGET, rows[i][0], NULL, rows[i][1]);
        cr_expect_eq(run.status, 0, "%s: status %d", rows[i][0], run.status);
        cr_expect_eq(run.ledger.ledger->heap_watched, 0, "%s", rows[i][0]);
        under_preload_end(&run);
        run = under_preload_run_watched(HEAP_LINE_TARGET, rows[i][0], rows[i][1]);
        cr_expect_eq(run.status, 0, "%s, watched: status %d", rows[i][0], run.status);
        cr_expect_eq(run.ledger.ledger->heap_leaks, 0, "%s", rows[i][0]);
        under_preload_end(&run);
    }
}

static int64_t in_use(const char *mode)
{
    struct under_preload run = under_preload_run_watched(HEAP_TARGET, mode, "none");
    struct ledger_totals totals;
    cr_expect_eq(run.status, 0, "%s: status %d", mode, run.status);
    ledger_totals(&run.ledger, &totals);
    under_preload_end(&run);
    return totals.heap;
}

/* As the program is when it ends. The loader keeps storage of the threads that were there. */
Test(heap, counts_what_is_in_use)
{
    cr_expect_eq(in_use("free-in-time"), 0);
    cr_expect_eq(in_use("leak"), 100);
    cr_expect_eq(in_use("leak-many"), 1600000);
    cr_expect_eq(in_use("realloc-too-much"), 100);
    cr_expect_eq(in_use("freed-by-another-thread"), in_use("start-thread"), "taken here, given back there");
    cr_expect_eq(in_use("hammer"), in_use("start-threads"), "taken here, given back there");
}

Test(heap, peak_is_that_of_one_operation)
{
    struct under_preload run = under_preload_run_watched(HEAP_TARGET, "peak", "none");
    cr_expect_eq(run.ledger.ledger->heap_peak, 2000, "%lu", run.ledger.ledger->heap_peak);
    under_preload_end(&run);
}

Test(heap, says_what_it_had_no_room_for)
{
    struct under_preload run = under_preload_run_watched(HEAP_TARGET, "leak-without-room-for-all", "none");
    const struct ledger *ledger = run.ledger.ledger;
    cr_expect_eq(run.status, 0);
    cr_expect_gt(ledger->blocks_unrecorded, 0);
    cr_expect_eq(ledger->heap_leaks + 16 * ledger->blocks_unrecorded, 80000);
    under_preload_end(&run);
}

/* In the child, a handler that is older than the preload's allocates within the parent's operation. */
Test(heap, forked_child_does_not_write_to_its_parents_books, .timeout = 30)
{
    struct under_preload run = under_preload_run_watched(HEAP_TARGET, "fork-among-threads", "none");
    cr_expect_eq(run.status, 0);
    cr_expect_eq(run.ledger.ledger->heap_peak, 0, "%lu", run.ledger.ledger->heap_peak);
    under_preload_end(&run);
}

/* The program brings an allocator along, as a library, behind the preload: it gets its blocks from there, and
 * the books are kept. As a part of the program it stands before the preload, and there are none to keep. */
Test(heap, leaves_the_program_its_allocator)
{
    static const struct {
        const char *program;
        uint32_t watched;
    } rows[] = {{ALLOCATOR_LIBRARY_TARGET, 1}, {ALLOCATOR_OWN_TARGET, 0}};
    static const char *const plans[] = {"none", "libc/mm/*@1000+;libc/str/*@1000+"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t j = 0; j < sizeof plans / sizeof *plans; j++) {
            struct under_preload run = under_preload_run_watched(rows[i].program, "use-all", plans[j]);
            cr_expect_eq(run.status, 0, "%s, %s: status %d", rows[i].program, plans[j], run.status);
            cr_expect_eq(run.ledger.ledger->heap_watched, rows[i].watched, "%s", rows[i].program);
            cr_expect_eq(run.ledger.ledger->heap_leaks, 0, "%s", rows[i].program);
            under_preload_end(&run);
        }
}

Test(heap, leaves_the_sanitizer_its_allocator)
{
    static const struct {
        const char *mode;
        int status;
    } rows[] = {{"right", 0}, {"wrong", 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct under_preload run = under_preload_run(ASAN_TARGET, rows[i].mode, NULL, "none");
        cr_expect_eq(run.status, rows[i].status, "%s: status %d", rows[i].mode, run.status);
        under_preload_end(&run);
        run = under_preload_run_watched(ASAN_TARGET, rows[i].mode, "libc/mm/malloc@1000+");
        cr_expect_eq(run.status, rows[i].status, "%s, watched: status %d", rows[i].mode, run.status);
        under_preload_end(&run);
    }
}
