/* What the program gets from the supervisor, and what not. */
#include "bench.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void expect_success(struct supervise_options options, const char *reason)
{
    struct supervise_outcome outcome = bench_supervise(&options);
    cr_expect_eq(outcome.ended, ENDED_COMPLETED, "%s: %s, status %d, signal %d, '%s'", reason,
                 ended_name(outcome.ended), outcome.exit_status, outcome.signal, outcome.last_words);
    free(outcome.series.samples);
}

Test(inheritance, is_what_is_promised)
{
    int inheritable[] = {open("/dev/null", O_RDONLY), dup(0), fcntl(0, F_DUPFD, 500)};
    signal(SIGPIPE, SIG_IGN);
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    for (enum containment c = 0; c < CONTAINMENTS; c++) {
        bench_contain(c);
        expect_success(BENCH_TARGET("descriptors"), "0, 1 and 2 and nothing else");
        struct supervise_options options = BENCH_TARGET("limits", "77");
        options.limit_fds = 77;
        expect_success(options, "limits of descriptors and core");
        expect_success(BENCH_TARGET("signals"), "default signals");
        expect_success(BENCH_TARGET("apart"), "own group, no terminal, empty input");
        expect_success(BENCH_TARGET("proc"), "a /proc that fits");
    }
    for (size_t i = 0; i < sizeof inheritable / sizeof *inheritable; i++)
        close(inheritable[i]);
}

Test(inheritance, has_output_if_asked)
{
    struct supervise_options options = BENCH_TARGET("descriptors");
    options.keep_streams = 1;
    expect_success(options, "0, 1 and 2 with kept output");
}

/* A supervisor without standard streams: what it opens for the program lies at 0, 1 and 2. */
Test(inheritance, is_the_same_from_a_supervisor_without_streams)
{
    int kept[3];
    for (int keep = 0; keep <= 1; keep++) {
        struct supervise_options options = BENCH_TARGET("descriptors");
        options.keep_streams = keep;
        for (int i = 0; i < 3; i++) {
            kept[i] = fcntl(i, F_DUPFD_CLOEXEC, 100);
            close(i);
        }
        struct supervise_outcome outcome;
        struct error error;
        int code = supervise(&options, &outcome, &error);
        for (int i = 0; i < 3; i++) {
            dup2(kept[i], i);
            close(kept[i]);
        }
        cr_assert_eq(code, 0, "%s", error.text);
        cr_expect_eq(outcome.ended, ENDED_COMPLETED);
        free(outcome.series.samples);
    }
}

Test(inheritance, of_the_environment)
{
    static const struct {
        const char *preload, *preload_then, *options, *options_then;
    } rows[] = {
        {NULL, PRELOAD_PATH, NULL, "verify_asan_link_order=0"},
        {"", PRELOAD_PATH, "", "verify_asan_link_order=0"},
        {PRELOAD_PATH, PRELOAD_PATH ":" PRELOAD_PATH, "exitcode=7", "verify_asan_link_order=0:exitcode=7"},
    };
    setenv("LD_PRELOAD_NOT", "a name that begins alike", 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsetenv("LD_PRELOAD");
        unsetenv("ASAN_OPTIONS");
        if (rows[i].preload != NULL) {
            setenv("LD_PRELOAD", rows[i].preload, 1);
            setenv("ASAN_OPTIONS", rows[i].options, 1);
        }
        for (enum containment c = 0; c < CONTAINMENTS; c++) {
            bench_contain(c);
            expect_success(
                BENCH_TARGET("environment", (char *)rows[i].preload_then, (char *)rows[i].options_then),
                rows[i].preload_then);
        }
    }
}
