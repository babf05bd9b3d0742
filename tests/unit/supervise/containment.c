/* Nothing that the program started survives, however it hides and however the run ends. */
#include "bench.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervise/child.h"
#include "supervise/orphans.h"

enum { FOREVER_MS = 60000 };

Test(containment, is_a_namespace_where_permitted)
{
    if (!bench_has_namespaces())
        cr_skip_test("no right to make a PID namespace here");
    struct supervise_options options = BENCH_TARGET("pid");
    struct supervise_outcome outcome = bench_supervise(&options);
    free(outcome.series.samples);
    struct statx root;
    if (statx(AT_FDCWD, "/", 0, 0, &root) == 0 && (root.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0)
        cr_skip_test("the root is no mount point, so the namespace could have no /proc of its own");
    cr_expect_eq(outcome.exit_status, 2, "process 1 is the keeper, 2 the program");
}

Test(containment, ends_a_daemon_with_its_program)
{
    for (enum containment c = 0; c < CONTAINMENTS; c++) {
        bench_contain(c);
        struct bench_fifo fifo = bench_fifo_make();
        struct supervise_options options = BENCH_TARGET("daemon", fifo.path);
        struct supervise_outcome outcome = bench_supervise(&options);
        cr_expect_eq(outcome.ended, ENDED_COMPLETED);
        bench_fifo_await_holder(&fifo);
        bench_fifo_await_holder(&fifo);
        cr_expect(bench_fifo_released(&fifo, 0), "gone when supervise returns, not later");
        bench_fifo_remove(&fifo);
        free(outcome.series.samples);
    }
}

struct both {
    struct bench_fifo fifo;
    bool there;
};

/* The run does not go on until program and daemon are both there. */
static void await_both(void *context, const struct sample *sample)
{
    (void)sample;
    struct both *both = context;
    for (int i = 0; i < 2 && !both->there; i++)
        bench_fifo_await_holder(&both->fifo);
    both->there = true;
}

Test(containment, ends_a_daemon_of_a_program_that_hangs)
{
    for (enum containment c = 0; c < CONTAINMENTS; c++) {
        bench_contain(c);
        struct both both = {.fifo = bench_fifo_make()};
        struct supervise_options options = BENCH_TARGET("daemon-and-stay", both.fifo.path);
        options.sample_ns = 100000000;
        options.hang_ns = 1;
        options.tick = await_both;
        options.tick_context = &both;
        struct supervise_outcome outcome = bench_supervise(&options);
        cr_expect_eq(outcome.ended, ENDED_HANG);
        cr_expect(bench_fifo_released(&both.fifo, 0));
        bench_fifo_remove(&both.fifo);
        free(outcome.series.samples);
    }
}

/* The supervisor dies without a chance to clean up. */
Test(containment, outlives_the_supervisor)
{
    for (enum containment c = 0; c < CONTAINMENTS; c++) {
        bench_contain(c);
        struct bench_fifo fifo = bench_fifo_make();
        pid_t supervisor = fork();
        cr_assert_geq(supervisor, 0);
        if (supervisor == 0) {
            struct supervise_options options = BENCH_TARGET("daemon-and-stay", fifo.path);
            struct supervise_outcome outcome;
            struct error error;
            _exit(supervise(&options, &outcome, &error) != 0);
        }
        bench_fifo_await_holder(&fifo);
        bench_fifo_await_holder(&fifo);
        cr_assert_eq(kill(supervisor, SIGKILL), 0);
        cr_assert_eq(waitpid(supervisor, NULL, 0), supervisor);
        cr_expect(bench_fifo_released(&fifo, FOREVER_MS));
        bench_fifo_remove(&fifo);
    }
}

static struct child start(bool without_namespace, char *const *arguments)
{
    struct supervise_options options = bench_options(arguments);
    struct child_options start_options = {.path = options.path,
                                          .arguments = options.arguments,
                                          .preload = options.preload,
                                          .ledger = options.ledger,
                                          .limit_fds = options.limit_fds,
                                          .without_namespace = without_namespace};
    struct child child;
    struct error error;
    int code = child_start(&start_options, &child, &error);
    cr_assert_eq(code, 0, "%s", error.text);
    return child;
}

/* The keeper is killed from outside: how the program ended is not known, and that is said. */
Test(containment, tells_when_its_keeper_was_killed)
{
    for (int without = 0; without <= 1; without++) {
        struct bench_fifo fifo = bench_fifo_make();
        struct child child = start(without, (char *const[]){TARGET_PATH, "daemon-and-stay", fifo.path, NULL});
        bench_fifo_await_holder(&fifo);
        bench_fifo_await_holder(&fifo);
        /* Without a namespace the daemon is out of reach now: it comes to us, so that we can end it. */
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        cr_assert_eq(kill(child.keeper, SIGKILL), 0);
        struct pollfd polled = {.fd = child.channel, .events = POLLIN};
        cr_assert_eq(poll(&polled, 1, FOREVER_MS), 1);
        int status;
        cr_expect_not(child_status(&child, &status));
        bool namespaced = child.namespaced;
        child_end(&child);
        child_close(&child);
        cr_expect_eq(bench_fifo_released(&fifo, 0), namespaced);
        orphans_end();
        cr_expect(bench_fifo_released(&fifo, 0));
        bench_fifo_remove(&fifo);
    }
}

/* A start is given up in the middle, or at once after it. */
Test(containment, can_be_ended_at_once)
{
    for (int without = 0; without <= 1; without++) {
        struct child child = start(without, (char *const[]){TARGET_PATH, "hang", NULL});
        child_end(&child);
        child_close(&child);
        cr_expect_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
    }
}
