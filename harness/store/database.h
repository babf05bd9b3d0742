/* SQLite as the store calls it: its failures as sentences, and transactions as guards. */
#pragma once

#include <sqlite3.h>
#include <sys/types.h>

#include "store/store.h"

struct store {
    sqlite3 *db;
    char *path;     /* as the user wrote it */
    char lost[256]; /* tables of which something is missing, with commas between; "": none */
    dev_t device;
    ino_t inode; /* of the file that was opened */
};

/* A store of the file at `path`, not open yet: the caller's for store_close. NULL: memory is short, with
 * errno and `error` set. */
struct store *database_make(const char *path, struct error *error);

/* Opens its file. A relative path gets a "./" before it, since SQLite means something of its own by
 * ":memory:" and
 * "". 0 or a negative errno with `error`. */
int database_open(struct store *store, int flags, struct error *error);

/* Says in `error` what SQLite's result code `rc` means for the store's file. Returns a negative errno. errno
 * was 0 before the call that gave it. */
int database_failed(const struct store *store, int rc, struct error *error);

/* Says in `error` that the file holds what no exeunt writes. Returns -EBADMSG. */
int database_damaged(const struct store *store, const char *what, struct error *error);

/* Runs one or more SQL statements without values; rows are dropped. 0 or a negative errno with `error`. */
int database_execute(struct store *store, const char *sql, struct error *error);

/* A transaction that may write: rolled back unless it is committed. NULL: it was not begun, with errno and
 * `error` set. */
struct store *store_transaction_begin(struct store *store, struct error *error);
int store_transaction_commit(struct store *store, struct error *error);
int transaction_release(struct store *store);
EXEUNT_DEFINE_GUARD(transaction, struct store *, NULL, transaction_release);
