/* What exeunt costs: instructions, which are counted and judged, and times, which are compared with a bare
 * twin in the same run and judge nothing but locks, sweeps, and whether costs grow with threads or
 * descriptors; a short pass, as tests run it, judges no time at all.
 *
 * Usage: bench [--short] [--locks | --sweeps] [--json FILE]; --locks, --sweeps: only what concerns them. Exit
 * status 0, 1 if a bound is broken, 3 if something could not be measured. */
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempts.h"
#include "base/clock.h"
#include "cost.h"
#include "exeunt/workload.h"
#include "measure.h"
#include "operations.h"
#include "scratch.h"
#include "supervise/sampler.h"
#include "sweeping.h"
#include "table.h"

enum { SAMPLES = 2000, OPERATIONS_FEW = 4, OPERATIONS_MANY = 68 };

/* Instructions for one more round of what is measured: two runs of different length, start-up cancelled. */
static double per_round(struct measured measured, size_t argument, int few, int many)
{
    char text[2][16];
    uint64_t instructions[2];
    for (int i = 0; i < 2; i++) {
        snprintf(text[i], sizeof text[i], "%d", i == 0 ? few : many);
        measured.arguments[argument] = text[i];
        instructions[i] = measure_instructions(&measured);
    }
    return (double)(instructions[1] - instructions[0]) / (many - few);
}

/* Instructions of one upload, without faults and without exeunt. */
static double upload_instructions(const char *variant, const char *folder, int few, int many)
{
    struct measured host = {.arguments = {BENCH_HOST, "upload", variant, "--folder", folder, "--seed", "1",
                                          "--set", "fsync=0", "--set", "corrupt=0", "--operations", NULL}};
    return per_round(host, 12, few, many);
}

static bool measure_variants(json_t *into, bool brief)
{
    const struct exeunt_workload *upload = exeunt_workload_named("upload");
    char *folder = scratch_make();
    struct exeunt_job_site site = {.folder = folder, .seed = 1};
    struct exeunt_reason reason;
    if (upload->prepare(&site, &reason) != 0) {
        fprintf(stderr, "bench: %s\n", reason.text);
        exit(3);
    }
    int many = brief ? OPERATIONS_MANY : 4 * OPERATIONS_MANY;
    double unguarded = upload_instructions("unguarded", folder, OPERATIONS_FEW, many);
    double guarded = upload_instructions("guarded", folder, OPERATIONS_FEW, many);
    table_figure(into, "upload, unguarded", unguarded, "instructions", -1);
    scratch_remove(folder);
    return table_figure(into, "upload, guarded against unguarded", guarded / unguarded, "ratio", 1.01);
}

/* A child that holds `count` descriptors until `hold` is closed here. */
static pid_t hold_descriptors(int count, int ready[2], int hold[2])
{
    pid_t child = fork();
    if (child != 0)
        return child;
    close(ready[0]);
    close(hold[1]);
    for (int i = 0; i < count; i++)
        if (open("/dev/null", O_RDONLY) < 0)
            _exit(1);
    char byte = 0;
    if (write(ready[1], &byte, 1) != 1)
        _exit(1);
    _exit(read(hold[0], &byte, 1) == 0 ? 0 : 1);
}

static double sample_ns(const struct sampler *sampler)
{
    uint64_t start = clock_now_ns();
    for (int i = 0; i < SAMPLES; i++)
        if (sampler_count(sampler) < 0)
            exit(3);
    return (double)(clock_now_ns() - start) / SAMPLES;
}

static bool measure_sampler(json_t *into, bool brief)
{
    enum { ROUNDS = 21 };
    int counts[2] = {10, 19000};
    struct rlimit limit = {20000, 20000};
    struct sampler samplers[2];
    pid_t children[2];
    int ready[2], hold[2];
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < (rlim_t)counts[1] + 100) {
        printf("skipped: a sample with 19,000 descriptors, since the limit is %llu\n",
               (unsigned long long)limit.rlim_cur);
        return true;
    }
    if (pipe(ready) != 0 || pipe(hold) != 0)
        exit(3);
    for (int i = 0; i < 2; i++) {
        children[i] = hold_descriptors(counts[i], ready, hold);
        char byte;
        if (children[i] < 0 || read(ready[0], &byte, 1) != 1 || sampler_open(children[i], &samplers[i]) != 0)
            exit(3);
    }
    double times[2][ROUNDS];
    int rounds = brief ? 7 : ROUNDS;
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < 2; i++)
            times[i][round] = sample_ns(&samplers[i]);
    double few = table_median(times[0], rounds), many = table_median(times[1], rounds);
    table_figure(into, "sample of a process with 10 descriptors", few, "ns", -1);
    bool held = table_figure(into, "sample with 19,000 descriptors against 10", many / few, "wall ratio",
                             brief ? -1 : 2);
    close(hold[0]);
    close(hold[1]);
    for (int i = 0; i < 2; i++) {
        sampler_close(&samplers[i]);
        waitpid(children[i], NULL, 0);
    }
    return held;
}

int main(int argc, char **argv)
{
    bool brief = false, locks_only = false, sweeps_only = false;
    const char *file = NULL;
    for (int i = 1; i < argc; i++) {
        brief |= strcmp(argv[i], "--short") == 0;
        locks_only |= strcmp(argv[i], "--locks") == 0;
        sweeps_only |= strcmp(argv[i], "--sweeps") == 0;
        if (strcmp(argv[i], "--json") == 0 && i + 1 < argc)
            file = argv[++i];
    }
    json_t *root = json_object(), *figures = json_object(), *environment = json_object();
    json_object_set_new(root, "environment", environment);
    json_object_set_new(root, "figures", figures);
    table_environment(environment);
    printf("| %-46s | %-25s | %-20s |\n|---|---|---|\n", "what", "value", "bound");
    bool held = sweeps_only || cost_measure(figures, brief, locks_only);
    if (!brief && !sweeps_only)
        held &= deadlock_measure(figures);
    if (!locks_only && !sweeps_only) {
        held &= measure_variants(figures, brief);
        held &= measure_sampler(figures, brief);
        attempts_measure(figures, brief);
    }
    if (!locks_only) {
        operations_measure(figures, brief);
        held &= sweeping_measure(figures, brief);
    }
    int failed = file != NULL ? json_dump_file(root, file, JSON_INDENT(2)) : 0;
    if (failed != 0)
        fprintf(stderr, "bench: cannot write '%s'\n", file);
    json_decref(root);
    return failed != 0 ? 3 : held ? 0 : 1;
}
