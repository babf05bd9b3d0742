/* Decides what a failure of SQLite is as an errno, and when a transaction is over: SQLite itself undoes one
 * after some failures, and only it knows. */
#include "database.h"

#include <errno.h>
#include <fcntl.h>

#include "exeunt/mark.h"

enum { WAIT_FOR_LOCKS_MS = 500 };

/* Kinds of resources that exeunt is told of; a connection's address is the number of both. */
static const char connection_kind[] = "connection";
static const char transaction_kind[] = "transaction";

static uint64_t number_of(const sqlite3 *db)
{
    return (uintptr_t)db;
}

static int open_shared(const char *path, int flags, int mode)
{
    int fd = open(path, flags, mode);
    if (fd >= 0)
        exeunt_transfer(fd);
    return fd;
}

int database_share_descriptors(void)
{
    sqlite3_vfs *system = sqlite3_initialize() == SQLITE_OK ? sqlite3_vfs_find(NULL) : NULL;
    if (system == NULL || system->iVersion < 3)
        return -ENOSYS;
    return system->xSetSystemCall(system, "open", (sqlite3_syscall_ptr)open_shared) == SQLITE_OK ? 0
                                                                                                 : -ENOSYS;
}

int database_error(sqlite3 *db, int rc)
{
    int said = db != NULL ? sqlite3_system_errno(db) : 0;
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return 0;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: /* too many others at the same moment */
        return -EBUSY;
    case SQLITE_NOMEM:
        return -ENOMEM;
    case SQLITE_READONLY:
        return -EROFS;
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return -EBADMSG;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
        return said > 0 ? -said : -EIO;
    default:
        return -EPROTO; /* a statement that is wrong, or does not fit this database */
    }
}

sqlite3 *connection_open(const char *path, int flags)
{
    int cancel_state = exeunt_cancel_off();
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_busy_timeout(db, WAIT_FOR_LOCKS_MS);
        exeunt_took(connection_kind, number_of(db));
    } else {
        int failed = database_error(db, rc);
        sqlite3_close(db);
        db = NULL;
        errno = -failed;
    }
    exeunt_cancel_restore(cancel_state);
    return db;
}

/* Told before the address can be another connection's. */
int connection_close(sqlite3 *db)
{
    if (db == NULL)
        return 0;
    int cancel_state = exeunt_cancel_off();
    if (!sqlite3_get_autocommit(db))
        exeunt_gave(transaction_kind, number_of(db));
    exeunt_gave(connection_kind, number_of(db));
    int failed = database_error(db, sqlite3_close(db));
    exeunt_cancel_restore(cancel_state);
    return failed;
}

/* What the last step said is said again here: it is no failure of this call. */
static int statement_finalize(sqlite3_stmt *statement)
{
    sqlite3_finalize(statement);
    return 0;
}
EXEUNT_DEFINE_GUARD(statement, sqlite3_stmt *, NULL, statement_finalize);

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    return statement;
}

static int each_row(sqlite3 *db, const char *sql, const int64_t *values, size_t count, database_row *take,
                    void *arg)
{
    EXEUNT_GUARD(statement, statement, prepare(db, sql));
    if (statement == NULL)
        return database_error(db, sqlite3_errcode(db));
    for (size_t i = 0; i < count; i++)
        sqlite3_bind_int64(statement, (int)i + 1, values[i]);
    int rc, taken = 0;
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW && taken == 0)
        taken = take != NULL ? take(statement, arg) : 0;
    return taken != 0 ? taken : database_error(db, rc);
}

static int run(sqlite3 *db, const char *sql, const int64_t *values, size_t count, database_row *take,
               void *arg)
{
    int cancel_state = exeunt_cancel_off();
    bool within = !sqlite3_get_autocommit(db);
    int failed = each_row(db, sql, values, count, take, arg);
    if (failed != 0 && within && sqlite3_get_autocommit(db))
        exeunt_gave(transaction_kind, number_of(db));
    exeunt_cancel_restore(cancel_state);
    return failed;
}

int database_run(sqlite3 *db, const char *sql, const int64_t *values, size_t count)
{
    return run(db, sql, values, count, NULL, NULL);
}

int database_each(sqlite3 *db, const char *sql, database_row *take, void *arg)
{
    return run(db, sql, NULL, 0, take, arg);
}

/* What database_number waits for. */
struct number {
    bool found;
    int64_t value;
};

static int take_number(sqlite3_stmt *row, void *arg)
{
    *(struct number *)arg = (struct number){true, sqlite3_column_int64(row, 0)};
    return 0;
}

int database_number(sqlite3 *db, const char *sql, const int64_t *values, size_t count, int64_t *out)
{
    struct number number = {false, 0};
    int failed = run(db, sql, values, count, take_number, &number);
    if (failed == 0 && !number.found)
        return -ENOENT;
    if (failed == 0)
        *out = number.value;
    return failed;
}

int transaction_begin(sqlite3 *db)
{
    int failed = database_run(db, "BEGIN IMMEDIATE", NULL, 0);
    if (failed == 0)
        exeunt_took(transaction_kind, number_of(db));
    return failed;
}

static int end(sqlite3 *db, const char *sql)
{
    int failed = database_run(db, sql, NULL, 0);
    if (failed == 0)
        exeunt_gave(transaction_kind, number_of(db));
    return failed;
}

int transaction_commit(sqlite3 *db)
{
    return end(db, "COMMIT");
}

int transaction_rollback(sqlite3 *db)
{
    return sqlite3_get_autocommit(db) ? 0 : end(db, "ROLLBACK");
}

static int enter(void *db)
{
    return transaction_begin(db);
}

static int leave(void *db, const struct exeunt_failure *failure)
{
    int failed = failure == NULL ? transaction_commit(db) : 0;
    if (failure == NULL && failed == 0)
        return 0;
    int left = transaction_rollback(db);
    return failed != 0 ? failed : left;
}

struct exeunt_context transaction_context(sqlite3 *db)
{
    return (struct exeunt_context){.name = "transaction", .enter = enter, .exit = leave, .self = db};
}
