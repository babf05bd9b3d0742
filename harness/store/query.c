/* Keeps the first failure of a statement, so that a row of puts needs one check, where it runs. */
#include "store/query.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void note(struct query *query, int rc)
{
    if (rc != SQLITE_OK && query->failed == 0)
        query->failed = database_failed(query->store, rc, query->error);
}

struct query query_make(struct store *store, const char *sql, struct error *error)
{
    struct query query = {.store = store, .error = error};
    note(&query, sqlite3_prepare_v2(store->db, sql, -1, &query.statement, NULL));
    return query;
}

/* What the last step said is said again by finalize: it is no failure of this call. */
int query_release(struct query query)
{
    sqlite3_finalize(query.statement);
    return 0;
}

void query_put_number(struct query *query, uint64_t value)
{
    if (query->failed == 0)
        note(query, sqlite3_bind_int64(query->statement, ++query->next, (sqlite3_int64)value));
}

void query_put_text(struct query *query, const char *text)
{
    if (query->failed == 0)
        note(query, sqlite3_bind_text(query->statement, ++query->next, text, -1, SQLITE_STATIC));
}

void query_put_bytes(struct query *query, const void *bytes, size_t size)
{
    if (query->failed == 0)
        note(query, sqlite3_bind_blob64(query->statement, ++query->next, bytes, size, SQLITE_STATIC));
}

int query_step(struct query *query)
{
    query->next = 0;
    if (query->failed != 0)
        return query->failed;
    errno = 0;
    int rc = sqlite3_step(query->statement);
    if (rc == SQLITE_ROW)
        return 1;
    if (rc != SQLITE_DONE)
        note(query, rc);
    sqlite3_reset(query->statement);
    return query->failed;
}

int query_run(struct query *query)
{
    int row;
    do
        row = query_step(query);
    while (row > 0);
    return row;
}

int query_number(struct query *query, uint64_t *out)
{
    int row = query_step(query);
    if (row <= 0)
        return row;
    uint64_t value = query_take_number(query);
    row = query_run(query);
    if (row == 0)
        *out = value;
    return row;
}

bool query_is_known(const struct query *query)
{
    return sqlite3_column_type(query->statement, query->next) != SQLITE_NULL;
}

uint64_t query_take_number(struct query *query)
{
    return (uint64_t)sqlite3_column_int64(query->statement, query->next++);
}

/* All that is kept are texts without a NUL within; what SQLite gives for a null, it gives where memory is
 * short, too.
 */
static const char *take_text(struct query *query)
{
    int column = query->next++;
    bool is_null = sqlite3_column_type(query->statement, column) == SQLITE_NULL;
    const char *text = (const char *)sqlite3_column_text(query->statement, column);
    bool is_whole = text != NULL && strlen(text) == (size_t)sqlite3_column_bytes(query->statement, column);
    if (text == NULL && !is_null)
        note(query, SQLITE_NOMEM);
    else if (!is_whole && query->failed == 0)
        query->failed = database_damaged(query->store, "a text in it is broken", query->error);
    return is_whole ? text : NULL;
}

void query_take_text(struct query *query, char *out, size_t size)
{
    const char *text = take_text(query);
    snprintf(out, size, "%s", text != NULL ? text : "");
}

char *query_take_copy(struct query *query)
{
    const char *text = take_text(query);
    char *copy = text != NULL ? strdup(text) : NULL;
    if (text != NULL && copy == NULL)
        note(query, SQLITE_NOMEM);
    return copy;
}

const void *query_take_bytes(struct query *query, size_t *size)
{
    const void *bytes = sqlite3_column_blob(query->statement, query->next);
    *size = (size_t)sqlite3_column_bytes(query->statement, query->next++);
    return bytes;
}
