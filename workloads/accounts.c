/* Makes the accounts' database: new, or as a copy of a real one, which must be fit for the work. */
#include "accounts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "database.h"
#include "reason.h"

#define INPUT_MAX (UINT64_C(1) << 30)

void accounts_path(const char *folder, const char *name, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/%s", folder, name);
}

static int copy_file(const char *from, const char *to)
{
    EXEUNT_GUARD(fd, in, open(from, O_RDONLY | O_CLOEXEC));
    if (in < 0)
        return -errno;
    EXEUNT_GUARD(fd, out, open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (out < 0)
        return -errno;
    ssize_t moved;
    while ((moved = sendfile(out, in, NULL, 1 << 20)) > 0)
        ;
    return moved < 0 ? -errno : EXEUNT_RELEASE(fd, out);
}

int accounts_reset(const char *folder)
{
    static const char *const files[] = {ACCOUNTS_FILE, ACCOUNTS_FILE "-wal", ACCOUNTS_FILE "-shm",
                                        ACCOUNTS_FILE "-journal"};
    char path[PATH_MAX], prepared[PATH_MAX];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        accounts_path(folder, files[i], path);
        if (unlink(path) != 0 && errno != ENOENT)
            return -errno;
    }
    accounts_path(folder, ACCOUNTS_PREPARED, prepared);
    accounts_path(folder, ACCOUNTS_FILE, path);
    return copy_file(prepared, path);
}

/* Each group has as many accounts as the others, or one less. */
static int fill(sqlite3 *db, uint64_t accounts, uint64_t groups)
{
    static const char *const statements[] = {
        "PRAGMA journal_mode = WAL",
        "CREATE TABLE account (id INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, balance INTEGER NOT NULL)",
        ("CREATE TABLE journal (id INTEGER PRIMARY KEY, transfer INTEGER NOT NULL, account INTEGER NOT NULL, "
         "amount INTEGER NOT NULL)"),
    };
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < sizeof statements / sizeof *statements; i++)
        failed = database_run(db, statements[i], NULL, 0);
    if (failed != 0)
        return failed;
    return database_run(db,
                        "WITH RECURSIVE number (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM number "
                        "WHERE id < ?1) INSERT INTO account SELECT id, id % ?2, 1000000 FROM number",
                        (const int64_t[]){(int64_t)accounts, (int64_t)groups}, 2);
}

static int make_new(const char *path, uint64_t accounts, uint64_t groups)
{
    EXEUNT_GUARD(connection, db, connection_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
    if (db == NULL)
        return -errno;
    int failed = fill(db, accounts, groups);
    return failed != 0 ? failed : EXEUNT_RELEASE(connection, db);
}

/* What can be told of a file before SQLite opens it. */
static int examine(const char *input, const char *path, struct exeunt_reason *reason)
{
    struct stat status;
    if (stat(input, &status) != 0 || !S_ISDIR(status.st_mode))
        return explain(reason, -EINVAL, "--input: the folder '%s' cannot be read: %s", input,
                       strerror(errno != 0 ? errno : ENOTDIR));
    if (stat(path, &status) != 0)
        return explain(reason, -EINVAL, "--input: '%s' cannot be read: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return explain(reason, -EINVAL, "--input: '%s' is no regular file", path);
    if ((uint64_t)status.st_size > INPUT_MAX)
        return explain(reason, -EINVAL, "--input: '%s' has %llu MiB; it may have at most %llu MiB", path,
                       (unsigned long long)status.st_size >> 20, (unsigned long long)INPUT_MAX >> 20);
    if ((status.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0 || access(path, W_OK) != 0)
        return explain(reason, -EINVAL,
                       "--input: '%s' is read-only, so that it cannot be locked while it is copied; give a "
                       "copy of it that may be written",
                       path);
    return 0;
}

static int refuse(struct exeunt_reason *reason, int failed, const char *path)
{
    if (failed == -EBADMSG)
        return explain(reason, -EINVAL, "--input: '%s' is no SQLite database, or is damaged", path);
    if (failed == -EBUSY)
        return explain(reason, failed,
                       "--input: '%s' is locked by another process; try again when that has ended", path);
    return explain(reason, failed == -EROFS || failed == -EACCES ? -EINVAL : failed,
                   "--input: '%s' cannot be copied: %s", path, strerror(-failed));
}

/* Another connection reads the source than the one that keeps it from being written. */
static int copy_locked(const char *path, const char *copy)
{
    EXEUNT_GUARD(connection, source, connection_open(path, SQLITE_OPEN_READWRITE));
    EXEUNT_GUARD(connection, target, connection_open(copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
    if (source == NULL || target == NULL)
        return -errno;
    sqlite3_backup *backup = sqlite3_backup_init(target, "main", source, "main");
    if (backup == NULL)
        return -ENOMEM;
    int rc = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (rc != SQLITE_DONE)
        return database_error(source, rc);
    return database_run(target, "PRAGMA journal_mode = WAL", NULL, 0);
}

static int copy_database(const char *path, const char *copy, struct exeunt_reason *reason)
{
    EXEUNT_GUARD(connection, lock, connection_open(path, SQLITE_OPEN_READWRITE));
    int failed = lock == NULL ? -errno : database_run(lock, "BEGIN IMMEDIATE", NULL, 0);
    if (failed == 0)
        failed = copy_locked(path, copy);
    return failed == 0 ? 0 : refuse(reason, failed, path);
}

/* What a database must have so that transfers can be made in it, and be audited. */
static int examine_content(sqlite3 *db, const char *path, struct exeunt_reason *reason)
{
    static const struct {
        const char *sql; /* a number within the bounds */
        int64_t low, high;
        const char *complaint;
    } rows[] = {
        {"SELECT count(id) + count(group_id) + count(balance) FROM account", 0, INT64_MAX,
         "has no table 'account' with id, group_id and balance"},
        {"SELECT count(id) + count(transfer) + count(account) + count(amount) FROM journal", 0, INT64_MAX,
         "has no table 'journal' with id, transfer, account and amount"},
        {"SELECT count(*) FROM account", 2, ACCOUNTS_MAX, "has no two accounts, or more than 100000"},
        {"SELECT count(DISTINCT group_id) FROM account", 2, ACCOUNT_GROUPS_MAX,
         "has accounts in one group alone, or in more than 256"},
        {"SELECT count(*) FROM account WHERE typeof(id) <> 'integer' OR typeof(group_id) <> 'integer' OR "
         "typeof(balance) <> 'integer' OR abs(balance) > 1000000000000",
         0, 0, "has accounts whose numbers are none, or beyond 10^12"},
        {"SELECT coalesce(max(transfer), 0) FROM journal", INT64_MIN, INT64_MAX / 2,
         "has no numbers left for further transfers"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t number = 0;
        int failed = database_number(db, rows[i].sql, NULL, 0, &number);
        if (failed != 0 && failed != -EPROTO)
            return refuse(reason, failed, path);
        if (failed == -EPROTO || number < rows[i].low || number > rows[i].high)
            return explain(reason, -EINVAL, "--input: '%s' %s", path, rows[i].complaint);
    }
    return 0;
}

static int take_input(const struct exeunt_job_site *site, const char *prepared, struct exeunt_reason *reason)
{
    char path[PATH_MAX];
    accounts_path(site->input, ACCOUNTS_FILE, path);
    errno = 0;
    int failed = examine(site->input, path, reason);
    if (failed == 0)
        failed = copy_database(path, prepared, reason);
    if (failed != 0)
        return failed;
    EXEUNT_GUARD(connection, db, connection_open(prepared, SQLITE_OPEN_READWRITE));
    return db == NULL ? refuse(reason, -errno, path) : examine_content(db, path, reason);
}

/* What was wrong before would be blamed on the service. */
static int examine_order(const char *folder, const char *input, struct exeunt_reason *reason)
{
    struct exeunt_check found;
    int failed = accounts_audit(folder, &found);
    if (failed == 0 && found.torn > 0)
        return explain(reason, -EINVAL,
                       "--input: '%s/" ACCOUNTS_FILE
                       "' is damaged, or its journal has transfers that are not a debit and a credit",
                       input);
    return failed;
}

static int check_sizes(const struct exeunt_job_site *site, uint64_t accounts, uint64_t groups,
                       struct exeunt_reason *reason)
{
    if (strlen(site->folder) > PATH_MAX - sizeof ACCOUNTS_PREPARED "-journal" - 1)
        return explain(reason, -ENAMETOOLONG, "the work folder's name '%.64s...' is too long", site->folder);
    if (site->input == NULL && accounts < groups)
        return explain(reason, -EINVAL, "--set: %llu accounts do not fill %llu groups",
                       (unsigned long long)accounts, (unsigned long long)groups);
    return 0;
}

int accounts_make(const struct exeunt_job_site *site, uint64_t accounts, uint64_t groups,
                  struct exeunt_reason *reason)
{
    char prepared[PATH_MAX];
    int failed = check_sizes(site, accounts, groups, reason);
    if (failed != 0)
        return failed;
    accounts_path(site->folder, ACCOUNTS_PREPARED, prepared);
    failed = site->input != NULL ? take_input(site, prepared, reason) : make_new(prepared, accounts, groups);
    if (failed == 0)
        failed = accounts_reset(site->folder);
    if (failed == 0 && site->input != NULL)
        failed = examine_order(site->folder, site->input, reason);
    if (failed != 0 && reason->text[0] == '\0')
        explain(reason, failed, "cannot make the database in '%s': %s", site->folder, strerror(-failed));
    return failed;
}
