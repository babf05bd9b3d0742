/* A statement of SQL: values are put in and taken out in the order in which they stand in it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/database.h"

/* A failure of any function here is told by the next query_step, and by those that are built on it. */
struct query {
    struct store *store;
    sqlite3_stmt *statement;
    struct error *error; /* set when `failed` is */
    int failed;          /* 0 or a negative errno */
    int next;            /* parameter or column, from 0 */
};

struct query query_make(struct store *store, const char *sql, struct error *error);
int query_release(struct query query);
EXEUNT_DEFINE_GUARD(query, struct query, ((struct query){.statement = NULL}), query_release);

/* Strings and bytes must stay as they are until the statement has run. */
void query_put_number(struct query *query, uint64_t value);
void query_put_text(struct query *query, const char *text);
void query_put_bytes(struct query *query, const void *bytes, size_t size);

/* 1: here is a row. 0: that was all, and the statement is ready for other values. Otherwise a negative errno,
 * with the error that query_make was given. */
int query_step(struct query *query);

/* Steps to the end and drops the rows. 0 or a negative errno. */
int query_run(struct query *query);

/* The same, with the first column of the first row in *out, which is untouched if there is none. */
int query_number(struct query *query, uint64_t *out);

/* Whether the next column of the row has a value: it stays the next. */
bool query_is_known(const struct query *query);

/* The next column of the row. Of text that is longer than `size` allows the end is missing. */
uint64_t query_take_number(struct query *query);
void query_take_text(struct query *query, char *out, size_t size);
char *query_take_copy(struct query *query); /* the caller's to free; NULL: it failed */

/* Bytes that stay until the next step. */
const void *query_take_bytes(struct query *query, size_t *size);
