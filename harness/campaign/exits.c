/* Measures the table of exit paths: idiom by idiom, the cells of all paths that leave the process alive in
 * one run, and of each path that ends it in a run of its own. A cell has two witnesses: the ledger, whether a
 * call gave the resource back, and whoever wants it next. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "campaign/campaign.h"
#include "campaign/command.h"
#include "campaign/setup.h"
#include "campaign/summary.h"
#include "campaign/watch.h"
#include "oracle/exits.h"

/* One column while it is measured. */
struct column {
    const struct setup *setup;
    const struct exeunt_exits *table;
    struct exits *exits;
    struct exits_idiom *idiom;
    struct exeunt_job_site site; /* its folder is the column's own */
};

static uint64_t job_of(const struct column *column, size_t path, size_t resource)
{
    return path * column->exits->resource_count + resource;
}

static struct exits_cell *cell_of(const struct column *column, uint64_t job)
{
    size_t count = column->exits->resource_count;
    return &column->idiom->cells[job / count][job % count];
}

/* Whether the thread of that record has a lock that the operation took. Places beyond those in use are stale.
 */
static bool has_lock(const struct ledger_locks *locks, uint64_t operation)
{
    uint32_t used = locks->held_count;
    for (uint32_t i = 0; i < used && i < LEDGER_HELD_MAX; i++)
        if (locks->held[i].lock != 0 && locks->held[i].operation == operation)
            return true;
    return false;
}

/* Whether operation `operation` (encoded) still has something, in the ledger as it stands. */
static bool still_has(const struct ledger_view *view, uint64_t operation)
{
    const struct ledger *ledger = view->ledger;
    bool has = false;
    for (uint32_t fd = 0; fd < view->fd_count; fd++) {
        uint64_t holder = ledger->fds[fd].holder;
        has |= (holder & LEDGER_FD_OPEN) != 0 && (holder & LEDGER_OPERATION_MASK) == operation;
    }
    for (size_t i = 0; i < LEDGER_RESOURCES_MAX; i++)
        has |=
            ledger->resources[i].state == LEDGER_RESOURCE_HELD && ledger->resources[i].operation == operation;
    for (size_t i = 0; i < LEDGER_TEMPS_MAX; i++)
        has |= ledger->temps[i].state == LEDGER_TEMP_HELD && ledger->temps[i].operation == operation;
    for (size_t i = 0; i < LEDGER_THREADS_MAX; i++)
        has |= has_lock(&ledger->locks[i], operation);
    return has;
}

/* Whether operation `operation` ended and left something: that was an event. All of them are still there. */
static bool left_something(const struct ledger_view *view, uint64_t operation)
{
    struct ledger_view again = *view;
    struct ledger_event event;
    uint64_t lost = 0;
    again.events_read = 0;
    while (ledger_next_event(&again, &event, &lost)) {
        bool left =
            event.kind == LEDGER_LEAK || event.kind == LEDGER_LOCK_LEFT || event.kind == LEDGER_RESOURCE_LEAK;
        if (left && event.operation == operation)
            return true;
    }
    return false;
}

/* Enters the cell of a job whose status is known: 0, -EBUSY, or else it was not measured. */
static void enter(const struct column *column, const struct ledger_view *view, uint64_t job, int status,
                  bool process_ended)
{
    uint64_t block = EXEUNT_EXITS_BLOCKS + job + 1; /* as the ledger writes it */
    const struct exits_seen seen = {.process_ended = process_ended,
                                    .held = still_has(view, block) || left_something(view, block),
                                    .left = status == -EBUSY};
    if (status == 0 || status == -EBUSY)
        cell_of(column, job)->outcome = exits_outcome_of(&seen);
}

static bool is_interrupted(const struct column *column)
{
    const volatile int *interrupted = column->setup->options->interrupted;
    return interrupted != NULL && *interrupted != 0;
}

/* Runs `count` jobs from `first` on; the watch is the caller's to end. */
static int run_jobs(const struct column *column, uint64_t first, uint64_t count, struct watch *watch,
                    struct error *error)
{
    const struct setup *setup = column->setup;
    int failed = watch_begin(setup, column->idiom->name, (uint32_t)setup->options->limit_fds, watch, error);
    if (failed != 0)
        return failed;
    const struct command_job job = {.variant = column->idiom->name,
                                    .folder = column->site.folder,
                                    .workers = 1,
                                    .first = first,
                                    .operations = count};
    struct command command;
    command_build(setup, &job, &command);
    watch->operations = 2 * count; /* a job, and the block in it that is left */
    watch->ledger.ledger->watch_temps = 1;
    struct supervise_options supervised = {.path = command.arguments[0], .arguments = command.arguments};
    failed = watch_run(watch, &supervised, error);
    if (failed == 0 && watch->ledger.ledger->temps_unrecorded != 0)
        failed =
            error_not_done(error, -ENAMETOOLONG,
                           "the path of the work folder '%s' is too long to watch temporary files in: set "
                           "TMPDIR to a shorter one",
                           column->site.folder);
    if (failed != 0)
        watch_end(watch);
    return failed;
}

/* Says why cells are not known, if the run had nothing to do with that. */
static int not_measured(const struct column *column, const struct watch *watch, const char *what,
                        struct error *error)
{
    const struct supervise_outcome *outcome = &watch->outcome;
    if (is_interrupted(column))
        return 0;
    return error_not_done(error, -ECHILD,
                          "'%s' was not measured to its end: %s: %s (exit status %d, signal %d)%s%s",
                          column->idiom->name, what, ended_name(outcome->ended), outcome->exit_status,
                          outcome->signal, outcome->last_words[0] != '\0' ? ": " : "", outcome->last_words);
}

/* All paths before `end`, in one process, which survives them. */
static int measure_surviving(const struct column *column, size_t end, struct error *error)
{
    struct watch watch;
    uint64_t jobs = job_of(column, end, 0);
    int failed = run_jobs(column, 0, jobs, &watch, error);
    if (failed != 0)
        return failed;
    const struct ledger_operation *done = watch.ledger.ledger->operations;
    for (uint64_t job = 0; job < jobs; job++)
        if (done[job].state == LEDGER_OPERATION_ENDED)
            enter(column, &watch.ledger, job, done[job].status, false);
    if (watch.outcome.ended != ENDED_COMPLETED)
        failed = not_measured(column, &watch, "the process did not survive", error);
    watch_end(&watch);
    return failed;
}

/* One path that ends the process: what is left, is asked from here. */
static int measure_ending(const struct column *column, size_t path, struct error *error)
{
    const struct exeunt_exit_path *expected = &column->table->paths[path];
    struct watch watch;
    int failed = run_jobs(column, job_of(column, path, 0), 1, &watch, error);
    if (failed != 0)
        return failed;
    const struct supervise_outcome *outcome = &watch.outcome;
    bool as_expected = outcome->exit_status == expected->exit_status && outcome->signal == expected->signal &&
                       outcome->ended != ENDED_HANG;
    for (size_t i = 0; as_expected && i < column->exits->resource_count; i++) {
        uint64_t job = job_of(column, path, i);
        enter(column, &watch.ledger, job, column->table->look(&column->site, job), true);
    }
    if (!as_expected)
        failed = not_measured(column, &watch, expected->name, error);
    watch_end(&watch);
    return failed;
}

static int measure_column(const struct column *column, struct error *error)
{
    const struct exeunt_exit_path *paths = column->table->paths;
    size_t path = 0;
    while (path < column->exits->path_count && !paths[path].ends_process)
        path++;
    int failed = measure_surviving(column, path, error);
    for (; path < column->exits->path_count && failed == 0 && !is_interrupted(column); path++)
        failed = measure_ending(column, path, error);
    return failed;
}

static void fill_promises(const struct column *column)
{
    for (size_t path = 0; path < column->exits->path_count; path++)
        for (size_t i = 0; i < column->exits->resource_count; i++)
            column->idiom->cells[path][i].promised =
                column->table->runs(column->idiom->name, path) ||
                (column->table->paths[path].ends_process && column->table->resources[i].reclaimed);
}

static int begin_column(const struct setup *setup, struct exits *exits, const struct exeunt_variant *variant,
                        struct error *error)
{
    char folder[PATH_MAX];
    struct exits_idiom *idiom = &exits->idioms[exits->idiom_count++];
    *idiom = (struct exits_idiom){.control = variant->leaks};
    snprintf(idiom->name, sizeof idiom->name, "%s", variant->name);
    struct column column = {.setup = setup,
                            .table = setup->options->workload->exits,
                            .exits = exits,
                            .idiom = idiom,
                            .site = setup->site};
    fill_promises(&column);
    if (is_interrupted(&column))
        return 0;
    if (snprintf(folder, sizeof folder, "%s/%s", setup->folder, idiom->name) >= PATH_MAX ||
        mkdir(folder, 0700) != 0)
        return error_not_done(error, -errno, "cannot make the work folder '%.200s/%s': %s", setup->folder,
                              idiom->name, strerror(errno));
    column.site.folder = folder;
    return measure_column(&column, error);
}

static void name_rows(const struct exeunt_exits *table, struct exits *exits)
{
    for (const struct exeunt_exit_path *path = table->paths; path->name != NULL; path++)
        snprintf(exits->paths[exits->path_count++], EXITS_NAME_MAX, "%s", path->name);
    for (const struct exeunt_exit_resource *resource = table->resources; resource->name != NULL; resource++)
        snprintf(exits->resources[exits->resource_count++], EXITS_NAME_MAX, "%s", resource->name);
}

static int measure_all(const struct setup *setup, struct result *result, struct error *error)
{
    const struct campaign_options *options = setup->options;
    const struct exeunt_variant *variant = options->workload->variants;
    struct exits *exits = result->exits = calloc(1, sizeof *exits);
    if (exits == NULL)
        return error_not_done(error, -ENOMEM, "out of memory");
    name_rows(options->workload->exits, exits);
    int failed = 0;
    for (; variant->name != NULL && failed == 0; variant++)
        if (options->variant == NULL || options->variant == variant)
            failed = begin_column(setup, exits, variant, error);
    if (failed == 0)
        exits_judge(result);
    return failed;
}

/* What would make it another table. */
static int check_options(const struct campaign_options *options, struct error *error)
{
    const char *unfit = options->faults != NULL    ? "--faults"
                        : options->operations != 0 ? "--operations"
                        : options->for_ns != 0     ? "--for"
                                                   : NULL;
    if (unfit == NULL)
        return 0;
    return error_usage(error,
                       "%s means nothing to '%s', which measures each exit path once and without faults",
                       unfit, options->workload->name);
}

int campaign_exits(const struct campaign_options *options, struct result *out, struct error *error)
{
    struct campaign_options alone = *options;
    struct setup setup;
    alone.workers = 1;
    int failed = check_options(options, error);
    if (failed == 0)
        failed = setup_open(&alone, &setup, error);
    if (failed != 0)
        return failed;
    struct result result = {0};
    failed = summary_begin(&setup, options->variant == NULL, &result, error);
    if (failed == 0)
        failed = measure_all(&setup, &result, error);
    setup_close(&setup, result.leftover, sizeof result.leftover);
    if (failed != 0) {
        result_clear(&result);
        return failed;
    }
    *out = result;
    return 0;
}
