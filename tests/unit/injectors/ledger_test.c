/* What the ledger notes: each row is a thing that must be caught, or a near miss that must pass. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "oracle/findings.h"
#include "under_preload.h"

struct expected {
    const char *mode, *plan;
    unsigned leaks, double_closes, foreign_closes, faults;
    const char *reason;
};

/* As the oracle has them, who knows of sweeps. */
static uint64_t double_closes(struct under_preload *run)
{
    struct findings findings = {0};
    struct ledger_event event;
    uint64_t lost = 0, count = 0;
    run->ledger.events_read = 0;
    while (ledger_next_event(&run->ledger, &event, &lost))
        findings_add(&findings, &event);
    for (size_t i = 0; i < findings.count; i++)
        count += findings.list[i].kind == FINDING_DOUBLE_CLOSE ? findings.list[i].count : 0;
    findings_clear(&findings);
    return count;
}

static void expect(const struct expected *row)
{
    struct under_preload run = under_preload_run(LEDGER_TARGET, row->mode, NULL, row->plan);
    cr_expect_eq(run.status, 0, "%s: status %d", row->mode, run.status);
    cr_expect_eq(under_preload_count(&run, LEDGER_LEAK), row->leaks, "%s: leaks: %s", row->mode, row->reason);
    cr_expect_eq(run.ledger.ledger->leaks, row->leaks, "%s", row->mode);
    cr_expect_eq(double_closes(&run), row->double_closes, "%s: double closes: %s", row->mode, row->reason);
    cr_expect_eq(under_preload_count(&run, LEDGER_FOREIGN_CLOSE), row->foreign_closes,
                 "%s: foreign closes: %s", row->mode, row->reason);
    cr_expect_eq(under_preload_count(&run, LEDGER_FAULT), row->faults, "%s: faults: %s", row->mode,
                 row->reason);
    under_preload_end(&run);
}

Test(ledger, catches_and_lets_pass)
{
    static const struct expected rows[] = {
        {"leak", "none", 1, 0, 0, 0, "taken and still held at the end"},
        {"close-in-time", "none", 0, 0, 0, 0, "given back"},
        {"hand-over", "none", 0, 0, 0, 0, "handed over"},
        {"close-unseen", "none", 0, 0, 0, 0, "closed behind the wrappers' back: the kernel decides"},
        {"leak-many", "none", 200, 0, 0, 0, "more than a thread remembers"},
        {"close-many", "none", 1, 0, 0, 0, "many taken, one kept"},
        {"leak-pipe", "none", 1, 0, 0, 0, "one end of two"},
        {"leak-replacement", "none", 2, 0, 0, 0, "dup2 and dup3 take what they make"},
        {"replace", "none", 0, 0, 0, 0, "dup2 closes what it replaces"},
        {"close-in-another-thread", "none", 0, 0, 0, 0, "a helper outside any operation may close"},
        {"close-twice", "none", 0, 1, 0, 0, "closed already"},
        {"close-nothing", "none", 0, 0, 0, 0, "-1, and numbers that never were open"},
        {"close-reopened", "none", 0, 0, 0, 0, "the number was taken again in between"},
        {"close-all-numbers", "none", 0, 0, 0, 0, "outside operations all numbers may be closed"},
        {"close-all-numbers-inside", "none", 0, 0, 0, 0,
         "nor inside, where it shows that it closes them all"},
        {"close-array-twice", "none", 0, 4, 0, 0, "numbers in a row, each of which was open once"},
        {"vector-on-small-stack", "none", 0, 0, 0, 0, "an ordinary call needs no large stack"},
        {"closed-by-another-operation", "none", 0, 0, 1, 0, "closed by another operation"},
        {"replaced-by-another-operation", "none", 0, 0, 1, 0, "closed by another operation's dup2"},
        {"handed-to-another-operation", "none", 0, 0, 0, 0, "handed over before"},
        {"closed-after-the-end", "none", 1, 0, 0, 0, "leaked, then closed by somebody: no foreign close"},
        {"cancelled-in-close", "none", 1, 0, 0, 0, "the close did not happen"},
        {"cancelled-by-plan", "posix/io/oc/open:cancel@2", 1, 0, 0, 1, "the first open's; no second"},
        {"guarded-and-cancelled-by-plan", "posix/io/oc/open:cancel@2", 0, 0, 0, 1, "its cleanup closes"},
        {"cancelled-by-plan-at-once", "posix/io/rw/lseek:cancel", 1, 0, 0, 1, "anywhere, if it may be"},
        {"cancelled-by-plan-in-vain", "posix/io/rw/lseek:cancel", 0, 0, 0, 1, "the call goes on"},
        {"thread-ends-in-operation", "none", 1, 0, 0, 0, "the thread's end is the operation's"},
        {"thread-cleans-up-late", "none", 0, 0, 0, 0, "in a destructor that comes after others"},
        {"fork-child", "posix/io/oc/open@2+", 0, 0, 0, 0, "a forked child has neither ledger nor plan"},
        {"exhaust", "none", 0, 0, 0, 0, "the kernel's EMFILE is no fault"},
        {"meet-injected-emfile", "posix/io/oc/open:EMFILE@1", 0, 0, 0, 1, "the plan's is one"},
        {"many-threads", "none", 0, 0, 0, 0, "records are used again"},
        {"fork-child-ends-its-thread", "none", 0, 0, 0, 0, "nor its parent's record"},
        {"exec-child", "posix/io/oc/open", 0, 0, 0, 0, "another process does not write to the ledger"},
        {"exec-itself", "none", 1, 0, 0, 0, "its own leak; what was noted of the program before is gone"},
        {"close-fails", "posix/io/oc/close:EIO@1", 0, 0, 0, 1, "closed although it fails"},
        {"closedir-fails", "posix/io/dir/closedir:EIO@1", 0, 0, 0, 1, "closed although it fails"},
        {"close-again-after-eintr", "posix/io/oc/close:EINTR@1", 0, 1, 0, 1, "closed already, by Linux"},
        {"fail-outside", "posix/io/oc/*", 0, 0, 0, 0, "the plan is for operations"},
        {"leak-of-each-kind", "none", 10, 0, 0, 0, "whatever makes a descriptor takes it"},
        {"signals-changed", "none", 0, 0, 0, 0, "signalfd of a descriptor makes none"},
        {"close-range-in-time", "none", 0, 0, 0, 0, "all of them"},
        {"close-range-in-part", "none", 2, 0, 0, 0, "one of three"},
        {"close-range-on-exec", "none", 3, 0, 0, 0, "marked, not closed"},
        {"close-range-fails", "linux/io/oc/close_range:ENOMEM@1", 3, 0, 0, 1, "nothing was closed"},
        {"close-range-refused", "none", 3, 0, 0, 0, "nor if it is the kernel that fails it"},
        {"close-from-in-time", "none", 0, 0, 0, 0, "all from that number on"},
        {"close-after-range", "none", 0, 1, 0, 0, "closed already"},
        {"close-range-of-another-operation", "none", 0, 0, 3, 0, "closed by another operation's closefrom"},
        {"receive-and-leak", "none", 2, 0, 0, 0, "who receives descriptors takes them"},
        {"receive-and-close", "none", 0, 0, 0, 0, "and gives them back"},
        {"receive-several-and-leak", "none", 4, 0, 0, 0, "two messages with two each"},
        {"list-and-leak", "none", 1, 0, 0, 0, "fdopendir takes nothing: it was taken before"},
        {"list-and-close", "none", 0, 0, 0, 0, "closedir gives it"},
        {"leak-as-last", "none", 2, 0, 0, 0, "numbers at the edge of the encoding and of the table"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(&rows[i]);
}

Test(ledger, tells_the_kernels_emfile_from_the_plans)
{
    struct under_preload run = under_preload_run(LEDGER_TARGET, "exhaust", NULL, "none");
    cr_expect_eq(run.ledger.ledger->descriptors_exhausted.count, 1);
    cr_expect_eq(run.ledger.ledger->descriptors_exhausted.first_operation, 0, "none had ended");
    under_preload_end(&run);
    run = under_preload_run(LEDGER_TARGET, "meet-injected-emfile", NULL, "posix/io/oc/open:EMFILE@1");
    cr_expect_eq(run.ledger.ledger->descriptors_exhausted.count, 0);
    under_preload_end(&run);
}

Test(ledger, counts_operations_of_all_threads)
{
    struct under_preload run = under_preload_run(LEDGER_TARGET, "many-threads", NULL, "none");
    struct ledger_totals totals;
    ledger_totals(&run.ledger, &totals);
    cr_expect_eq(totals.started, 1101);
    cr_expect_eq(totals.succeeded, 1101);
    cr_expect_eq(run.ledger.ledger->threads_unrecorded, 0);
    under_preload_end(&run);
}

Test(ledger, leak_knows_where_when_and_why)
{
    struct under_preload run = under_preload_run(LEDGER_TARGET, "leak", NULL, "posix/io/oc/close:EIO");
    struct ledger_event event;
    uint64_t lost = 0;
    cr_assert(ledger_next_event(&run.ledger, &event, &lost));
    cr_expect_eq(event.kind, LEDGER_LEAK);
    cr_expect_eq(event.operation, 2, "operation 1, encoded");
    cr_expect_eq(event.point, -1, "no fault was met");
    struct ledger_module module;
    cr_assert(ledger_module_of(&run.ledger, event.taken_at, &module));
    cr_expect_not_null(strstr(module.path, "ledger_target"), "the program's own text: %s", module.path);
    cr_expect_eq(run.ledger.ledger->fds_at_rest_last - run.ledger.ledger->fds_at_rest_first, 1);
    under_preload_end(&run);
}

/* Kernel and ledger agree about what came between two rests, whoever it belongs to now. */
Test(ledger, slots_grow_as_the_kernels_count_does)
{
    static const struct {
        const char *mode;
        int64_t more;
        const char *reason;
    } rows[] = {
        {"close-in-time", 0, "nothing came"},
        {"hand-over", 1, "handed over, and open"},
        {"leak", 1, "leaked"},
        {"leak-pipe", 1, "one end of two"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct under_preload run = under_preload_run(LEDGER_TARGET, rows[i].mode, NULL, "none");
        const struct ledger *ledger = run.ledger.ledger;
        cr_expect_eq(ledger->fds_at_rest_last - ledger->fds_at_rest_first, rows[i].more, "%s: kernel",
                     rows[i].reason);
        cr_expect_eq(ledger->slots_at_rest_last - ledger->slots_at_rest_first, rows[i].more, "%s: ledger",
                     rows[i].reason);
        under_preload_end(&run);
    }
}

/* The program ends its operation with the line as status. */
Test(ledger, leak_is_put_down_to_its_line)
{
    static const char *const modes[] = {"leak-in-place", "leak-through-library", "leak-through-guards"};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        struct under_preload run = under_preload_run(LEDGER_TARGET, modes[i], NULL, "none");
        char expected[96], name[160];
        int line;
        cr_assert(under_preload_leak_place(&run, name, sizeof name, &line), "%s", modes[i]);
        snprintf(expected, sizeof expected, "tests/unit/injectors/ledger_target.c:%d", line);
        cr_expect_str_eq(name, expected, "%s: %s is not %s", modes[i], name, expected);
        under_preload_end(&run);
    }
}

Test(ledger, operation_at_the_edge_keeps_its_number)
{
    struct under_preload run = under_preload_run(LEDGER_TARGET, "leak-as-last", NULL, "none");
    struct ledger_event event;
    uint64_t lost = 0;
    cr_assert(ledger_next_event(&run.ledger, &event, &lost));
    cr_expect_eq(event.operation, LEDGER_OPERATION_MASK, "2^40 - 2, encoded");
    cr_assert(ledger_next_event(&run.ledger, &event, &lost));
    cr_expect_eq(event.operation, LEDGER_OPERATIONS_MAX + 1, "beyond the table, encoded");
    under_preload_end(&run);
}

Test(ledger, record_of_a_forked_thread_stays_its_own)
{
    struct under_preload run = under_preload_run(LEDGER_TARGET, "fork-child-ends-its-thread", NULL, "none");
    cr_expect_eq(run.ledger.ledger->thread_count, 2);
    under_preload_end(&run);
}

Test(ledger, resources_that_the_program_tells_of)
{
    static const struct {
        const char *mode;
        unsigned leaks;
        int64_t peak;
        const char *reason;
    } rows[] = {
        {"leak-resource", 1, 1, "the transaction"},
        {"give-resource", 0, 1000, "many, all given back"},
        {"give-resource-in-another-thread", 0, 1, "whoever gives it back"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct under_preload run = under_preload_run(LEDGER_TARGET, rows[i].mode, NULL, "none");
        cr_expect_eq(under_preload_count(&run, LEDGER_RESOURCE_LEAK), rows[i].leaks, "%s", rows[i].reason);
        cr_expect_eq(run.ledger.ledger->resource_kinds[0].peak, rows[i].peak, "%s", rows[i].reason);
        cr_expect_eq(run.ledger.ledger->resource_kinds[0].held, 0, "%s", rows[i].reason);
        cr_expect_eq(run.ledger.ledger->resources_unrecorded, 0, "%s", rows[i].reason);
        under_preload_end(&run);
    }
}

Test(ledger, marks_that_do_not_match)
{
    static const struct {
        const char *mode;
        unsigned unheld, unended;
        const char *reason;
    } rows[] = {
        {"leak-resource", 1, 0, "nobody took that one"},
        {"give-resource-twice", 1, 0, "it is given back already"},
        {"give-resource", 0, 0, "each once"},
        {"give-resource-in-another-thread", 0, 0, "whoever gives it back"},
        {"begin-again", 0, 1, "within an operation"},
        {"thread-returns-in-operation", 0, 1, "as if the operation were over"},
        {"thread-ends-in-operation", 0, 0, "it is cancelled, not forgotten"},
        {"leak", 0, 0, "one begin, one end"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct under_preload run = under_preload_run(LEDGER_TARGET, rows[i].mode, NULL, "none");
        cr_expect_eq(under_preload_count(&run, LEDGER_UNHELD_RELEASE), rows[i].unheld, "%s", rows[i].reason);
        cr_expect_eq(under_preload_count(&run, LEDGER_UNENDED), rows[i].unended, "%s", rows[i].reason);
        under_preload_end(&run);
    }
}
