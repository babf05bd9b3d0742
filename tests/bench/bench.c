/* What exeunt costs: one table, each row beside its bare twin. Instructions are counted and judged; times
 * are interleaved, printed as ratios, and judge nothing, except that a sample's cost must not grow with the
 * number of descriptors; a short pass, as tests run it, judges no time at all.
 *
 * Usage: bench [--short]. Exit status 0, 1 if a bound is broken, 3 if something could not be measured. */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "exeunt/workload.h"
#include "ledger/reader.h"
#include "measure.h"
#include "scratch.h"
#include "supervise/sampler.h"

#define LIBFIU_PRELOAD "/usr/lib/fiu/fiu_posix_preload.so"

enum { SAMPLES = 2000, OPERATIONS_FEW = 4, OPERATIONS_MANY = 68 };

static bool all_held = true;

/* One line of the table. `bound` below 0: nothing is judged. */
static void row(const char *name, double value, const char *unit, double bound)
{
    bool held = bound < 0 || value <= bound;
    all_held &= held;
    char bound_text[32] = "";
    if (bound >= 0)
        snprintf(bound_text, sizeof bound_text, "at most %g", bound);
    printf("%-58s %10.3f %-14s %-14s %s\n", name, value, unit, bound_text, held ? "" : "BROKEN");
    fflush(stdout);
}

static double median(double *values, int count)
{
    for (int i = 1; i < count; i++)
        for (int j = i; j > 0 && values[j] < values[j - 1]; j--) {
            double larger = values[j - 1];
            values[j - 1] = values[j];
            values[j] = larger;
        }
    return values[count / 2];
}

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

/* A ledger without a plan, for one process. */
static void make_ledger(struct ledger_view *ledger, char *path, size_t size)
{
    struct plan plan = {0};
    struct plan_points points = {0};
    struct error error;
    if (ledger_create(1024, &plan, &points, ledger, &error) != 0) {
        fprintf(stderr, "bench: %s\n", error.text);
        exit(3);
    }
    ledger_path(ledger, path, size);
}

/* Each process needs a ledger of its own: the first that comes claims it. */
static double idle_per_round(struct measured measured, int few, int many)
{
    char text[2][16], path[64];
    uint64_t instructions[2];
    for (int i = 0; i < 2; i++) {
        struct ledger_view ledger;
        make_ledger(&ledger, path, sizeof path);
        measured.ledger = path;
        snprintf(text[i], sizeof text[i], "%d", i == 0 ? few : many);
        measured.arguments[1] = text[i];
        instructions[i] = measure_instructions(&measured);
        if (ledger.ledger->attached == 0) {
            fprintf(stderr, "bench: the preload did not attach\n");
            exit(3);
        }
        ledger_close(&ledger);
    }
    return (double)(instructions[1] - instructions[0]) / (many - few);
}

static double time_ratio(struct measured with, struct measured bare, int rounds, const char *length)
{
    enum { ROUNDS_MAX = 15 };
    double ratios[ROUNDS_MAX];
    with.arguments[1] = bare.arguments[1] = length;
    for (int i = 0; i < rounds; i++) {
        struct ledger_view ledger;
        char path[64];
        make_ledger(&ledger, path, sizeof path);
        with.ledger = path;
        uint64_t bare_ns = measure_ns(&bare);
        ratios[i] = (double)measure_ns(&with) / (double)bare_ns;
        ledger_close(&ledger);
    }
    return median(ratios, rounds);
}

static void bench_calls(bool brief)
{
    struct measured bare = {.arguments = {BENCH_CALLS}};
    struct measured idle = {.arguments = {BENCH_CALLS}, .preload = BENCH_PRELOAD};
    struct measured libfiu = {.arguments = {BENCH_CALLS}, .preload = LIBFIU_PRELOAD};
    double base = per_round(bare, 1, 1000, 11000);
    row("open+read+close, bare", base, "instructions", -1);
    row("open+read+close, exeunt idle, over bare", idle_per_round(idle, 1000, 11000) - base, "instructions",
        140);
    if (access(LIBFIU_PRELOAD, R_OK) == 0)
        row("open+read+close, libfiu's own preload, over bare", per_round(libfiu, 1, 1000, 11000) - base,
            "instructions", -1);
    row("open+read+close, exeunt idle against bare", time_ratio(idle, bare, brief ? 3 : 15, "200000"),
        "wall ratio", -1);
}

/* Instructions of one upload, without faults and without exeunt. */
static double upload_instructions(const char *variant, const char *folder, int few, int many)
{
    struct measured host = {.arguments = {BENCH_HOST, "upload", variant, "--folder", folder, "--seed", "1",
                                          "--set", "fsync=0", "--set", "corrupt=0", "--operations", NULL}};
    return per_round(host, 12, few, many);
}

static void bench_variants(bool brief)
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
    row("upload, unguarded", unguarded, "instructions", -1);
    row("upload, guarded against unguarded", guarded / unguarded, "ratio", 1.01);
    scratch_remove(folder);
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

static void bench_sampler(bool brief)
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
        printf("%-58s skipped: the limit of descriptors is %llu\n",
               "sample with 19,000 descriptors against 10", (unsigned long long)limit.rlim_cur);
        return;
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
    double few = median(times[0], rounds), many = median(times[1], rounds);
    row("sample of a process with 10 descriptors", few, "ns", -1);
    row("sample with 19,000 descriptors against 10", many / few, "wall ratio", brief ? -1 : 2);
    close(hold[0]);
    close(hold[1]);
    for (int i = 0; i < 2; i++) {
        sampler_close(&samplers[i]);
        waitpid(children[i], NULL, 0);
    }
}

int main(int argc, char **argv)
{
    bool brief = argc > 1 && strcmp(argv[1], "--short") == 0;
    printf("%-58s %10s %-14s %s\n", "what", "value", "unit", "bound");
    bench_calls(brief);
    bench_variants(brief);
    bench_sampler(brief);
    return all_held ? 0 : 1;
}
