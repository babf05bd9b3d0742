/* The sampler counts exactly, or says that it cannot. */
#include "supervise/sampler.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

/* A process with 0 descriptors but `count` opened ones and the pipe by which it says so. */
static pid_t fork_holder(int count)
{
    int ready[2];
    char byte;
    cr_assert_eq(pipe(ready), 0);
    pid_t holder = fork();
    if (holder == 0) {
        dup2(ready[1], 0);
        close_range(1, ~0U, 0);
        for (int i = 0; i < count; i++)
            if (dup(0) < 0)
                _exit(1);
        if (write(0, "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    cr_assert_eq(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return holder;
}

Test(sampler, is_exact)
{
    static const int counts[] = {0, 1, 2, 61, 62, 63, 64, 65, 255, 256, 1000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        pid_t holder = fork_holder(counts[i]);
        struct sampler sampler;
        cr_assert_eq(sampler_open(holder, &sampler), 0);
        cr_expect_eq(sampler_count(&sampler), counts[i] + 1);
        sampler.by_size = false;
        cr_expect_eq(sampler_count(&sampler), counts[i] + 1, "by names, as on older kernels");
        kill(holder, SIGKILL);
        waitpid(holder, NULL, 0);
        sampler_close(&sampler);
    }
}

Test(sampler, does_not_know_of_who_has_ended)
{
    for (int by_size = 0; by_size <= 1; by_size++) {
        pid_t holder = fork_holder(5);
        struct sampler sampler;
        cr_assert_eq(sampler_open(holder, &sampler), 0);
        sampler.by_size = by_size;
        kill(holder, SIGKILL);
        siginfo_t ended;
        cr_assert_eq(waitid(P_PID, (id_t)holder, &ended, WEXITED | WNOWAIT), 0);
        cr_expect_eq(sampler_count(&sampler), -1, "a zombie");
        waitpid(holder, NULL, 0);
        cr_expect_eq(sampler_count(&sampler), -1, "vanished");
        sampler_close(&sampler);
        cr_expect_eq(sampler_count(&sampler), -1, "closed");
        cr_expect_lt(sampler_open(holder, &sampler), 0, "nobody has this number");
    }
    struct sampler sampler;
    cr_expect_lt(sampler_open(0, &sampler), 0);
}

Test(sampler, does_not_take_none_for_clean)
{
    pid_t holder = fork();
    cr_assert_geq(holder, 0);
    if (holder == 0) {
        close_range(0, ~0U, 0);
        for (;;)
            pause();
    }
    struct sampler sampler;
    cr_assert_eq(sampler_open(holder, &sampler), 0);
    while (sampler_count(&sampler) > 0)
        ;
    cr_expect_eq(sampler_count(&sampler), -1);
    kill(holder, SIGKILL);
    waitpid(holder, NULL, 0);
    sampler_close(&sampler);
}

/* Descriptors in the first sample in which the target holds what it was told to. */
struct held {
    struct ledger *ledger;
    int64_t fds;
    uint64_t samples;
};

static void note_held(void *context, const struct sample *sample)
{
    struct held *held = context;
    if (sample->operations == 0 || held->samples++ != 0)
        return;
    held->fds = sample->fds;
    held->ledger->stop = 1;
}

Test(sampler, counts_the_program_with_and_without_its_main_thread)
{
    static char *const modes[] = {"hold", "hold-without-main"};
    static const struct {
        char *text;
        int64_t count;
    } rows[] = {{"0", 0}, {"1", 1}, {"61", 61}, {"500", 500}};
    for (enum containment c = 0; c < CONTAINMENTS; c++)
        for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
            bench_contain(c);
            struct supervise_options options = BENCH_TARGET(modes[i % 2], rows[i / 2].text);
            struct held held = {.ledger = options.ledger->ledger, .fds = -2};
            options.tick = note_held;
            options.tick_context = &held;
            struct supervise_outcome outcome = bench_supervise(&options);
            cr_expect_eq(outcome.ended, ENDED_COMPLETED, "%s", outcome.last_words);
            cr_expect_eq(held.fds, 3 + rows[i / 2].count, "%s %s", modes[i % 2], rows[i / 2].text);
            cr_expect_geq(outcome.fds_peak, held.fds);
            free(outcome.series.samples);
        }
}
