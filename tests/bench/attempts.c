/* What an attempt costs: of a program that opens and closes one file, by the fork server, by fork and exec
 * with all that contains it, and, to compare, by a loop that only forks, executes and waits. Interleaved. */
#include "attempts.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "faults.h"
#include "supervise/attempt.h"
#include "table.h"

enum { ROUNDS = 9, WAYS = 3, BY_LOOP = 0, BY_EXEC = 1, BY_SERVER = 2 };

static char *const arguments[] = {BENCH_CALLS, "open", "1", NULL};

static void must(int code, const struct error *error)
{
    if (code == 0)
        return;
    fprintf(stderr, "bench: %s\n", error->text);
    exit(3);
}

static struct attempter *open_attempter(const struct plan_points *points, bool without_server)
{
    struct attempter *attempter;
    struct error error;
    struct attempt_target target = {.path = arguments[0],
                                    .arguments = arguments,
                                    .preload = BENCH_PRELOAD,
                                    .points = points,
                                    .input = -1,
                                    .folder = "/",
                                    .temp_folder = "/tmp",
                                    .without_server = without_server};
    must(attempter_open(&target, &attempter, &error), &error);
    return attempter;
}

static void run_plainly(void)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        execv(arguments[0], arguments);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        exit(3);
}

static void attempt(struct attempter *attempter)
{
    static const struct plan nothing;
    static struct attempt_seen seen;
    struct error error;
    must(attempter_try(attempter, &nothing, UINT64_C(60000000000), &seen, &error), &error);
    if (seen.end != ATTEMPT_EXITED || seen.status != 0)
        exit(3);
}

/* Nanoseconds of one run. */
static double run_ns(struct attempter *attempter, int runs)
{
    uint64_t start_ns = clock_now_ns();
    for (int i = 0; i < runs; i++)
        if (attempter != NULL)
            attempt(attempter);
        else
            run_plainly();
    return (double)(clock_now_ns() - start_ns) / runs;
}

void attempts_measure(json_t *into, bool brief)
{
    const char *names[FAULT_POINTS_COUNT];
    for (size_t i = 0; i < FAULT_POINTS_COUNT; i++)
        names[i] = fault_points[i].name;
    const struct plan_points points = {.count = FAULT_POINTS_COUNT, .names = names};
    struct attempter *attempters[WAYS] = {NULL, open_attempter(&points, true),
                                          open_attempter(&points, false)};
    double times[WAYS][ROUNDS], by_exec[ROUNDS], by_server[ROUNDS];
    int rounds = brief ? 3 : ROUNDS;
    for (int round = 0; round < rounds; round++) {
        for (int way = 0; way < WAYS; way++)
            times[way][round] = run_ns(attempters[way], brief ? 10 : 100);
        by_exec[round] = times[BY_EXEC][round] / times[BY_LOOP][round];
        by_server[round] = times[BY_SERVER][round] / times[BY_LOOP][round];
    }
    table_figure(into, "a program forked, executed, waited for", table_median(times[BY_LOOP], rounds) / 1000,
                 "us", -1);
    table_figure(into, "an attempt by fork and exec", table_median(by_exec, rounds), "x that", -1);
    if (attempter_serves(attempters[BY_SERVER]))
        table_figure(into, "an attempt by the fork server", table_median(by_server, rounds), "x that", -1);
    else
        printf("skipped: an attempt by the fork server, which needs the right to make a PID namespace\n");
    for (int way = 0; way < WAYS; way++)
        attempter_close(attempters[way]);
}
