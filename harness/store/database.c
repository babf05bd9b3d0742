/* Decides what a person is told when SQLite fails: the file, what is wrong with it, and what to do; and
 * whether the file was wrong, or the machine could not. */
#include "store/database.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char another[] = "or name another file";

/* What the system said: SQLite knows it, though not of a commit. */
static int system_error(const struct store *store)
{
    int last = errno;
    int said = store->db != NULL ? sqlite3_system_errno(store->db) : 0;
    return said > 0 ? said : last > 0 ? last : EIO;
}

/* What the machine lacks, whichever file it is. */
static bool is_lack(int said)
{
    static const int lacks[] = {ENOSPC, EDQUOT, EMFILE, ENFILE, ENOMEM, EIO};
    for (size_t i = 0; i < sizeof lacks / sizeof *lacks; i++)
        if (lacks[i] == said)
            return true;
    return false;
}

/* SQLite tries to open what it cannot make, so it does not know why that was. */
static int cannot_open(const struct store *store, struct error *error)
{
    int said = system_error(store);
    if (said == ENOENT)
        return error_usage(error,
                           "'%s' cannot be made: its folder does not exist, or is read-only; mend that, %s",
                           store->path, another);
    if (is_lack(said))
        return error_not_done(error, -said, "'%s' cannot be opened: %s; mend that, %s", store->path,
                              strerror(said), another);
    return error_usage(error, "'%s' cannot be opened: %s; make it and its folder writable, %s", store->path,
                       strerror(said), another);
}

int database_damaged(const struct store *store, const char *what, struct error *error)
{
    error_usage(error,
                "'%s' is damaged (%s): move it away, and a new one will be made; 'sqlite3 FILE .recover' may "
                "save what is in it",
                store->path, what);
    return -EBADMSG;
}

int database_failed(const struct store *store, int rc, struct error *error)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_PROTOCOL: /* many others at the same moment */
        return error_not_done(error, -EBUSY,
                              "'%s' has been locked by another process for %d s: wait until that ends, %s",
                              store->path, STORE_PATIENCE_MS / 1000, another);
    case SQLITE_NOTADB:
        return error_usage(error, "'%s' is no database of exeunt: name another file", store->path);
    case SQLITE_READONLY:
        return error_usage(error, "'%s' is read-only: make it and its folder writable, %s", store->path,
                           another);
    case SQLITE_FULL:
        return error_not_done(error, -ENOSPC,
                              "there is no space left for '%s': free some, %s; what it holds is intact",
                              store->path, another);
    case SQLITE_CANTOPEN:
        return cannot_open(store, error);
    case SQLITE_IOERR: {
        int said = system_error(store);
        return error_not_done(error, -said, "'%s' cannot be read or written: %s; mend that, %s", store->path,
                              strerror(said), another);
    }
    case SQLITE_NOMEM:
        return error_not_done(error, -ENOMEM, "memory is short for '%s': try with less load", store->path);
    default: /* damage, and statements that do not fit what the file holds */
        return database_damaged(store, store->db != NULL ? sqlite3_errmsg(store->db) : sqlite3_errstr(rc),
                                error);
    }
}

struct store *database_make(const char *path, struct error *error)
{
    struct store *store = calloc(1, sizeof *store);
    if (store != NULL && (store->path = strdup(path)) != NULL)
        return store;
    free(store);
    errno = ENOMEM;
    error_not_done(error, -ENOMEM, "memory is short for '%s': try with less load", path);
    return NULL;
}

int database_open(struct store *store, int flags, struct error *error)
{
    EXEUNT_GUARD(memory, memory, malloc(strlen(store->path) + sizeof "./"));
    char *path = memory;
    if (path == NULL)
        return database_failed(store, SQLITE_NOMEM, error);
    sprintf(path, "%s%s", store->path[0] == '/' ? "" : "./", store->path);
    errno = 0;
    int rc = sqlite3_open_v2(path, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK)
        return database_failed(store, rc, error);
    sqlite3_busy_timeout(store->db, STORE_PATIENCE_MS);
    return 0;
}

int database_execute(struct store *store, const char *sql, struct error *error)
{
    errno = 0;
    int rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? 0 : database_failed(store, rc, error);
}

struct store *store_transaction_begin(struct store *store, struct error *error)
{
    int failed = database_execute(store, "begin immediate", error);
    if (failed == 0)
        return store;
    errno = -failed;
    return NULL;
}

int store_transaction_commit(struct store *store, struct error *error)
{
    return database_execute(store, "commit", error);
}

/* SQLite itself undoes a transaction after some failures. */
int transaction_release(struct store *store)
{
    if (store == NULL || sqlite3_get_autocommit(store->db))
        return 0;
    struct error error;
    return database_execute(store, "rollback", &error);
}
