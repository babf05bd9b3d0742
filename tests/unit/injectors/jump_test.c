/* A jump out of a signal handler leaves nothing switched off, and nothing locked. */
#include <criterion/criterion.h>

#include "under_preload.h"

Test(jump, leaves_the_thread_watched)
{
    static const struct {
        const char *mode, *plan;
        unsigned faults;
        const char *reason;
    } rows[] = {
        {"out-of-strdup", "libc/mm/malloc@9999;posix/io/oc/open:EMFILE", 4, "by each of the jumps"},
        {"within-handler", "libc/mm/malloc@9999;posix/io/oc/open:EMFILE", 1, "what was interrupted goes on"},
        {"out-of-libfiu", "posix/io/oc/open:EMFILE", 1, "its lock is free for others"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct under_preload run = under_preload_run(JUMP_TARGET, rows[i].mode, NULL, rows[i].plan);
        cr_expect_eq(run.status, 0, "%s: status %d: %s", rows[i].mode, run.status, rows[i].reason);
        cr_expect_eq(under_preload_count(&run, LEDGER_FAULT), rows[i].faults, "%s: faults: %s", rows[i].mode,
                     rows[i].reason);
        under_preload_end(&run);
    }
}

/* What stood in the half that was lost is counted, and what comes afterwards is noted again. */
Test(jump, leaves_the_heap_watched)
{
    struct under_preload run = under_preload_run_watched(JUMP_TARGET, "out-of-the-books", "none");
    cr_expect_eq(run.status, 0, "status %d", run.status);
    cr_expect_eq(run.ledger.ledger->heap_watched, 1);
    cr_expect_gt(run.ledger.ledger->blocks_unrecorded, 0);
    cr_expect_eq(run.ledger.ledger->heap_leaks, 100);
    under_preload_end(&run);
}
