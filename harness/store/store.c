/* Opens and closes the file. */
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/reader.h"
#include "store/schema.h"

enum { WAL_RETRY_MS = 10 };

/* Nothing that stands in a file, which may be anybody's, is run; a killed exeunt loses nothing that was
 * committed, a power cut perhaps the last moments. What is kept is hardly read again: there is no use in a
 * cache of megabytes that a supervisor would hold for a whole night. */
static const char settings[] = "pragma trusted_schema = off;"
                               "pragma cell_size_check = on;"
                               "pragma foreign_keys = on;"
                               "pragma synchronous = normal;"
                               "pragma cache_size = -256";

static int open_database(struct store *store, enum store_mode mode, struct error *error)
{
    if (mode == STORE_READ && access(store->path, F_OK) != 0)
        return error_usage(error, "'%s' cannot be read: %s; run something first, or name another file",
                           store->path, strerror(errno));
    int failed = mode == STORE_READ ? reader_open(store, error)
                                    : database_open(store, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);
    if (failed != 0)
        return failed;
    if (mode == STORE_WRITE && sqlite3_db_readonly(store->db, "main") == 1)
        return database_failed(store, SQLITE_READONLY, error);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return database_execute(store, settings, error);
}

/* Waits by itself: of two that turn a new file's log on at once, SQLite sends one away without waiting. */
static int turn_log_on(struct store *store, struct error *error)
{
    sqlite3_busy_timeout(store->db, 0);
    errno = 0;
    int rc, waited_ms = 0;
    while ((rc = sqlite3_exec(store->db, "pragma journal_mode = wal", NULL, NULL, NULL)) == SQLITE_BUSY &&
           waited_ms < STORE_PATIENCE_MS)
        waited_ms += sqlite3_sleep(WAL_RETRY_MS);
    sqlite3_busy_timeout(store->db, STORE_PATIENCE_MS);
    return rc == SQLITE_OK ? 0 : database_failed(store, rc, error);
}

static void remember_file(struct store *store)
{
    struct stat status;
    if (stat(store->path, &status) != 0)
        return;
    store->device = status.st_dev;
    store->inode = status.st_ino;
}

int store_is_there(const struct store *store, struct error *error)
{
    struct stat status;
    if (stat(store->path, &status) == 0 && status.st_dev == store->device && status.st_ino == store->inode)
        return 0;
    return error_not_done(error, -ENOENT,
                          "'%s' was removed or replaced while results were being kept in it: what comes now "
                          "would be lost; begin again",
                          store->path);
}

int store_open(const char *path, enum store_mode mode, struct store **out, struct error *error)
{
    EXEUNT_GUARD(store, store, database_make(path, error));
    if (store == NULL)
        return -errno;
    int failed = open_database(store, mode, error);
    if (failed == 0 && mode == STORE_READ)
        failed = schema_check(store, &schema, error);
    if (failed == 0 && mode == STORE_WRITE)
        failed = schema_migrate(store, &schema, error);
    if (failed == 0 && mode == STORE_WRITE)
        failed = turn_log_on(store, error);
    remember_file(store);
    if (failed == 0)
        *out = EXEUNT_TAKE(store, store);
    return failed;
}

int store_close(struct store *store)
{
    if (store == NULL)
        return 0;
    int rc = sqlite3_close(store->db);
    free(store->path);
    free(store);
    return rc == SQLITE_OK ? 0 : -EBUSY;
}
