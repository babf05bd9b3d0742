/* The standard streams: what the ledger notes of them, and what their failed calls leave. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "under_preload.h"

struct expected {
    const char *mode, *plan;
    unsigned leaks, double_closes, foreign_closes, faults;
    const char *reason;
};

static void expect(const struct expected *row)
{
    struct under_preload run = under_preload_run(STDIO_TARGET, row->mode, NULL, row->plan);
    cr_expect_eq(run.status, 0, "%s: status %d", row->mode, run.status);
    cr_expect_eq(under_preload_count(&run, LEDGER_LEAK), row->leaks, "%s: leaks: %s", row->mode, row->reason);
    cr_expect_eq(under_preload_count(&run, LEDGER_DOUBLE_CLOSE), row->double_closes, "%s: double closes: %s",
                 row->mode, row->reason);
    cr_expect_eq(under_preload_count(&run, LEDGER_FOREIGN_CLOSE), row->foreign_closes,
                 "%s: foreign closes: %s", row->mode, row->reason);
    cr_expect_eq(under_preload_count(&run, LEDGER_FAULT), row->faults, "%s: faults: %s", row->mode,
                 row->reason);
    under_preload_end(&run);
}

Test(stdio, streams_are_noted_by_their_descriptors)
{
    static const struct expected rows[] = {
        {"leak", "none", 1, 0, 0, 0, "opened and still held at the end"},
        {"close-in-time", "none", 0, 0, 0, 0, "given back"},
        {"leak-temporary", "none", 1, 0, 0, 0, "tmpfile takes"},
        {"leak-child", "none", 1, 0, 0, 0, "popen takes"},
        {"close-child", "none", 0, 0, 0, 0, "pclose gives back"},
        {"close-child-fails", "posix/stdio/oc/pclose:ECHILD", 0, 0, 0, 1, "even one that fails"},
        {"adopt", "none", 0, 0, 0, 0, "fclose gives what open took"},
        {"leak-adopted", "none", 1, 0, 0, 0, "fdopen takes nothing anew"},
        {"adopt-badly", "none", 0, 0, 0, 0, "a failed fdopen takes nothing over"},
        {"adopt-refused", "posix/stdio/oc/fdopen:ENOMEM", 0, 0, 0, 1, "nor does one that fails as planned"},
        {"adopt-refused-and-leak", "posix/stdio/oc/fdopen:ENOMEM", 1, 0, 0, 1, "it stays with the caller"},
        {"close-after-fclose", "none", 0, 1, 0, 0, "closed already"},
        {"fclose-after-close", "none", 0, 1, 0, 0, "closed already"},
        {"fclose-fails", "posix/stdio/oc/fclose:ENOSPC", 0, 0, 0, 1, "closed although it fails"},
        {"fclose-fails-with-output", "posix/stdio/oc/fclose:EIO", 0, 0, 0, 1, "and what was pending is lost"},
        {"closed-by-another-operation", "none", 0, 0, 1, 0, "closed by another operation"},
        {"reopen", "none", 0, 0, 0, 0, "given and taken under one number"},
        {"reopen-and-leak", "none", 1, 0, 0, 0, "what it took is held at the end"},
        {"reopen-nothing", "none", 0, 0, 0, 0, "a failed freopen has closed"},
        {"reopen-refused", "posix/stdio/oc/freopen:EMFILE", 0, 0, 0, 1, "so has one that fails as planned"},
        {"reopen-what-is-closed", "none", 1, 0, 0, 0, "a closed stream has a new descriptor"},
        {"reopen-borrowed", "none", 0, 0, 0, 0, "a stream of nobody's stays nobody's"},
        {"reopened-by-another-operation", "none", 0, 0, 1, 0, "which closes what was the other's"},
        {"streams-in-memory", "posix/stdio/gp/fputc:EIO", 0, 0, 0, 2, "without descriptor"},
        {"cancelled-in-fclose", "none", 1, 0, 0, 0, "the close did not happen"},
        {"exhaust-descriptors", "none", 0, 0, 0, 0, "the kernel's EMFILE is no fault"},
        {"exhaust-space", "none", 0, 0, 0, 0, "nor is its ENOSPC"},
        {"read-short", "posix/stdio/rw/fread:short", 0, 0, 0, 50, "fewer, then an error"},
        {"write-short", "posix/stdio/rw/fwrite:short", 0, 0, 0, 50, "fewer, then an error"},
        {"move-nothing", "posix/stdio/rw/*:EIO", 0, 0, 0, 0, "asks for nothing"},
        {"fail-under-lock", "posix/stdio/gp/*:EIO", 0, 0, 0, 2, "the stream's lock is kept"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(&rows[i]);
}

/* The program ends its operation with the line as status. */
Test(stdio, leak_is_put_down_to_the_line_that_opened)
{
    static const char *const modes[] = {"leak-in-place", "leak-temporary-in-place", "leak-adopted-in-place",
                                        "leak-reopened-in-place"};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        struct under_preload run = under_preload_run(STDIO_TARGET, modes[i], NULL, "none");
        char expected[96], name[160];
        int line;
        cr_assert(under_preload_leak_place(&run, name, sizeof name, &line), "%s", modes[i]);
        snprintf(expected, sizeof expected, "tests/unit/injectors/stdio_target.c:%d", line);
        cr_expect_str_eq(name, expected, "%s: %s is not %s", modes[i], name, expected);
        under_preload_end(&run);
    }
}

Test(stdio, kernel_that_has_nothing_left_is_counted)
{
    struct under_preload run = under_preload_run(STDIO_TARGET, "exhaust-descriptors", NULL, "none");
    cr_expect_eq(run.ledger.ledger->descriptors_exhausted.count, 3, "fopen, popen, tmpfile");
    under_preload_end(&run);
    run = under_preload_run(STDIO_TARGET, "exhaust-space", NULL, "none");
    cr_expect_eq(run.ledger.ledger->space_exhausted.count, 6, "%lu",
                 (unsigned long)run.ledger.ledger->space_exhausted.count);
    under_preload_end(&run);
}

Test(stdio, planned_failure_leaves_what_a_device_leaves)
{
    static const struct {
        const char *device, *plan;
    } rows[] = {
        {"full", "posix/stdio/*:ENOSPC"},
        {"folder", "posix/stdio/*:EISDIR"},
        {"gone", "posix/stdio/*:EBADF"},
        {"senseless", "posix/stdio/sp/fprintf:EILSEQ;posix/stdio/gp/getline:EINVAL"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct under_preload run = under_preload_run(DEVICE_TARGET, rows[i].device, NULL, rows[i].plan);
        cr_expect_eq(run.status, 0, "%s: status %d", rows[i].device, run.status);
        under_preload_end(&run);
    }
}
