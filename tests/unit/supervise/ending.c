/* How a run ended is told truthfully, in both ways of containment. */
#include "bench.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint64_t never_ns = UINT64_C(3600) * 1000000000u;

Test(ending, is_the_programs_own)
{
    static const struct {
        const char *mode, *value, *reason;
        enum ended ended;
        int exit_status, signal;
    } rows[] = {
        {"exit", "0", "all done", ENDED_COMPLETED, 0, 0},
        {"exit", "7", "any other status", ENDED_EXITED, 7, 0},
        {"exit", "137", "no signal, although a shell would write one so", ENDED_EXITED, 137, 0},
        {"abort", "", "abort of a process that is not process 1", ENDED_CRASH, -1, SIGABRT},
        {"signal", "11", "SIGSEGV", ENDED_CRASH, -1, SIGSEGV},
        {"signal", "7", "SIGBUS", ENDED_CRASH, -1, SIGBUS},
        {"signal", "31", "SIGSYS", ENDED_CRASH, -1, SIGSYS},
        {"signal", "9", "as the kernel does when memory is short", ENDED_KILLED, -1, SIGKILL},
        {"signal", "15", "SIGTERM", ENDED_KILLED, -1, SIGTERM},
        {"signal", "13", "SIGPIPE", ENDED_KILLED, -1, SIGPIPE},
    };
    for (enum containment c = 0; c < CONTAINMENTS; c++) {
        bench_contain(c);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            struct supervise_options options = BENCH_TARGET((char *)rows[i].mode, (char *)rows[i].value);
            struct supervise_outcome outcome = bench_supervise(&options);
            cr_expect_eq(outcome.ended, rows[i].ended, "%s: %s", rows[i].reason, ended_name(outcome.ended));
            cr_expect_eq(outcome.exit_status, rows[i].exit_status, "%s", rows[i].reason);
            cr_expect_eq(outcome.signal, rows[i].signal, "%s", rows[i].reason);
            cr_expect_geq(outcome.series.count, 1, "%s", rows[i].reason);
            free(outcome.series.samples);
        }
    }
}

Test(ending, is_known_although_the_caller_ignores_its_children)
{
    signal(SIGCHLD, SIG_IGN);
    for (enum containment c = 0; c < CONTAINMENTS; c++) {
        bench_contain(c);
        struct supervise_options options = BENCH_TARGET("exit", "7");
        struct supervise_outcome outcome = bench_supervise(&options);
        cr_expect_eq(outcome.exit_status, 7);
        free(outcome.series.samples);
    }
}

Test(ending, of_a_hang)
{
    for (enum containment c = 0; c < CONTAINMENTS; c++) {
        bench_contain(c);
        struct supervise_options options = BENCH_TARGET("hang");
        options.hang_ns = 50000000;
        struct supervise_outcome outcome = bench_supervise(&options);
        cr_expect_eq(outcome.ended, ENDED_HANG);
        cr_expect_eq(outcome.exit_status, -1);
        cr_expect_eq(outcome.signal, SIGKILL);
        free(outcome.series.samples);
    }
}

/* Wants to end as soon as an operation has ended. */
static void interrupt_after_one(void *interrupted, const struct sample *sample)
{
    if (sample->operations > 0)
        *(volatile int *)interrupted = 1;
}

Test(ending, of_an_interrupted_program)
{
    static const struct {
        char *mode;
        int exit_status, signal;
    } rows[] = {{"work", 0, 0} /* heeds the wish */, {"hang", -1, SIGKILL} /* does not */};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        volatile int interrupted = 0;
        struct supervise_options options = BENCH_TARGET(rows[i].mode);
        options.hang_ns = never_ns;
        options.interrupted = &interrupted;
        options.tick = interrupt_after_one;
        options.tick_context = (void *)&interrupted;
        struct supervise_outcome outcome = bench_supervise(&options);
        cr_expect_eq(outcome.ended, ENDED_INTERRUPTED);
        cr_expect_eq(outcome.exit_status, rows[i].exit_status);
        cr_expect_eq(outcome.signal, rows[i].signal);
        cr_expect_eq(options.ledger->ledger->stop, 1);
        free(outcome.series.samples);
    }
}

static volatile int signalled;

static void note_signal(int number)
{
    (void)number;
    signalled = 1;
}

static void signal_once(void *context, const struct sample *sample)
{
    (void)context, (void)sample;
    if (signalled == 0)
        raise(SIGINT);
}

/* Only the signal can wake the supervisor here: the next sample is an hour away. And it must get through
 * while there is always something to read. */
Test(ending, by_a_signal_to_the_supervisor)
{
    static char *const modes[] = {"hang", "flood"};
    signal(SIGINT, note_signal);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        signalled = 0;
        struct supervise_options options = BENCH_TARGET(modes[i]);
        options.sample_ns = never_ns;
        options.interrupted = &signalled;
        options.tick = signal_once;
        struct supervise_outcome outcome = bench_supervise(&options);
        cr_expect_eq(outcome.ended, ENDED_INTERRUPTED, "%s", modes[i]);
        free(outcome.series.samples);
    }
}

Test(ending, with_last_words)
{
    for (enum containment c = 0; c < CONTAINMENTS; c++) {
        bench_contain(c);
        struct supervise_options options = BENCH_TARGET("say", "out of \033[1mluck\n\n");
        struct supervise_outcome outcome = bench_supervise(&options);
        cr_expect_str_eq(outcome.last_words, "out of ?[1mluck");
        free(outcome.series.samples);
    }
}

#define ABSENT PRELOAD_PATH ".absent"

Test(ending, before_it_began)
{
    static const struct {
        const char *program, *preload, *named, *needle, *reason;
        uint64_t limit_fds;
    } rows[] = {
        {ABSENT, PRELOAD_PATH, ABSENT, "No such file", "no such program", 1024},
        {"/", PRELOAD_PATH, "'/'", "Permission denied", "a directory", 1024},
        {TARGET_PATH, ABSENT, ABSENT, "No such file", "without the preload nothing is seen", 1024},
        {TARGET_PATH, PRELOAD_PATH, TARGET_PATH, "18446744073709551614", "too many", UINT64_MAX - 1},
    };
    for (enum containment c = 0; c < CONTAINMENTS; c++) {
        bench_contain(c);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            struct supervise_options options = bench_options((char *const[]){(char *)rows[i].program, NULL});
            options.preload = rows[i].preload;
            options.limit_fds = rows[i].limit_fds;
            struct error error;
            bench_supervise_failing(&options, &error);
            cr_expect_not_null(strstr(error.text, rows[i].needle), "%s: %s", rows[i].reason, error.text);
            cr_expect_not_null(strstr(error.text, rows[i].named), "%s: %s", rows[i].reason, error.text);
        }
    }
}

static void remember(void *context, const struct sample *sample)
{
    *(struct sample *)context = *sample;
}

Test(ending, has_samples_from_start_to_end)
{
    for (enum containment c = 0; c < CONTAINMENTS; c++) {
        bench_contain(c);
        struct sample last;
        struct supervise_options options = BENCH_TARGET("exit");
        options.sample_ns = never_ns;
        options.tick = remember;
        options.tick_context = &last;
        struct supervise_outcome outcome = bench_supervise(&options);
        cr_assert_eq(outcome.series.count, 2);
        cr_expect_leq(outcome.series.samples[0].t_ms, last.t_ms);
        cr_expect_eq(outcome.series.samples[1].t_ms, last.t_ms);
        cr_expect_eq(last.fds, -1, "nobody is there to be asked");
        free(outcome.series.samples);
    }
}
