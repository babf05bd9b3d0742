/* Decides what is kept of the nights of stress. */
#include <errno.h>
#include <stdlib.h>

#include "store/broken.h"
#include "store/query.h"

int store_begin_night(struct store *store, struct store_night *night, struct error *error)
{
    EXEUNT_GUARD(
        query, insert,
        query_make(store,
                   "insert into night (campaign, folder, seed, for_ms, started_s, spent_ms, round,"
                   " line, done, findings, status, complete) values (?, ?, ?, ?, ?, 0, 1, 0, 0, 0, 0, 0)"
                   " returning id",
                   error));
    query_put_text(&insert, night->campaign);
    query_put_text(&insert, night->folder);
    query_put_number(&insert, night->seed);
    query_put_number(&insert, night->for_ms);
    query_put_number(&insert, night->started_s);
    return query_number(&insert, &night->id);
}

int store_save_night(struct store *store, const struct store_night *night, struct error *error)
{
    EXEUNT_GUARD(
        query, save,
        query_make(store,
                   "update night set spent_ms = ?, round = ?, line = ?, done = ?, findings = ?, status = ?,"
                   " complete = ? where id = ?",
                   error));
    query_put_number(&save, night->spent_ms);
    query_put_number(&save, night->round);
    query_put_number(&save, night->line);
    query_put_number(&save, night->done);
    query_put_number(&save, night->findings);
    query_put_number(&save, night->status);
    query_put_number(&save, night->complete);
    query_put_number(&save, night->id);
    return query_run(&save);
}

static int take_night(struct query *query, struct store_night *out)
{
    struct store_night night = {.id = query_take_number(query)};
    night.campaign = query_take_copy(query);
    night.folder = query_take_copy(query);
    night.seed = query_take_number(query);
    night.for_ms = query_take_number(query);
    night.started_s = query_take_number(query);
    night.spent_ms = query_take_number(query);
    night.round = query_take_number(query);
    night.line = query_take_number(query);
    night.done = query_take_number(query);
    night.findings = query_take_number(query);
    uint64_t status = query_take_number(query);
    night.complete = query_take_number(query) != 0;
    int failed = query->failed;
    if (failed == 0 && (status > EXIT_CONTROL_MISSED || status == EXIT_USAGE))
        failed = database_damaged(query->store, "the exit status of a night in it is none", query->error);
    night.status = (enum exit_status)status;
    if (failed != 0)
        store_night_clear(&night);
    *out = night;
    return failed;
}

int store_last_night(struct store *store, struct store_night *out, struct error *error)
{
    EXEUNT_GUARD(
        query, query,
        query_make(store,
                   "select id, campaign, folder, seed, for_ms, started_s, spent_ms, round, line, done,"
                   " findings, status, complete from night order by id desc limit 1",
                   error));
    int row = query_step(&query);
    *out = (struct store_night){.id = 0};
    return row <= 0 ? row : take_night(&query, out);
}

void store_night_clear(struct store_night *night)
{
    free(night->campaign);
    free(night->folder);
    *night = (struct store_night){.id = 0};
}

int store_keep_nights(struct store *store, uint64_t keep, struct error *error)
{
    EXEUNT_GUARD(query, drop,
                 query_make(store,
                            "delete from night where id not in (select id from night order by id desc"
                            " limit ?)",
                            error));
    query_put_number(&drop, keep);
    return query_run(&drop);
}

int store_thin_night(struct store *store, uint64_t night, struct error *error)
{
    EXEUNT_GUARD(query, drop,
                 query_make(store,
                            "delete from document where run in (select id from run where night = ?1)"
                            " and run not in (select max(run) from variant join run on run.id = run"
                            " where night = ?1 group by workload)"
                            " and run not in (select min(id) from (" BROKEN ") where night = ?1"
                            " and not expected group by subject, kind, signature)",
                            error));
    query_put_number(&drop, night);
    return query_run(&drop);
}
