/* What a run is called: every kind alone, and which of two it is called after. */
#include "oracle/outcome.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

/* A steady run with status 0 printed 1, said 2 and left 3. */
static const struct run_seen steady_run = {.output = 1, .errors = 2, .files = 3};

static enum sweep_kind outcome(const struct run_seen *second, struct run_seen run)
{
    struct steady steady;
    steady_learn(&steady_run, second, &steady);
    return outcome_of(&steady, &run);
}

Test(outcome, kinds)
{
    static const struct {
        struct run_seen run;
        enum sweep_kind kind;
        const char *reason;
    } rows[] = {
        {{.output = 1, .errors = 2, .files = 3}, SWEEP_MASKED, "as the steady run"},
        {{.output = 1, .errors = 9, .files = 3}, SWEEP_MASKED, "it complained, and did its work"},
        {{.output = 9, .errors = 2, .files = 3}, SWEEP_SILENT, "status 0, another output"},
        {{.output = 1, .errors = 2, .files = 9}, SWEEP_SILENT, "status 0, other files"},
        {{.exit_status = 1, .output = 1, .errors = 2, .files = 3}, SWEEP_DETECTED, "an error status"},
        {{.exit_status = 1, .output = 9, .errors = 9, .files = 9}, SWEEP_DETECTED, "whatever else differs"},
        {{.signal = SIGSEGV, .output = 1, .files = 3}, SWEEP_CRASH, "a signal"},
        {{.signal = SIGKILL, .output = 1, .files = 3}, SWEEP_CRASH, "even from outside"},
        {{.signal = SIGABRT, .output = 1, .files = 3}, SWEEP_ABORT, "that of abort"},
        {{.timed_out = true, .output = 1, .files = 3}, SWEEP_HANG, "it did not end"},
        {{.leaks = 1, .output = 1, .files = 3}, SWEEP_LEAK, "something stayed"},
        {{.double_releases = 1, .output = 1, .files = 3}, SWEEP_DOUBLE_RELEASE, "given back twice"},
        {{.sanitizer = true, .output = 1, .files = 3}, SWEEP_SANITIZER, "a report"},
        {{.drifted = true, .output = 1, .files = 3}, SWEEP_DRIFTED, "no fault came"},
        {{.leaks = 1, .exit_status = 1}, SWEEP_LEAK, "a leak counts more than its error status"},
        {{.leaks = 1, .output = 9}, SWEEP_LEAK, "and than silence"},
        {{.leaks = 1, .double_releases = 1}, SWEEP_DOUBLE_RELEASE, "two releases count more than a leak"},
        {{.signal = SIGSEGV, .double_releases = 1, .leaks = 1}, SWEEP_CRASH, "a crash more than those"},
        {{.signal = SIGABRT, .double_releases = 1}, SWEEP_ABORT, "an abort, too"},
        {{.timed_out = true, .signal = SIGKILL}, SWEEP_HANG, "a hang more than what ended it"},
        {{.sanitizer = true, .signal = SIGABRT}, SWEEP_SANITIZER, "a report more than the abort after it"},
        {{.sanitizer = true, .timed_out = true}, SWEEP_SANITIZER, "or than a hang in it"},
        {{.drifted = true, .signal = SIGSEGV, .sanitizer = true}, SWEEP_DRIFTED, "drifted is not judged"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(outcome(&steady_run, rows[i].run), rows[i].kind, "%s: %s", rows[i].reason,
                     sweep_kind_name(outcome(&steady_run, rows[i].run)));
}

Test(outcome, what_differs_by_itself_is_not_judged)
{
    static const struct {
        struct run_seen second, run;
        enum sweep_kind kind;
        const char *reason;
    } rows[] = {
        {{.output = 7, .files = 3}, {.output = 9, .files = 3}, SWEEP_MASKED, "the output"},
        {{.output = 7, .files = 3}, {.output = 9, .files = 9}, SWEEP_SILENT, "but the files still are"},
        {{.output = 1, .files = 7}, {.output = 1, .files = 9}, SWEEP_MASKED, "the files"},
        {{.output = 1, .files = 7}, {.output = 9, .files = 9}, SWEEP_SILENT, "but the output still is"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(outcome(&rows[i].second, rows[i].run), rows[i].kind, "%s", rows[i].reason);
}

Test(outcome, of_a_program_that_ends_with_an_error_anyway)
{
    static const struct run_seen first = {.exit_status = 2, .output = 1, .files = 3};
    static const struct {
        struct run_seen run;
        enum sweep_kind kind;
        const char *reason;
    } rows[] = {
        {{.exit_status = 2, .output = 1, .files = 3}, SWEEP_MASKED, "the same status"},
        {{.exit_status = 2, .output = 9, .files = 3}, SWEEP_SILENT, "the same, yet another output"},
        {{.exit_status = 2, .output = 9, .files = 3, .errors = 5}, SWEEP_DETECTED, "but it said so"},
        {{.exit_status = 3, .output = 9, .files = 3}, SWEEP_DETECTED, "another error"},
        {{.exit_status = 0, .output = 9, .files = 3}, SWEEP_SILENT, "as diff that finds no difference"},
        {{.exit_status = 0, .output = 1, .files = 3}, SWEEP_SILENT, "the same with another output as well"},
    };
    struct steady steady;
    steady_learn(&first, &first, &steady);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(outcome_of(&steady, &rows[i].run), rows[i].kind, "%s", rows[i].reason);
}

Test(outcome, sanitizers_that_report_anyway_tell_nothing)
{
    const struct run_seen reporting = {.output = 1, .errors = 2, .files = 3, .sanitizer = true};
    cr_expect_eq(outcome(&reporting, reporting), SWEEP_MASKED, "the steady runs have it, too");
    cr_expect_eq(outcome(&steady_run, reporting), SWEEP_SANITIZER, "they have not");
}

Test(outcome, reports_of_sanitizers)
{
    static const struct {
        const char *text;
        bool is;
    } rows[] = {
        {"==1==ERROR: AddressSanitizer: heap-use-after-free", true},
        {"==1==ERROR: LeakSanitizer: detected memory leaks", true},
        {"WARNING: ThreadSanitizer: data race", true},
        {"==1==WARNING: MemorySanitizer: use-of-uninitialized-value", true},
        {"a.c:3:5: runtime error: index 9 out of bounds", true},
        {"cannot open AddressSanitizer.txt", false},
        {"error: runtime", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(outcome_is_sanitizer(rows[i].text, strlen(rows[i].text)), rows[i].is, "%s",
                     rows[i].text);
    cr_expect_not(outcome_is_sanitizer(rows[0].text, 20), "what is cut off is not read");
}
