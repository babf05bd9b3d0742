/* Decides whether a file is ours, and how it comes to the schema that this exeunt knows. */
#include "store/schema.h"

#include <errno.h>
#include <stdio.h>

#include "store/query.h"

/* Marks the file as exeunt's: "exnt". */
#define APPLICATION_ID 0x65786e74

/* schema.sql, schema_2.sql, ... */
extern const unsigned char schema_sql[], schema_2_sql[], schema_3_sql[], schema_4_sql[];

static const char *const steps[] = {(const char *)schema_sql, (const char *)schema_2_sql,
                                    (const char *)schema_3_sql, (const char *)schema_4_sql};
const struct schema schema = {sizeof steps / sizeof *steps, steps};

/* The file's version, 0 if there is nothing in it. Knows no version in a file of another program. Asked in
 * one statement: between two of them another exeunt may fill the file. */
static int version_of(struct store *store, const struct schema *known, uint64_t *version, struct error *error)
{
    EXEUNT_GUARD(query, query,
                 query_make(store,
                            "select application_id, user_version, (select count(*) from sqlite_schema)"
                            " from pragma_application_id, pragma_user_version",
                            error));
    int row = query_step(&query);
    if (row < 0)
        return row;
    uint64_t application = query_take_number(&query);
    uint64_t found = query_take_number(&query);
    uint64_t tables = query_take_number(&query);
    if (application != APPLICATION_ID && (application != 0 || tables != 0))
        return error_usage(error, "'%s' is a database of another program: name another file", store->path);
    if (found > known->version)
        return error_usage(error,
                           "'%s' was written by a newer exeunt (schema %llu, this one knows %zu): use that "
                           "one, or name another file",
                           store->path, (unsigned long long)found, known->version);
    *version = found;
    return 0;
}

/* Within a transaction, so that of several at once one does it and the others see it done. */
static int migrate(struct store *store, const struct schema *to, struct error *error)
{
    EXEUNT_GUARD(transaction, transaction, store_transaction_begin(store, error));
    if (transaction == NULL)
        return -errno;
    uint64_t version = 0;
    int failed = version_of(store, to, &version, error);
    for (; failed == 0 && version < to->version; version++)
        failed = database_execute(store, to->steps[version], error);
    if (failed != 0)
        return failed;
    char sql[96];
    snprintf(sql, sizeof sql, "pragma application_id = %d; pragma user_version = %zu", APPLICATION_ID,
             to->version);
    failed = database_execute(store, sql, error);
    return failed != 0 ? failed : store_transaction_commit(store, error);
}

int schema_migrate(struct store *store, const struct schema *to, struct error *error)
{
    uint64_t version = 0;
    int failed = version_of(store, to, &version, error);
    if (failed != 0 || version == to->version)
        return failed;
    return migrate(store, to, error);
}

int schema_check(struct store *store, const struct schema *expected, struct error *error)
{
    uint64_t version = 0;
    int failed = version_of(store, expected, &version, error);
    if (failed != 0)
        return failed;
    if (version == 0)
        return error_usage(error, "'%s' holds no results yet: run something first, or name another file",
                           store->path);
    if (version < expected->version)
        return error_usage(error,
                           "'%s' was written by an older exeunt (schema %llu, this one reads %zu): whatever "
                           "saves to it, as a sweep, brings it up to date",
                           store->path, (unsigned long long)version, expected->version);
    return 0;
}
