/* What became of the same subject from night to night: a night is a day of UTC. */
#include <stdlib.h>

#include "store/run.h"

/* The options of a workload's sweep begin with its name, those of a program's with a dash. */
#define SWEEP_SUBJECT "iif(options glob '[a-z]*', 'sweep ', 'sweep -- ') || line"

static int add_night(struct query *query, struct store_trend *trend)
{
    struct store_night *list = realloc(trend->nights, (trend->night_count + 1) * sizeof *list);
    if (list == NULL)
        return database_failed(query->store, SQLITE_NOMEM, query->error);
    trend->nights = list;
    struct store_night *night = &list[trend->night_count++];
    *night = (struct store_night){.runs = 0};
    query_take_text(query, night->subject, sizeof night->subject);
    query_take_text(query, night->day, sizeof night->day);
    night->runs = query_take_number(query);
    night->operations = query_take_number(query);
    night->faults = query_take_number(query);
    night->leaked = query_take_number(query);
    night->findings = query_take_number(query);
    night->duration_ms = query_take_number(query);
    night->emfile_operation = query_take_number(query);
    night->points = query_take_number(query);
    night->contexts = query_take_number(query);
    night->contexts_failed = query_take_number(query);
    return query->failed;
}

/* Of a sweep each run with a fault is an operation, and has one. */
static int load_nights(struct store *store, struct store_trend *trend, struct error *error)
{
    static const char sql[] =
        "select subject, coalesce(date(started_s, 'unixepoch'), '?') as day, count(*), sum(operations),"
        " sum(faults), sum(leaked), sum(findings), sum(duration_ms), coalesce(min(emfile_operation), 0),"
        " max(points), max(contexts), max(contexts_failed) from ("
        "select case name when '' then workload else workload || '/' || name end as subject,"
        " started_s, operations, faults, leaked,"
        " (select count(*) from broken where broken.run = variant.run and broken.position = variant.position)"
        " as findings, duration_ms, emfile_operation, points, 0 as contexts, 0 as contexts_failed"
        " from variant join run on run.id = variant.run"
        " union all select " SWEEP_SUBJECT ", started_s, runs, runs, 0,"
        " (select count(*) from finding where finding.run = run.id and suppressed = ''"
        " and kind != 'unreleased'), wall_ms, null,"
        " (select count(*) from point where point.run = run.id and failed > 0),"
        " contexts, (select sum(failed) from point where point.run = run.id)"
        " from sweep join run on run.id = sweep.run) group by subject, day order by subject, day";
    EXEUNT_GUARD(query, query, query_make(store, sql, error));
    int row, failed = 0;
    while (failed == 0 && (row = query_step(&query)) != 0)
        failed = row < 0 ? row : add_night(&query, trend);
    return failed;
}

static int add_history(struct query *query, struct store_trend *trend)
{
    struct store_history *list = realloc(trend->histories, (trend->history_count + 1) * sizeof *list);
    if (list == NULL)
        return database_failed(query->store, SQLITE_NOMEM, query->error);
    trend->histories = list;
    struct store_history *history = &list[trend->history_count++];
    *history = (struct store_history){.runs = 0};
    query_take_text(query, history->subject, sizeof history->subject);
    query_take_text(query, history->kind, sizeof history->kind);
    query_take_text(query, history->place, sizeof history->place);
    query_take_text(query, history->point, sizeof history->point);
    history->signature = query_take_number(query);
    query_take_text(query, history->first, sizeof history->first);
    query_take_text(query, history->last, sizeof history->last);
    history->runs = query_take_number(query);
    return query->failed;
}

static int load_histories(struct store *store, struct store_trend *trend, struct error *error)
{
    static const char sql[] = "select subject, kind, place, point, signature,"
                              " coalesce(date(min(started_s), 'unixepoch'), '?'),"
                              " coalesce(date(max(started_s), 'unixepoch'), '?'), count(distinct id) from ("
                              "select case name when '' then workload else workload || '/' || name end as "
                              "subject,"
                              " broken.kind as kind, taken_at as place, point, signature, started_s, run.id "
                              "as id"
                              " from broken join variant using (run, position) join run on run.id = "
                              "broken.run"
                              " union all select " SWEEP_SUBJECT ", finding.kind,"
                              " iif(taken_at = '', coalesce(failed_at, ''), taken_at), coalesce(point, ''),"
                              " signature, started_s, run.id"
                              " from finding join run on run.id = finding.run"
                              " left join fault on fault.finding = finding.id and fault.position = 0"
                              " where suppressed = '' and finding.kind != 'unreleased')"
                              " group by subject, kind, signature order by subject, max(started_s) desc, "
                              "kind, place";
    EXEUNT_GUARD(query, query, query_make(store, sql, error));
    int row, failed = 0;
    while (failed == 0 && (row = query_step(&query)) != 0)
        failed = row < 0 ? row : add_history(&query, trend);
    return failed;
}

int store_load_trend(struct store *store, struct store_trend *out, struct error *error)
{
    struct store_trend trend = {.nights = NULL};
    int failed = load_nights(store, &trend, error);
    if (failed == 0)
        failed = load_histories(store, &trend, error);
    if (failed != 0)
        store_trend_clear(&trend);
    else
        *out = trend;
    return failed;
}

void store_trend_clear(struct store_trend *trend)
{
    free(trend->nights);
    free(trend->histories);
    *trend = (struct store_trend){.nights = NULL};
}
