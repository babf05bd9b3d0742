/* What became of the same subject from day to day, of UTC. */
#include <stdlib.h>

#include "store/broken.h"
#include "store/run.h"

#define DAY "coalesce(date(started_s, 'unixepoch'), '?')"

static int add_day(struct query *query, struct store_trend *trend)
{
    struct store_day *list = realloc(trend->days, (trend->day_count + 1) * sizeof *list);
    if (list == NULL)
        return database_failed(query->store, SQLITE_NOMEM, query->error);
    trend->days = list;
    struct store_day *day = &list[trend->day_count++];
    *day = (struct store_day){.runs = 0};
    query_take_text(query, day->subject, sizeof day->subject);
    query_take_text(query, day->day, sizeof day->day);
    day->runs = query_take_number(query);
    day->operations = query_take_number(query);
    day->faults = query_take_number(query);
    day->leaked_known = query_is_known(query);
    day->leaked = query_take_number(query);
    day->duration_ms = query_take_number(query);
    day->emfile_operation = query_take_number(query);
    day->points = query_take_number(query);
    day->contexts = query_take_number(query);
    day->contexts_failed = query_take_number(query);
    day->findings = query_take_number(query);
    return query->failed;
}

/* Of a sweep each run with a fault is an operation, and has one. What several runs of a day found is one
 * finding, as in the histories. */
static int load_days(struct store *store, struct store_trend *trend, struct error *error)
{
    static const char sql[] =
        "with found as (select subject, " DAY " as day, count(distinct kind || signature) as findings"
        " from (" BROKEN ") group by 1, 2),"
        " days as (select subject, " DAY " as day, count(*), sum(operations),"
        " sum(faults), sum(leaked), sum(duration_ms), coalesce(min(emfile_operation), 0),"
        " max(points), max(contexts), max(contexts_failed) from ("
        "select " VARIANT_SUBJECT " as subject, started_s, operations, faults, leaked,"
        " duration_ms, emfile_operation, points, 0 as contexts, 0 as contexts_failed"
        " from variant join run on run.id = variant.run"
        " union all select " SWEEP_SUBJECT ", started_s, runs, runs,"
        " (select count from outcome where outcome.run = run.id and outcome.kind = 'leak'), wall_ms, null,"
        " (select count(*) from point where point.run = run.id and failed > 0),"
        " contexts, (select sum(failed) from point where point.run = run.id)"
        " from sweep join run on run.id = sweep.run) group by 1, 2)"
        " select days.*, coalesce(findings, 0) from days left join found using (subject, day)"
        " order by subject, day";
    EXEUNT_GUARD(query, query, query_make(store, sql, error));
    int row, failed = 0;
    while (failed == 0 && (row = query_step(&query)) != 0)
        failed = row < 0 ? row : add_day(&query, trend);
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
    static const char sql[] =
        "select subject, kind, place, point, signature,"
        " coalesce(date(min(started_s), 'unixepoch'), '?'),"
        " coalesce(date(max(started_s), 'unixepoch'), '?'), count(distinct id) from (" BROKEN ")"
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
    struct store_trend trend = {.days = NULL};
    int failed = load_days(store, &trend, error);
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
    free(trend->days);
    free(trend->histories);
    *trend = (struct store_trend){.days = NULL};
}
