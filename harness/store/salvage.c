/* Decides what can be read of a damaged file: every row that a search for its table's first column comes to,
 * and that the schema takes. A search needs a few pages only, so one that is damaged hides little more than
 * its own rows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/query.h"
#include "store/reader.h"
#include "store/schema.h"

/* A damaged page is passed key by key, but not for ever. */
enum { MISSES_MAX = 20000, TABLE_NAME_MAX = 64, SQL_MAX = 256 };

/* One table on its way from the file into memory. */
struct salvage {
    struct store *from, *to;
    struct error *error;
    char table[TABLE_NAME_MAX], key[TABLE_NAME_MAX];
    uint64_t next; /* the key from which on it is searched */
    uint64_t last; /* the highest that a run or finding was ever given */
    unsigned misses;
    int failed; /* 0, or -ENOMEM: what is missing then is no damage's doing */
};

/* Defective descriptions of tables are passed over, and so is that pages are missing at the end. Nothing is
 * written: it is opened for reading. */
static int open_damaged(const char *path, struct store **out, struct error *error)
{
    EXEUNT_GUARD(store, store, database_make(path, error));
    if (store == NULL)
        return -errno;
    int failed = reader_open(store, error);
    if (failed == 0)
        failed = database_execute(store, "pragma trusted_schema = off; pragma writable_schema = on", error);
    if (failed == 0)
        failed = schema_check(store, &schema, error);
    if (failed == 0) /* one transaction for all searches: each would lock and look at the file by itself */
        failed = database_execute(store, "begin", error);
    if (failed == 0)
        *out = EXEUNT_TAKE(store, store);
    return failed;
}

/* It has the file's name, which is what people know. */
static int open_memory(const char *path, struct store **out, struct error *error)
{
    EXEUNT_GUARD(store, store, database_make(path, error));
    if (store == NULL)
        return -errno;
    int rc = sqlite3_open_v2(":memory:", &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    int failed = rc == SQLITE_OK ? schema_migrate(store, &schema, error) : database_failed(store, rc, error);
    if (failed == 0)
        *out = EXEUNT_TAKE(store, store);
    return failed;
}

/* A row is refused if one with its key was there already, or a column does not fit. */
static void copy_row(struct salvage *salvage, struct query *read, sqlite3_stmt *insert)
{
    int columns = sqlite3_column_count(read->statement);
    int rc = SQLITE_OK;
    for (int i = 0; i < columns && rc == SQLITE_OK; i++)
        rc = sqlite3_bind_value(insert, i + 1, sqlite3_column_value(read->statement, i));
    if (rc == SQLITE_OK)
        rc = sqlite3_step(insert);
    sqlite3_reset(insert);
    salvage->misses += rc != SQLITE_DONE;
    if (rc == SQLITE_NOMEM)
        salvage->failed = database_failed(salvage->to, rc, salvage->error);
}

/* Copies rows up to the table's end, or to what cannot be read: then `next` is behind that. Returns whether
 * there may be more. */
static bool copy_rows(struct salvage *salvage, struct query *read, struct query *insert)
{
    int row = 1;
    read->failed = 0;
    query_put_number(read, salvage->next);
    while (salvage->failed == 0 && salvage->misses < MISSES_MAX && (row = query_step(read)) > 0) {
        salvage->next = (uint64_t)sqlite3_column_int64(read->statement, 0);
        copy_row(salvage, read, insert->statement);
    }
    if (row == -ENOMEM)
        salvage->failed = row;
    salvage->misses += row != 0;
    salvage->next++;
    return row != 0 && salvage->failed == 0 && salvage->misses < MISSES_MAX && salvage->next <= salvage->last;
}

static int copy_table(struct salvage *salvage)
{
    char sql[SQL_MAX];
    snprintf(sql, sizeof sql,
             "select 'insert into \"%s\" values (' || group_concat('?') || ')' from pragma_table_info('%s')",
             salvage->table, salvage->table);
    EXEUNT_GUARD(query, words, query_make(salvage->to, sql, salvage->error));
    if (query_step(&words) < 0)
        return words.failed;
    query_take_text(&words, sql, sizeof sql);
    EXEUNT_GUARD(query, insert, query_make(salvage->to, sql, salvage->error));
    if (insert.failed != 0)
        return insert.failed;
    snprintf(sql, sizeof sql, "select * from \"%s\" where \"%s\" >= ? order by \"%s\"", salvage->table,
             salvage->key, salvage->key);
    EXEUNT_GUARD(query, read, query_make(salvage->from, sql, salvage->error));
    salvage->misses += read.failed != 0; /* its description is damaged */
    while (read.statement != NULL && copy_rows(salvage, &read, &insert))
        ;
    return salvage->failed;
}

/* UINT64_MAX: not known. */
static uint64_t last_number(struct store *store, struct error *error)
{
    uint64_t last = UINT64_MAX;
    EXEUNT_GUARD(query, query, query_make(store, "select max(seq) from sqlite_sequence", error));
    (void)query_number(&query, &last);
    return last;
}

static void note_loss(struct store *store, const char *table)
{
    size_t length = strlen(store->lost);
    snprintf(store->lost + length, sizeof store->lost - length, "%s%s", length > 0 ? ", " : "", table);
}

/* The tables are the schema's own, and each begins with the number by which its rows are searched. */
static int copy_tables(struct store *from, struct store *to, struct error *error)
{
    EXEUNT_GUARD(query, tables,
                 query_make(to,
                            "select tables.name, columns.name from sqlite_schema as tables,"
                            " pragma_table_info(tables.name) as columns where tables.type = 'table'"
                            " and tables.name not glob 'sqlite_*' and columns.cid = 0 order by tables.rowid",
                            error));
    uint64_t last = last_number(from, error);
    int row, failed = 0;
    while (failed == 0 && (row = query_step(&tables)) != 0) {
        struct salvage salvage = {.from = from, .to = to, .error = error, .last = last};
        query_take_text(&tables, salvage.table, sizeof salvage.table);
        query_take_text(&tables, salvage.key, sizeof salvage.key);
        failed = row < 0 ? row : copy_table(&salvage);
        if (salvage.misses > 0)
            note_loss(to, salvage.table);
    }
    return failed;
}

int store_salvage(const char *path, struct store **out, struct error *error)
{
    EXEUNT_GUARD(store, from, NULL);
    EXEUNT_GUARD(store, to, NULL);
    int failed = open_damaged(path, &from, error);
    if (failed == 0)
        failed = open_memory(path, &to, error);
    if (failed == 0)
        failed = copy_tables(from, to, error);
    if (failed == 0)
        *out = EXEUNT_TAKE(store, to);
    return failed;
}

const char *store_lost(const struct store *store)
{
    return store->lost;
}
