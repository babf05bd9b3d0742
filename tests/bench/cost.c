/* Rows are kinds of calls at 1 and 2 threads, columns the ways to run them. Instructions are counted and
 * judged; times are interleaved, column by column within each repetition, printed as ratios to the bare run
 * of the same repetition, and judged where the row has a bound. */
#include "cost.h"

#include <stdio.h>
#include <string.h>

#include "column.h"
#include "table.h"

enum { REPETITIONS = 9, KINDS = 4, THREAD_COUNTS = 2 };

static const struct kind {
    const char *name, *title;
    long rounds;
    double idle_bound, armed_bound; /* instructions over bare; below 0: none */
    double time_bound;              /* of the idle one against bare, by one thread; below 0: none */
    unsigned served;                /* by which columns: FOR_... */
} kinds[KINDS] = {
    {"open", "open+read+close", 200000, 140, 260, -1, FOR_CALLS},
    {"malloc", "malloc+free", 20000000, 12, 45, -1, FOR_CALLS},
    {"fwrite", "fwrite", 5000000, -1, -1, -1, FOR_CALLS},
    {"lock", "lock+unlock", 20000000, 75, 111, 1.6, FOR_LOCKS},
};

static bool is_measured(const struct kind *kind, const struct column *column)
{
    return (column->serves & kind->served) != 0 && column_is_here(column);
}

static double bound_of(const struct kind *kind, const struct column *column)
{
    if (strcmp(column->name, "exeunt idle") == 0)
        return kind->idle_bound;
    return strcmp(column->name, "exeunt armed") == 0 ? kind->armed_bound : -1;
}

static bool measure_instructions_of(json_t *into, const struct kind *kind, bool brief)
{
    bool held = true;
    double bare = column_instructions(column_at(COLUMN_BARE), kind->name);
    char name[96];
    snprintf(name, sizeof name, "%s, bare", kind->title);
    table_figure(into, name, bare, "instructions", -1);
    const struct column *column;
    for (unsigned i = 1; (column = column_at(i)) != NULL; i++) {
        if (!column->counts || !is_measured(kind, column) || (brief && !column->has_ledger))
            continue;
        snprintf(name, sizeof name, "%s, %s", kind->title, column->name);
        held &= table_figure(into, name, column_instructions(column, kind->name) - bare, "over bare",
                             bound_of(kind, column));
    }
    return held;
}

/* Nanoseconds of a round, by repetition. */
struct times {
    double ns[COLUMNS_MAX][THREAD_COUNTS][REPETITIONS];
};

static void measure_times(const struct kind *kind, struct times *out)
{
    const struct column *column;
    for (int repetition = 0; repetition < REPETITIONS; repetition++)
        for (unsigned i = 0; (column = column_at(i)) != NULL; i++)
            for (unsigned threads = 1; threads <= THREAD_COUNTS && is_measured(kind, column); threads++)
                out->ns[i][threads - 1][repetition] =
                    column_ns(column, kind->name, threads, kind->rounds / (long)threads);
}

/* Median over the repetitions of column's time over the bare one of the same repetition. */
static double ratio_to_bare(const struct times *times, unsigned column, unsigned threads)
{
    double ratios[REPETITIONS];
    for (int i = 0; i < REPETITIONS; i++)
        ratios[i] = times->ns[column][threads - 1][i] / times->ns[COLUMN_BARE][threads - 1][i];
    return table_median(ratios, REPETITIONS);
}

/* How two threads fare against one, against how they fare bare: 1 if the column adds no contention. */
static double contention(const struct times *times, unsigned column)
{
    double ratios[REPETITIONS];
    for (int i = 0; i < REPETITIONS; i++)
        ratios[i] = times->ns[column][1][i] / times->ns[column][0][i] /
                    (times->ns[COLUMN_BARE][1][i] / times->ns[COLUMN_BARE][0][i]);
    return table_median(ratios, REPETITIONS);
}

static bool print_times(json_t *into, const struct kind *kind, const struct times *times)
{
    const struct column *column;
    char name[96];
    bool held = true;
    for (unsigned i = 1; (column = column_at(i)) != NULL; i++) {
        if (!is_measured(kind, column))
            continue;
        for (unsigned threads = 1; threads <= THREAD_COUNTS; threads++) {
            snprintf(name, sizeof name, "%s, %s, %u thread%s", kind->title, column->name, threads,
                     threads > 1 ? "s" : "");
            bool judged = threads == 1 && i == COLUMN_IDLE;
            held &= table_figure(into, name, ratio_to_bare(times, i, threads), "x bare",
                                 judged ? kind->time_bound : -1);
        }
        snprintf(name, sizeof name, "%s, %s, 2 threads against 1", kind->title, column->name);
        table_figure(into, name, contention(times, i), "x bare's", column->has_ledger ? 1.1 : -1);
    }
    return held;
}

/* Eight threads that want one lock: what they get done, against bare. Interleaved as the times are. */
static bool measure_contended(json_t *into)
{
    enum { THREADS = 8, ROUNDS = 400000 };
    double ratios[REPETITIONS];
    for (int i = 0; i < REPETITIONS; i++) {
        double bare = column_ns(column_at(COLUMN_BARE), "contend", THREADS, ROUNDS);
        ratios[i] = column_ns(column_at(COLUMN_IDLE), "contend", THREADS, ROUNDS) / bare;
    }
    return table_figure(into, "a contended lock, exeunt idle, 8 threads", table_median(ratios, REPETITIONS),
                        "x bare", 1 / 0.9);
}

bool cost_measure(json_t *into, bool brief, bool locks_only)
{
    bool held = true;
    size_t first = 0;
    while (locks_only && kinds[first].served != FOR_LOCKS)
        first++;
    for (size_t i = first; i < KINDS; i++)
        held &= measure_instructions_of(into, &kinds[i], brief);
    for (size_t i = first; i < KINDS && !brief; i++) {
        struct times times;
        measure_times(&kinds[i], &times);
        held &= print_times(into, &kinds[i], &times);
    }
    if (!brief)
        held &= measure_contended(into);
    return held;
}
