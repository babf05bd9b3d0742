/* Saves what `run` and `compare` gave, and loads it again: each function is one transaction. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/run.h"

static int save_document(struct store *store, uint64_t run, const struct store_record *record,
                         struct error *error)
{
    EXEUNT_GUARD(query, save, query_make(store, "insert or replace into document values (?, ?, ?)", error));
    query_put_number(&save, run);
    query_put_text(&save, record->json);
    query_put_text(&save, record->report);
    return query_run(&save);
}

static int save_broken(struct store *store, uint64_t run, uint64_t position,
                       const struct variant_result *variant, struct error *error)
{
    EXEUNT_GUARD(query, save,
                 query_make(store, "insert or ignore into broken values (?, ?, ?, ?, ?, ?, ?, ?)", error));
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < variant->finding_count; i++) {
        const struct finding *finding = &variant->findings[i];
        if (finding->informational)
            continue;
        query_put_number(&save, run);
        query_put_number(&save, position);
        query_put_number(&save, finding->signature);
        query_put_text(&save, finding_kind_name(finding->kind));
        query_put_number(&save, finding->count);
        query_put_text(&save, finding->taken_at);
        query_put_text(&save, finding->point);
        query_put_text(&save, finding->coordinate);
        failed = query_run(&save);
    }
    return failed;
}

static uint64_t points_failed(const struct variant_result *variant)
{
    uint64_t count = 0;
    for (size_t i = 0; i < PLAN_POINTS_MAX; i++)
        count += variant->faults.by_point[i] > 0;
    return count;
}

static int save_variant(struct store *store, uint64_t run, uint64_t position, const struct result *result,
                        const struct variant_result *variant, struct error *error)
{
    EXEUNT_GUARD(
        query, save,
        query_make(store, "insert into variant values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, iif(?, ?, null), ?, ?)",
                   error));
    query_put_number(&save, run);
    query_put_number(&save, position);
    query_put_text(&save, result->program != NULL ? result->program : result->workload);
    query_put_text(&save, result->program != NULL ? "" : variant->name);
    query_put_number(&save, variant->leaks);
    query_put_text(&save, verdict_name(variant->verdict));
    query_put_text(&save, ended_name(variant->ended));
    query_put_number(&save, variant->operations.started);
    query_put_number(&save, variant->faults.injected);
    query_put_number(&save, variant->fds.leaked);
    query_put_number(&save, variant->emfile.count > 0);
    query_put_number(&save, variant->emfile.first_operation);
    query_put_number(&save, variant->duration_ms);
    query_put_number(&save, points_failed(variant));
    int failed = query_run(&save);
    return failed != 0 ? failed : save_broken(store, run, position, variant, error);
}

/* The rows of the variants go, and with them what they have broken. */
static int make_room(struct store *store, uint64_t run, bool complete, struct error *error)
{
    EXEUNT_GUARD(query, drop, query_make(store, "delete from variant where run = ?", error));
    query_put_number(&drop, run);
    int failed = query_run(&drop);
    if (failed != 0)
        return failed;
    EXEUNT_GUARD(query, mark, query_make(store, "update run set complete = ? where id = ?", error));
    query_put_number(&mark, complete);
    query_put_number(&mark, run);
    return query_run(&mark);
}

static int save_all(struct store *store, uint64_t run, const struct store_record *record, struct error *error)
{
    uint64_t position = 0;
    int failed = make_room(store, run, record->complete, error);
    if (failed == 0)
        failed = save_document(store, run, record, error);
    for (size_t i = 0; i < record->result_count; i++)
        for (size_t j = 0; failed == 0 && j < record->results[i].variant_count; j++)
            failed = save_variant(store, run, position++, &record->results[i],
                                  &record->results[i].variants[j], error);
    return failed;
}

int store_save_record(struct store *store, uint64_t run, const struct store_record *record,
                      struct error *error)
{
    EXEUNT_GUARD(transaction, transaction, store_transaction_begin(store, error));
    if (transaction == NULL)
        return -errno;
    int failed = save_all(store, run, record, error);
    return failed != 0 ? failed : store_transaction_commit(store, error);
}

int store_load_document(struct store *store, uint64_t run, struct store_document *out, struct error *error)
{
    EXEUNT_GUARD(query, query, query_make(store, "select json, report from document where run = ?", error));
    query_put_number(&query, run);
    int row = query_step(&query);
    if (row == 0)
        return error_usage(error,
                           "run %llu in '%s' kept no document: it ended before it had anything to show, or "
                           "showed what others of its night show; 'exeunt report --list' names them",
                           (unsigned long long)run, store->path);
    if (row < 0)
        return row;
    struct store_document document = {.json = query_take_copy(&query)};
    document.report = query_take_copy(&query);
    if (query.failed != 0) {
        store_document_clear(&document);
        return query.failed;
    }
    *out = document;
    return 0;
}

void store_document_clear(struct store_document *document)
{
    free(document->json);
    free(document->report);
    *document = (struct store_document){0};
}
