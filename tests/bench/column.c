/* Each run of exeunt's needs a ledger of its own: the first process that comes claims it. */
#include "column.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faults.h"
#include "ledger/reader.h"
#include "measure.h"

#define FIU_FOLDER "/usr/lib/fiu/"
#define FIU_POSIX  FIU_FOLDER "fiu_posix_preload.so"
#define FIU_RUN    FIU_FOLDER "fiu_run_preload.so"
#define RARELY     "0.0001"

static const struct column columns[] = {
    {.name = "bare", .serves = FOR_ALL, .counts = true, .slowness = 1},
    {.name = "exeunt idle",
     .serves = FOR_ALL,
     .preload = BENCH_PRELOAD,
     .has_ledger = true,
     .counts = true,
     .slowness = 1},
    {.name = "exeunt armed",
     .serves = FOR_ALL,
     .preload = BENCH_PRELOAD,
     .has_ledger = true,
     .plan = "*@p=" RARELY,
     .counts = true,
     .slowness = 1},
    {.name = "libfiu idle", .serves = FOR_CALLS, .preload = FIU_POSIX, .counts = true, .slowness = 2},
    {.name = "libfiu armed",
     .serves = FOR_CALLS,
     .preload = FIU_RUN ":" FIU_POSIX,
     .enable = "enable_random name=*,probability=" RARELY,
     .counts = true,
     .slowness = 4},
    {.name = "strace inject",
     .serves = FOR_CALLS,
     .tool = {"strace", "-f", "-o", "/dev/null", "-e", "inject=openat,read,write,close:error=EIO:when=65535"},
     .slowness = 50},
    {.name = "valgrind fds",
     .serves = FOR_CALLS,
     .tool = {"valgrind", "-q", "--track-fds=yes", "--log-file=/dev/null"},
     .slowness = 50},
    {.name = "TSan", .serves = FOR_LOCKS, .program = BENCH_CALLS_TSAN, .slowness = 10},
    {.name = "helgrind",
     .serves = FOR_LOCKS,
     .tool = {"valgrind", "-q", "--tool=helgrind", "--log-file=/dev/null"},
     .slowness = 200},
    {.name = "drd",
     .serves = FOR_LOCKS,
     .tool = {"valgrind", "-q", "--tool=drd", "--log-file=/dev/null"},
     .slowness = 200},
};

const struct column *column_at(unsigned index)
{
    return index < sizeof columns / sizeof *columns ? &columns[index] : NULL;
}

bool column_is_here(const struct column *column)
{
    char command[128];
    if (column->tool[0] != NULL) {
        snprintf(command, sizeof command, "command -v %s >/dev/null", column->tool[0]);
        return system(command) == 0;
    }
    if (column->program != NULL)
        return access(column->program, X_OK) == 0;
    return column->preload == NULL || column->has_ledger || access(FIU_POSIX, R_OK) == 0;
}

static void make_ledger(const char *text, struct ledger_view *ledger, char *path, size_t size)
{
    const char *names[PLAN_POINTS_MAX];
    for (size_t i = 0; i < fault_point_count; i++)
        names[i] = fault_points[i].name;
    struct plan_points points = {.count = fault_point_count, .names = names};
    struct plan plan = {0};
    struct error error;
    if ((text != NULL && plan_parse(text, &points, 1, &plan, &error) != 0) ||
        ledger_create(1024, &plan, &points, ledger, &error) != 0) {
        fprintf(stderr, "bench: %s\n", error.text);
        exit(3);
    }
    ledger_path(ledger, path, size);
}

/* One run, measured by `measure`. */
static uint64_t run(const struct column *column, const char *kind, long rounds, unsigned threads,
                    uint64_t (*measure)(const struct measured *))
{
    char count[24], workers[8], path[64];
    struct measured measured = {.preload = column->preload, .enable = column->enable};
    struct ledger_view ledger = {.fd = -1};
    snprintf(count, sizeof count, "%ld", rounds);
    snprintf(workers, sizeof workers, "%u", threads);
    size_t used = 0;
    while (column->tool[used] != NULL) {
        measured.arguments[used] = column->tool[used];
        used++;
    }
    const char *command[] = {column->program != NULL ? column->program : BENCH_CALLS, kind, count, workers};
    memcpy(measured.arguments + used, command, sizeof command);
    if (column->has_ledger) {
        make_ledger(column->plan, &ledger, path, sizeof path);
        measured.ledger = path;
    }
    uint64_t value = measure(&measured);
    if (column->has_ledger && ledger.ledger->attached == 0) {
        fprintf(stderr, "bench: the preload did not attach\n");
        exit(3);
    }
    ledger_close(&ledger);
    return value;
}

/* To hundredths: how a program starts differs by some tens of instructions from run to run. */
double column_instructions(const struct column *column, const char *kind)
{
    enum { FEW = 1000, MANY = 11000 };
    uint64_t few = run(column, kind, FEW, 1, measure_instructions);
    uint64_t many = run(column, kind, MANY, 1, measure_instructions);
    return round(100.0 * (double)(many - few) / (MANY - FEW)) / 100;
}

double column_ns(const struct column *column, const char *kind, unsigned threads, long rounds)
{
    long many = rounds / column->slowness, few = many / 10;
    uint64_t less = run(column, kind, few, threads, measure_ns);
    uint64_t more = run(column, kind, many, threads, measure_ns);
    return ((double)more - (double)less) / (double)(many - few);
}
