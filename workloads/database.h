/* SQLite as the workloads call it: errors are errnos, no thread is cancelled within it, and connections and
 * transactions are told to exeunt. A connection belongs to one thread at a time. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "exeunt/scope.h"

/* Once, before any other call, where operations are counted. SQLite keeps descriptors for the whole process:
 * one that a connection is done with waits for the next connection as long as others hold locks on the file.
 * So none belongs to the operation that opened it; what an operation has is its connection. Returns 0 or a
 * negative errno. */
int database_share_descriptors(void);

/* What SQLite's result code `rc` of a call on `db` (which may be NULL) is as a negative errno; 0 if it was no
 * failure. */
int database_error(sqlite3 *db, int rc);

/* Opens a connection to the database at `path`; `flags` are SQLite's. It waits for others' locks for half a
 * second. Returns NULL with errno set if there is none. */
sqlite3 *connection_open(const char *path, int flags);

/* Ends the transaction that it may be in, undone. Accepts NULL. Returns 0 or a negative errno. */
int connection_close(sqlite3 *db);
EXEUNT_DEFINE_GUARD(connection, sqlite3 *, NULL, connection_close);

/* Runs one statement with `values` for its parameters, to its end. Returns 0 or a negative errno: -EBUSY
 * (others hold locks for too long), -EBADMSG (no database, or damaged), -EROFS, what the system said. */
int database_run(sqlite3 *db, const char *sql, const int64_t *values, size_t count);

/* As database_run: the first column of the first row. -ENOENT: there is no row. */
int database_number(sqlite3 *db, const char *sql, const int64_t *values, size_t count, int64_t *out);

/* Runs one statement, and hands each row to `take` until that does not return 0. Returns what it returned,
 * or a negative errno. */
typedef int database_row(sqlite3_stmt *row, void *arg);
int database_each(sqlite3 *db, const char *sql, database_row *take, void *arg);

/* A transaction that may write, from its begin. Each returns 0 or a negative errno. A commit that failed
 * leaves it to be rolled back; a rollback where there is none (SQLite itself undoes some) does nothing. */
int transaction_begin(sqlite3 *db);
int transaction_commit(sqlite3 *db);
int transaction_rollback(sqlite3 *db);

/* A transaction as a context: committed if its block reaches the end, rolled back if it is left for any
 * other reason. */
struct exeunt_context transaction_context(sqlite3 *db);
