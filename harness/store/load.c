/* Loads sweeps. What is read may be anybody's: names and numbers are checked, not trusted. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/profile.h"
#include "store/run.h"

typedef const char *name_of(unsigned value);

/* The value of an enum by its name; -EBADMSG with the query's error if none has it. */
static int find_name(struct query *query, const char *text, name_of *name, unsigned count, unsigned *out)
{
    for (unsigned value = 0; value < count; value++) {
        if (strcmp(name(value), text) != 0)
            continue;
        *out = value;
        return 0;
    }
    return database_damaged(query->store, "a name in it is not known", query->error);
}

/* As find_name, of the name in the next column. */
static int take_name(struct query *query, name_of *name, unsigned count, unsigned *out)
{
    char text[32];
    query_take_text(query, text, sizeof text);
    return find_name(query, text, name, count, out);
}

static const char *kind_name(unsigned kind)
{
    return sweep_kind_name(kind);
}

static const char *mode_name(unsigned mode)
{
    return sweep_mode_name(mode);
}

static const char *severity_name(unsigned severity)
{
    return sweep_severity_name(severity);
}

static int load_faults(struct store *store, struct sweep_finding *finding, struct error *error)
{
    EXEUNT_GUARD(query, query,
                 query_make(store,
                            "select point, error, coordinate, failed_at from fault where finding = ?"
                            " order by position limit 2",
                            error));
    query_put_number(&query, finding->id);
    struct sweep_fault *fault = finding->faults;
    int row;
    while ((row = query_step(&query)) > 0) {
        query_take_text(&query, fault->point, sizeof fault->point);
        fault->error = (int)query_take_number(&query);
        query_take_text(&query, fault->coordinate, sizeof fault->coordinate);
        query_take_text(&query, fault->failed_at, sizeof fault->failed_at);
        fault++;
    }
    return row;
}

static int load_frames(struct store *store, struct sweep_finding *finding, struct error *error)
{
    EXEUNT_GUARD(
        query, query,
        query_make(store, "select place from frame where finding = ? order by position limit ?", error));
    EXEUNT_GUARD(memory, stack, calloc(SWEEP_STACK_MAX, sizeof *finding->stack));
    if (stack == NULL)
        return database_failed(store, SQLITE_NOMEM, error);
    char(*places)[RESULT_PLACE_MAX] = stack;
    query_put_number(&query, finding->id);
    query_put_number(&query, SWEEP_STACK_MAX);
    size_t depth = 0;
    int row;
    while ((row = query_step(&query)) > 0)
        query_take_text(&query, places[depth++], sizeof *places);
    if (row == 0 && depth != 0) {
        finding->stack = EXEUNT_TAKE(memory, stack);
        finding->stack_depth = depth;
    }
    return row;
}

#define FINDING_COLUMNS                                                                                      \
    " finding.kind, severity, mode, finding.id, resource, signature, count, taken_at, detail, replays,"      \
    " reproduced, suppressed, breaks "

/* The columns above; what stands in other tables is still missing. */
static int take_row(struct query *query, struct sweep_finding *out)
{
    unsigned kind = 0, severity = 0, mode = 0;
    int failed = take_name(query, kind_name, SWEEP_KINDS, &kind);
    if (failed == 0)
        failed = take_name(query, severity_name, SWEEP_SEVERITIES, &severity);
    if (failed == 0)
        failed = take_name(query, mode_name, SWEEP_MODES, &mode);
    if (failed != 0)
        return failed;
    *out = (struct sweep_finding){.kind = kind, .severity = severity, .mode = mode};
    out->id = query_take_number(query);
    query_take_text(query, out->resource, sizeof out->resource);
    out->signature = query_take_number(query);
    out->count = query_take_number(query);
    query_take_text(query, out->taken_at, sizeof out->taken_at);
    query_take_text(query, out->detail, sizeof out->detail);
    out->replays = (unsigned)query_take_number(query);
    out->reproduced = (unsigned)query_take_number(query);
    query_take_text(query, out->suppressed, sizeof out->suppressed);
    out->breaks = query_take_number(query) != 0;
    return query->failed;
}

static int load_rest(struct store *store, struct sweep_finding *finding, struct error *error)
{
    int failed = load_faults(store, finding, error);
    return failed != 0 ? failed : load_frames(store, finding, error);
}

static int no_finding(struct store *store, uint64_t id, struct error *error)
{
    uint64_t count = 0;
    EXEUNT_GUARD(query, query, query_make(store, "select count(*) from finding", error));
    int failed = query_number(&query, &count);
    if (failed != 0)
        return failed;
    return error_usage(error,
                       "there is no finding %llu in '%s', which holds %llu: see their numbers in the report",
                       (unsigned long long)id, store->path, (unsigned long long)count);
}

/* Each is saved with one, even if it is of the run without faults. */
static int check_fault(struct store *store, const struct sweep_finding *finding, struct error *error)
{
    uint64_t count = 0;
    EXEUNT_GUARD(query, query, query_make(store, "select count(*) from fault where finding = ?", error));
    query_put_number(&query, finding->id);
    int failed = query_number(&query, &count);
    if (failed == 0 && count == 0)
        failed = database_damaged(store, "a finding in it has lost its fault", error);
    return failed;
}

int store_load_finding(struct store *store, uint64_t id, struct sweep_finding *finding, struct store_run *run,
                       struct error *error)
{
    EXEUNT_GUARD(query, query,
                 query_make(store,
                            "select" FINDING_COLUMNS "," RUN_COLUMNS
                            "from finding join run on run.id = finding.run where finding.id = ?",
                            error));
    query_put_number(&query, id);
    int row = query_step(&query);
    if (row <= 0)
        return row < 0 ? row : no_finding(store, id, error);
    struct sweep_finding found;
    int failed = take_row(&query, &found);
    if (failed == 0)
        failed = check_fault(store, &found, error);
    if (failed == 0)
        failed = load_rest(store, &found, error);
    if (failed != 0)
        return failed;
    failed = run_take(&query, run);
    if (failed != 0)
        free(found.stack);
    else
        *finding = found;
    return failed;
}

static int add_finding(struct query *query, struct sweep_result *sweep)
{
    struct sweep_finding *list = realloc(sweep->findings, (sweep->finding_count + 1) * sizeof *list);
    if (list == NULL)
        return database_failed(query->store, SQLITE_NOMEM, query->error);
    sweep->findings = list;
    struct sweep_finding *added = &list[sweep->finding_count];
    int failed = take_row(query, added);
    if (failed != 0)
        return failed;
    sweep->finding_count++;
    return load_rest(query->store, added, query->error);
}

static int load_findings(struct store *store, uint64_t run, struct sweep_result *sweep, struct error *error)
{
    EXEUNT_GUARD(query, query,
                 query_make(store, "select" FINDING_COLUMNS "from finding where run = ?", error));
    query_put_number(&query, run);
    int row, failed = 0;
    while (failed == 0 && (row = query_step(&query)) != 0)
        failed = row < 0 ? row : add_finding(&query, sweep);
    if (sweep->finding_count > 1)
        qsort(sweep->findings, sweep->finding_count, sizeof *sweep->findings, sweep_worst_first);
    return failed;
}

static int load_points(struct store *store, uint64_t run, struct sweep_result *sweep, struct error *error)
{
    EXEUNT_GUARD(query, query,
                 query_make(store,
                            "select name, calls, contexts, failed from point where run = ? order by position"
                            " limit ?",
                            error));
    sweep->points = calloc(PLAN_POINTS_MAX, sizeof *sweep->points);
    if (sweep->points == NULL)
        return database_failed(store, SQLITE_NOMEM, error);
    query_put_number(&query, run);
    query_put_number(&query, PLAN_POINTS_MAX);
    int row;
    while ((row = query_step(&query)) > 0) {
        struct sweep_point *point = &sweep->points[sweep->point_count++];
        query_take_text(&query, point->name, sizeof point->name);
        point->calls = query_take_number(&query);
        point->contexts = query_take_number(&query);
        point->failed = query_take_number(&query);
    }
    return row;
}

static int load_coverage(struct store *store, uint64_t run, struct sweep_result *sweep, struct error *error)
{
    enum { ROWS_MAX = PLAN_POINTS_MAX * FAULT_ERRNOS_MAX };
    EXEUNT_GUARD(query, query,
                 query_make(store,
                            "select point, error, reached, failed from coverage where run = ?"
                            " order by position limit ?",
                            error));
    sweep->coverage = calloc(ROWS_MAX, sizeof *sweep->coverage);
    if (sweep->coverage == NULL)
        return database_failed(store, SQLITE_NOMEM, error);
    query_put_number(&query, run);
    query_put_number(&query, ROWS_MAX);
    int row;
    while ((row = query_step(&query)) > 0) {
        struct sweep_coverage *covered = &sweep->coverage[sweep->coverage_count++];
        query_take_text(&query, covered->point, sizeof covered->point);
        covered->error = (int)query_take_number(&query);
        covered->reached = query_take_number(&query) != 0;
        covered->failed = query_take_number(&query);
    }
    return row;
}

/* Of a sweep that is not complete, the totals that it may have left are older than what it did last. */
static int load_outcomes(struct store *store, const struct store_run *run, struct sweep_result *sweep,
                         struct error *error)
{
    EXEUNT_GUARD(query, query,
                 query_make(store,
                            run->complete ? "select kind, count from outcome where run = ?"
                                          : "select outcome, count(*) from done where run = ? group by 1",
                            error));
    query_put_number(&query, run->id);
    uint64_t sum = 0;
    int row, failed = 0;
    while (failed == 0 && (row = query_step(&query)) != 0) {
        unsigned kind = 0;
        failed = row < 0 ? row : take_name(&query, kind_name, SWEEP_OUTCOMES, &kind);
        if (failed == 0)
            sum += sweep->outcomes[kind] = query_take_number(&query);
    }
    if (!run->complete)
        sweep->runs = sum;
    return failed;
}

static int take_fail_on(struct query *query, unsigned *out)
{
    char text[STORE_KINDS_MAX], *rest = text;
    int failed = 0;
    query_take_text(query, text, sizeof text);
    while (failed == 0 && rest != NULL && rest[0] != '\0') {
        unsigned kind = 0;
        failed = find_name(query, strsep(&rest, ","), kind_name, SWEEP_KINDS, &kind);
        *out |= 1u << kind;
    }
    return failed;
}

static int load_totals(struct store *store, uint64_t run, struct sweep_result *sweep, struct error *error)
{
    EXEUNT_GUARD(
        query, query,
        query_make(
            store,
            "select wall_ms, contexts, calls, runs, planned, steady_status, by_server, note,"
            " interrupted, exit_status, sentence, control, processes, fail_on from sweep where run = ?",
            error));
    query_put_number(&query, run);
    int row = query_step(&query);
    if (row <= 0)
        return row;
    sweep->wall_ms = query_take_number(&query);
    sweep->contexts = query_take_number(&query);
    sweep->calls = query_take_number(&query);
    sweep->runs = query_take_number(&query);
    sweep->planned = query_take_number(&query);
    sweep->steady_status = (int)query_take_number(&query);
    sweep->by_server = query_take_number(&query) != 0;
    query_take_text(&query, sweep->note, sizeof sweep->note);
    sweep->interrupted = query_take_number(&query) != 0;
    uint64_t status = query_take_number(&query);
    query_take_text(&query, sweep->sentence, sizeof sweep->sentence);
    sweep->control = query_take_number(&query) != 0;
    sweep->processes = query_take_number(&query);
    if (status > EXIT_CONTROL_MISSED)
        return database_damaged(store, "an exit status in it is not known", error);
    sweep->exit_status = (enum exit_status)status;
    int failed = take_fail_on(&query, &sweep->fail_on);
    return failed != 0 ? failed : query.failed;
}

/* Of a workload's sweep the line is WORKLOAD/VARIANT. */
static void take_variant(const struct store_run *run, struct sweep_result *sweep)
{
    size_t length = strcspn(run->line, "/");
    snprintf(sweep->workload, sizeof sweep->workload, "%.*s", (int)length, run->line);
    snprintf(sweep->variant, sizeof sweep->variant, "%s", run->line + length + (run->line[length] != '\0'));
}

/* What table run knows is what the sweep began with. */
static int take_beginning(struct store *store, const struct store_run *run, struct sweep_result *sweep,
                          struct error *error)
{
    sweep->seed = run->seed;
    sweep->started_s = run->started_s;
    if (!store_run_is_of_program(run))
        take_variant(run, sweep);
    sweep->line = strdup(run->line);
    sweep->command = run_copy_words(run->command);
    return sweep->line != NULL && sweep->command != NULL ? 0 : database_failed(store, SQLITE_NOMEM, error);
}

static int load_sweep(struct store *store, uint64_t id, struct sweep_result *sweep, struct store_run *run,
                      struct error *error)
{
    int failed = run_find(store, "sweep", id, run, error);
    if (failed == 0)
        failed = take_beginning(store, run, sweep, error);
    if (failed == 0)
        failed = load_totals(store, run->id, sweep, error);
    if (failed == 0)
        failed = load_outcomes(store, run, sweep, error);
    if (failed == 0)
        failed = load_points(store, run->id, sweep, error);
    if (failed == 0)
        failed = load_coverage(store, run->id, sweep, error);
    return failed != 0 ? failed : load_findings(store, run->id, sweep, error);
}

int store_load_sweep(struct store *store, uint64_t id, struct sweep_result *sweep, struct store_run *run,
                     struct error *error)
{
    struct sweep_result loaded = {0};
    struct store_run loaded_run = {0};
    int failed = load_sweep(store, id, &loaded, &loaded_run, error);
    if (failed != 0) {
        sweep_result_clear(&loaded);
        store_run_clear(&loaded_run);
        return failed;
    }
    if (store->lost[0] != '\0')
        snprintf(loaded.note, sizeof loaded.note,
                 "the file of results is damaged: something of table %s is missing", store->lost);
    *sweep = loaded;
    *run = loaded_run;
    return 0;
}
