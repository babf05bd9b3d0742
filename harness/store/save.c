/* Saves sweeps: each function is one transaction. */
#include <errno.h>
#include <stdio.h>

#include "store/run.h"

/* *id is the finding's: its own, that of the run's finding with its signature, or a new one. */
static int save_row(struct store *store, uint64_t run, const struct sweep_finding *finding, uint64_t *id,
                    struct error *error)
{
    static const char sql[] =
        "insert into finding (run, kind, severity, resource, signature, count, taken_at, mode, detail,"
        " replays, reproduced, suppressed, breaks, id)"
        " values (?1, ?, ?, ?, ?5, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(nullif(?, 0),"
        " (select id from finding where run = ?1 and signature = ?5)))"
        " on conflict (id) do update set kind = excluded.kind, severity = excluded.severity,"
        " resource = excluded.resource, signature = excluded.signature, count = excluded.count,"
        " taken_at = excluded.taken_at, mode = excluded.mode, detail = excluded.detail,"
        " replays = excluded.replays, reproduced = excluded.reproduced, suppressed = excluded.suppressed,"
        " breaks = excluded.breaks"
        " returning id";
    EXEUNT_GUARD(query, save, query_make(store, sql, error));
    query_put_number(&save, run);
    query_put_text(&save, sweep_kind_name(finding->kind));
    query_put_text(&save, sweep_severity_name(finding->severity));
    query_put_text(&save, finding->resource);
    query_put_number(&save, finding->signature);
    query_put_number(&save, finding->count);
    query_put_text(&save, finding->taken_at);
    query_put_text(&save, sweep_mode_name(finding->mode));
    query_put_text(&save, finding->detail);
    query_put_number(&save, finding->replays);
    query_put_number(&save, finding->reproduced);
    query_put_text(&save, finding->suppressed);
    query_put_number(&save, finding->breaks);
    query_put_number(&save, finding->id);
    return query_number(&save, id);
}

/* Runs a statement about all that belongs to `owner`, its one value. */
static int run_for(struct store *store, const char *sql, uint64_t owner, struct error *error)
{
    EXEUNT_GUARD(query, query, query_make(store, sql, error));
    query_put_number(&query, owner);
    return query_run(&query);
}

static int save_faults(struct store *store, uint64_t id, const struct sweep_finding *finding,
                       struct error *error)
{
    int failed = run_for(store, "delete from fault where finding = ?", id, error);
    if (failed != 0)
        return failed;
    EXEUNT_GUARD(query, save, query_make(store, "insert into fault values (?, ?, ?, ?, ?, ?)", error));
    size_t count = finding->mode == SWEEP_PAIR ? 2 : 1;
    for (size_t i = 0; failed == 0 && i < count; i++) {
        query_put_number(&save, id);
        query_put_number(&save, i);
        query_put_text(&save, finding->faults[i].point);
        query_put_number(&save, (uint64_t)finding->faults[i].error);
        query_put_text(&save, finding->faults[i].coordinate);
        query_put_text(&save, finding->faults[i].failed_at);
        failed = query_run(&save);
    }
    return failed;
}

static int save_frames(struct store *store, uint64_t id, const struct sweep_finding *finding,
                       struct error *error)
{
    int failed = run_for(store, "delete from frame where finding = ?", id, error);
    if (failed != 0)
        return failed;
    EXEUNT_GUARD(query, save, query_make(store, "insert into frame values (?, ?, ?)", error));
    for (size_t i = 0; failed == 0 && i < finding->stack_depth; i++) {
        query_put_number(&save, id);
        query_put_number(&save, i);
        query_put_text(&save, finding->stack[i]);
        failed = query_run(&save);
    }
    return failed;
}

int store_save_finding(struct store *store, uint64_t run, struct sweep_finding *finding, struct error *error)
{
    EXEUNT_GUARD(transaction, transaction, store_transaction_begin(store, error));
    if (transaction == NULL)
        return -errno;
    uint64_t id = 0;
    int failed = save_row(store, run, finding, &id, error);
    if (failed == 0)
        failed = save_faults(store, id, finding, error);
    if (failed == 0)
        failed = save_frames(store, id, finding, error);
    if (failed == 0)
        failed = store_transaction_commit(store, error);
    if (failed == 0)
        finding->id = id;
    return failed;
}

/* "crash,hang": by names, since numbers of kinds may change. */
static const char *list_kinds(unsigned kinds, char *out, size_t size)
{
    size_t length = 0;
    out[0] = '\0';
    for (unsigned kind = 0; kind < SWEEP_KINDS; kind++)
        if ((kinds >> kind & 1) != 0)
            length += (size_t)snprintf(out + length, size - length, "%s%s", length > 0 ? "," : "",
                                       sweep_kind_name(kind));
    return out;
}

static int save_totals(struct store *store, uint64_t run, const struct sweep_result *sweep,
                       struct error *error)
{
    EXEUNT_GUARD(
        query, save,
        query_make(store, "insert or replace into sweep values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   error));
    char fail_on[STORE_KINDS_MAX];
    query_put_number(&save, run);
    query_put_number(&save, sweep->wall_ms);
    query_put_number(&save, sweep->contexts);
    query_put_number(&save, sweep->calls);
    query_put_number(&save, sweep->runs);
    query_put_number(&save, sweep->planned);
    query_put_number(&save, (uint64_t)sweep->steady_status);
    query_put_number(&save, sweep->by_server);
    query_put_text(&save, sweep->note);
    query_put_number(&save, sweep->interrupted);
    query_put_number(&save, sweep->exit_status);
    query_put_text(&save, sweep->sentence);
    query_put_number(&save, sweep->control);
    query_put_number(&save, sweep->processes);
    query_put_text(&save, list_kinds(sweep->fail_on, fail_on, sizeof fail_on));
    return query_run(&save);
}

static int save_outcomes(struct store *store, uint64_t run, const struct sweep_result *sweep,
                         struct error *error)
{
    EXEUNT_GUARD(query, save, query_make(store, "insert or replace into outcome values (?, ?, ?)", error));
    int failed = 0;
    for (unsigned kind = 0; failed == 0 && kind < SWEEP_OUTCOMES; kind++) {
        query_put_number(&save, run);
        query_put_text(&save, sweep_kind_name(kind));
        query_put_number(&save, sweep->outcomes[kind]);
        failed = query_run(&save);
    }
    return failed;
}

static int save_points(struct store *store, uint64_t run, const struct sweep_result *sweep,
                       struct error *error)
{
    int failed = run_for(store, "delete from point where run = ?", run, error);
    if (failed != 0)
        return failed;
    EXEUNT_GUARD(query, save, query_make(store, "insert into point values (?, ?, ?, ?, ?, ?)", error));
    for (size_t i = 0; failed == 0 && i < sweep->point_count; i++) {
        query_put_number(&save, run);
        query_put_number(&save, i);
        query_put_text(&save, sweep->points[i].name);
        query_put_number(&save, sweep->points[i].calls);
        query_put_number(&save, sweep->points[i].contexts);
        query_put_number(&save, sweep->points[i].failed);
        failed = query_run(&save);
    }
    return failed;
}

static int save_coverage(struct store *store, uint64_t run, const struct sweep_result *sweep,
                         struct error *error)
{
    EXEUNT_GUARD(query, save, query_make(store, "insert into coverage values (?, ?, ?, ?, ?, ?)", error));
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < sweep->coverage_count; i++) {
        query_put_number(&save, run);
        query_put_number(&save, i);
        query_put_text(&save, sweep->coverage[i].point);
        query_put_number(&save, (uint64_t)sweep->coverage[i].error);
        query_put_number(&save, sweep->coverage[i].reached);
        query_put_number(&save, sweep->coverage[i].failed);
        failed = query_run(&save);
    }
    return failed;
}

/* Of a sweep that was gone on with, the counts are of all its parts. */
static int count_parts(struct store *store, uint64_t run, struct error *error)
{
    int failed = run_for(store,
                         "update outcome set count = max(count, (select count(*) from done"
                         " where done.run = outcome.run and done.outcome = outcome.kind)) where run = ?",
                         run, error);
    return failed != 0 ? failed
                       : run_for(store,
                                 "update sweep set runs = max(runs, (select count(*) from done"
                                 " where done.run = sweep.run)) where run = ?",
                                 run, error);
}

/* What was done need not be known any more when all is done. */
static int complete(struct store *store, uint64_t run, const struct sweep_result *sweep, struct error *error)
{
    if (sweep->interrupted || sweep->runs < sweep->planned)
        return 0;
    int failed = count_parts(store, run, error);
    if (failed == 0)
        failed = run_for(store, "update run set complete = 1 where id = ?", run, error);
    return failed != 0 ? failed : run_for(store, "delete from done where run = ?", run, error);
}

int store_finish_sweep(struct store *store, uint64_t run, struct sweep_result *sweep, struct error *error)
{
    for (size_t i = 0; i < sweep->finding_count; i++) {
        int failed = store_save_finding(store, run, &sweep->findings[i], error);
        if (failed != 0)
            return failed;
    }
    EXEUNT_GUARD(transaction, transaction, store_transaction_begin(store, error));
    if (transaction == NULL)
        return -errno;
    int failed = save_totals(store, run, sweep, error);
    if (failed == 0)
        failed = save_outcomes(store, run, sweep, error);
    if (failed == 0)
        failed = save_points(store, run, sweep, error);
    if (failed == 0)
        failed = save_coverage(store, run, sweep, error);
    if (failed == 0)
        failed = complete(store, run, sweep, error);
    return failed != 0 ? failed : store_transaction_commit(store, error);
}
