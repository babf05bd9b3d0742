/* What the ledger notes of children, and what they must not write into it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "campaign/symbols.h"
#include "under_preload.h"

/* The first child that the ledger holds, and the number of them. */
static const struct ledger_child *held(const struct under_preload *run, unsigned *count)
{
    const struct ledger_child *first = NULL;
    *count = 0;
    for (size_t i = 0; i < LEDGER_CHILDREN_MAX; i++) {
        const struct ledger_child *child = &run->ledger.ledger->children[i];
        if (child->pid == 0)
            continue;
        if ((*count)++ == 0)
            first = child;
    }
    return first;
}

struct expected {
    const char *mode, *plan;
    unsigned started, reaped, held, leaks, faults;
    const char *reason;
};

static void expect(const struct expected *row)
{
    unsigned children;
    struct under_preload run = under_preload_run(CHILDREN_TARGET, row->mode, NULL, row->plan);
    const struct ledger *ledger = run.ledger.ledger;
    held(&run, &children);
    cr_expect_eq(run.status, 0, "%s: status %d", row->mode, run.status);
    cr_expect_eq(ledger->children_started, row->started, "%s: started: %s", row->mode, row->reason);
    cr_expect_eq(ledger->children_reaped, row->reaped, "%s: reaped: %s", row->mode, row->reason);
    cr_expect_eq(children, row->held, "%s: held: %s", row->mode, row->reason);
    cr_expect_eq(ledger->children_unrecorded, row->started - row->reaped - row->held, "%s", row->mode);
    cr_expect_eq(ledger->leaks, row->leaks, "%s: leaks: %s", row->mode, row->reason);
    cr_expect_eq(under_preload_count(&run, LEDGER_DOUBLE_CLOSE), 0, "%s", row->mode);
    cr_expect_eq(under_preload_count(&run, LEDGER_DOUBLE_UNLOCK), 0, "%s", row->mode);
    cr_expect_eq(under_preload_count(&run, LEDGER_FAULT), row->faults, "%s: faults: %s", row->mode,
                 row->reason);
    under_preload_end(&run);
}

Test(children, are_held_until_they_are_waited_for)
{
    static const struct expected rows[] = {
        {"leave-forked", "none", 1, 0, 1, 0, 0, "nobody waited"},
        {"leave-Forked", "none", 1, 0, 1, 0, 0, "by _Fork"},
        {"leave-vforked", "none", 1, 0, 1, 0, 0, "by vfork"},
        {"leave-spawned", "none", 1, 0, 1, 0, 0, "by posix_spawn"},
        {"leave-cloned", "none", 1, 0, 1, 0, 0, "by clone"},
        {"wait-in-time", "none", 1, 1, 0, 0, 0, "waited for"},
        {"wait-for-any", "none", 5, 5, 0, 0, 0, "by each function, whichever child it was"},
        {"look-at", "none", 1, 0, 1, 0, 0, "WNOWAIT leaves it"},
        {"stop-and-go-on", "none", 1, 0, 1, 0, 0, "it has not ended yet, as far as waits have told"},
        {"wait-too-early", "none", 1, 1, 0, 0, 0, "WNOHANG found nothing, the next wait did"},
        {"wait-unseen", "none", 1, 1, 0, 0, 0, "reaped behind the wrappers' back: the kernel decides"},
        {"wait-fails", "posix/proc/waitpid:EINTR@1", 1, 1, 0, 0, 1, "reaped by the second wait"},
        {"wait-says-there-is-none", "posix/proc/waitpid:ECHILD@1", 1, 0, 1, 0, 1, "which is not so"},
        {"ignore-ends", "none", 3, 3, 0, 0, 0, "ECHILD: the kernel has reaped them itself"},
        {"wait-at-once", "none", 1, 1, 0, 0, 0, "reaped before it stood in the ledger"},
        {"cancelled-in-wait", "none", 1, 0, 1, 0, 0, "the wait did not happen"},
        {"execute-and-wait", "none", 1, 1, 0, 0, 0, "the program that this one becomes has its children"},
        {"execute-and-leave", "none", 1, 0, 1, 0, 0, "and need not wait either"},
        {"spawn-namelessly", "none", 1, 1, 0, 0, 0, "whoever starts a child need not ask for its number"},
        {"spawn-what-is-not-there", "none", 0, 0, 0, 0, 0, "the C library has reaped it"},
        {"run-command", "none", 0, 0, 0, 0, 0, "system waits itself"},
        {"child-has-child", "none", 1, 1, 0, 0, 0, "whose parent it is, is not this one's doing"},
        {"vfork-fails", "posix/proc/vfork:EAGAIN@1", 0, 0, 0, 0, 1, "as planned"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(&rows[i]);
}

Test(children, more_than_there_is_room_for)
{
    static const struct expected rows[] = {
        {"leave-many", "none", 1030, 0, 1024, 0, 0, "the others are counted"},
        {"wait-late-for-many", "none", 1030, 1030, 0, 0, 0, "and their ends as well"},
        {"wait-unseen-for-many", "none", 1030, 1024, 6, 0, 0, "none that is gone stands in the way"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(&rows[i]);
}

Test(children, write_nothing_into_the_ledger_of_their_parent)
{
    static const struct expected rows[] = {
        {"forked-child-closes", "none", 1, 1, 0, 1, 0, "the parent's is still open"},
        {"Forked-child-closes", "none", 1, 1, 0, 1, 0, "no handler detaches it"},
        {"vforked-child-closes", "none", 1, 1, 0, 1, 0, "in the parent's memory"},
        {"vforked-child-opens", "none", 1, 1, 0, 1, 0, "but the parent is noted again"},
        {"vforked-child-vforks", "none", 1, 1, 0, 1, 0, "the last one that goes on is the parent"},
        {"child-closes-in-handler", "none", 1, 1, 0, 1, 0, "in a fork handler before the preload's own"},
        {"vforked-child-opens", "posix/io/oc/open@2", 1, 1, 0, 1, 0, "nor has it a part in the plan"},
        {"cloned-child-closes", "none", 1, 1, 0, 1, 0, "in a copy of the memory"},
        {"cloned-child-closes", "posix/io/oc/open@2", 1, 1, 0, 1, 0, "nor has it a part in the plan"},
        {"cloned-like-vfork", "none", 1, 1, 0, 1, 0, "in the parent's memory"},
        {"cloned-like-vfork-then-opens", "none", 1, 1, 0, 1, 0, "but the parent is noted again"},
        {"cloned-sharing-memory", "none", 0, 0, 0, 1, 0, "it cannot be told from the parent's thread"},
        {"cloned-like-a-thread", "none", 1, 1, 0, 1, 0, "what it closes is closed for the parent, too"},
        {"raw-child-closes", "none", 0, 0, 0, 1, 0, "started past all wrappers"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(&rows[i]);
}

/* The program ends its operation with the line as status. */
Test(children, are_put_down_to_the_line_that_started_them)
{
    static const char *const modes[] = {"leave-forked", "leave-Forked", "leave-vforked", "leave-spawned",
                                        "leave-cloned"};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        unsigned count;
        char expected[96], name[160];
        struct under_preload run = under_preload_run(CHILDREN_TARGET, modes[i], NULL, "none");
        const struct ledger_child *child = held(&run, &count);
        cr_assert_eq(count, 1, "%s", modes[i]);
        cr_expect_eq(child->operation, 2, "%s: operation 1, encoded", modes[i]);
        cr_expect_eq(child->path, LEDGER_PATH_MAIN, "%s", modes[i]);
        snprintf(expected, sizeof expected, "tests/unit/injectors/children_target.c:%d",
                 -run.ledger.ledger->operations[1].status);
        struct symbols *symbols = symbols_open(&run.ledger);
        symbols_name(symbols, child->taken_at, name, sizeof name);
        symbols_close(symbols);
        cr_expect_str_eq(name, expected, "%s: %s is not %s", modes[i], name, expected);
        under_preload_end(&run);
    }
}

/* Its place in the program that there was means nothing in the one that there is. */
Test(children, of_a_program_that_was_have_no_place)
{
    unsigned count;
    struct under_preload run = under_preload_run(CHILDREN_TARGET, "execute-and-leave", NULL, "none");
    const struct ledger_child *child = held(&run, &count);
    cr_assert_eq(count, 1);
    cr_expect_eq(child->taken_at, 0);
    cr_expect_eq(child->path, LEDGER_PATH_UNKNOWN);
    under_preload_end(&run);
}

/* Of 672 starts some fail as planned. A child that hangs keeps the program from its end. */
Test(children, never_hang_in_what_the_threads_of_their_parent_hold, .timeout = 120)
{
    unsigned count;
    struct under_preload run = under_preload_run(STORM_TARGET, "storm", NULL, "*@p=0.01");
    const struct ledger *ledger = run.ledger.ledger;
    held(&run, &count);
    cr_expect_eq(run.status, 0, "status %d", run.status);
    cr_expect_gt(ledger->children_started, 600);
    cr_expect_eq(ledger->children_reaped, ledger->children_started);
    cr_expect_eq(count, 0);
    cr_expect_eq(ledger->leaks, 0);
    cr_expect_gt(under_preload_count(&run, LEDGER_FAULT), 0);
    under_preload_end(&run);
}
