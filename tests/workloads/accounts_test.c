/* The check after transfers: it must catch money that was lost or made and transfers that are half done, and
 * let pass what a crash may leave; and it puts the database back. */
#include "accounts.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "database.h"
#include "scratch.h"

/* The settings of the workload, in its order: four accounts of 1000000 in two groups. */
static struct exeunt_job_site make_site(char *folder, const char *input)
{
    struct exeunt_job_site site = {.folder = folder, .input = input, .settings = {4, 2, 0}};
    struct exeunt_reason reason = {""};
    int failed = exeunt_workload_named("transaction")->prepare(&site, &reason);
    cr_assert_eq(failed, 0, "%s", reason.text);
    return site;
}

static struct exeunt_check check(const struct exeunt_job_site *site)
{
    struct exeunt_check seen;
    struct exeunt_reason reason = {""};
    int failed = exeunt_workload_named("transaction")->check(site, &seen, &reason);
    cr_assert_eq(failed, 0, "%s", reason.text);
    return seen;
}

static void open_accounts(const char *folder, sqlite3 **db)
{
    char path[PATH_MAX];
    accounts_path(folder, ACCOUNTS_FILE, path);
    *db = connection_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    cr_assert_not_null(*db);
}

static void execute(const char *folder, const char *sql)
{
    sqlite3 *db;
    open_accounts(folder, &db);
    char *complaint = NULL;
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, &complaint), SQLITE_OK, "%s: %s", sql, complaint);
    cr_assert_eq(connection_close(db), 0);
}

#define MOVE(from, to, amount)                                                                               \
    "UPDATE account SET balance = balance - " #amount " WHERE id = " #from ";"                               \
    "UPDATE account SET balance = balance + " #amount " WHERE id = " #to ";"
#define HALF(transfer, account, amount)                                                                      \
    "INSERT INTO journal (transfer, account, amount) VALUES (" #transfer "," #account "," #amount ");"

static const struct {
    const char *sql;
    uint64_t whole, torn;
    const char *reason;
} statement_rows[] = {
    {"", 0, 0, "nothing happened"},
    {MOVE(1, 2, 5) HALF(1, 1, -5) HALF(1, 2, 5), 1, 0, "one transfer"},
    {MOVE(1, 2, 5) HALF(1, 1, -5) HALF(1, 2, 5) MOVE(2, 1, 5) HALF(2, 1, 5) HALF(2, 2, -5), 2, 0,
     "and back, the credit first"},
    {MOVE(3, 4, 1000000) HALF(-7, 3, -1000000) HALF(-7, 4, 1000000), 1, 0, "all that an account has"},
    {MOVE(1, 2, 5), 0, 2, "moved, but the journal knows nothing"},
    {HALF(1, 1, -5) HALF(1, 2, 5), 1, 2, "in the journal, but not moved"},
    {"UPDATE account SET balance = balance - 5 WHERE id = 1;" HALF(1, 1, -5), 0, 2, "the debit alone"},
    {MOVE(1, 2, 5) HALF(1, 1, -5), 0, 2, "moved, but the journal has half of it"},
    {MOVE(1, 2, 5) HALF(1, 1, -5) HALF(1, 2, 4), 0, 2, "halves of different amounts"},
    {MOVE(1, 2, 5) HALF(1, 1, -5) HALF(2, 2, 5), 0, 2, "halves of different transfers"},
    {MOVE(1, 2, 5) MOVE(1, 2, 5) HALF(1, 1, -5) HALF(1, 2, 5) HALF(1, 1, -5) HALF(1, 2, 5), 0, 1,
     "one transfer twice"},
    {HALF(1, 1, 0) HALF(1, 2, 0), 0, 1, "a transfer of nothing"},
    {"UPDATE account SET balance = balance + 1 WHERE id = 1", 0, 2, "money out of nothing"},
    {"DELETE FROM account WHERE id = 3", 0, 2, "an account is gone"},
    {"INSERT INTO account VALUES (5, 0, 0)", 0, 1, "an account from nowhere, of no worth"},
    {"UPDATE account SET group_id = 7 WHERE id = 3", 0, 1, "an account in another group"},
    {HALF(1, 8, -5) HALF(1, 9, 5), 1, 2, "accounts that there are not"},
    {"DROP TABLE journal", 0, 1, "no journal"},
};

Test(accounts, statements_that_break_the_books)
{
    for (size_t i = 0; i < sizeof statement_rows / sizeof *statement_rows; i++) {
        char *folder = scratch_make();
        struct exeunt_job_site site = make_site(folder, NULL);
        execute(folder, statement_rows[i].sql);
        struct exeunt_check seen = check(&site);
        cr_expect(seen.whole == statement_rows[i].whole && seen.torn == statement_rows[i].torn &&
                      seen.temp_files == 0,
                  "%s: %llu whole, %llu torn", statement_rows[i].reason, (unsigned long long)seen.whole,
                  (unsigned long long)seen.torn);
        seen = check(&site);
        cr_expect(seen.whole == 0 && seen.torn == 0, "%s: put back", statement_rows[i].reason);
        scratch_remove(folder);
    }
}

/* What a crash or a bad disk does to files. */

static void path_of(const char *folder, const char *name, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/%s", folder, name);
}

/* In a process that then ends without a word, as by SIGKILL. */
static void execute_and_die(const char *folder, const char *sql)
{
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        sqlite3 *db;
        open_accounts(folder, &db);
        _exit(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : 1);
    }
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert_eq(status, 0);
}

#define TRANSFER MOVE(1, 2, 5) HALF(1, 1, -5) HALF(1, 2, 5)
#define ANOTHER  MOVE(2, 3, 5) HALF(2, 2, -5) HALF(2, 3, 5)

static void die_after_commit(const char *folder)
{
    execute_and_die(folder, "BEGIN;" TRANSFER "COMMIT");
}

static void die_before_commit(const char *folder)
{
    execute_and_die(folder, "BEGIN IMMEDIATE;" TRANSFER);
}

/* A page more than the cache holds goes to the log before the commit. */
static void die_with_pages_written(const char *folder)
{
    execute_and_die(
        folder, "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE;" TRANSFER
                "CREATE TABLE t (b); INSERT INTO t VALUES (zeroblob(100000)); INSERT INTO t SELECT b FROM t");
    char path[PATH_MAX];
    struct stat status;
    path_of(folder, ACCOUNTS_FILE "-wal", path);
    cr_assert_eq(stat(path, &status), 0);
    cr_assert_gt(status.st_size, 100000, "the log holds what was not committed");
}

static void cut_log(const char *folder)
{
    char path[PATH_MAX];
    execute_and_die(folder, "BEGIN;" TRANSFER "COMMIT; BEGIN;" ANOTHER "COMMIT");
    path_of(folder, ACCOUNTS_FILE "-wal", path);
    struct stat status;
    cr_assert_eq(stat(path, &status), 0);
    cr_assert_eq(truncate(path, status.st_size - 100), 0);
}

static void leave_journals(const char *folder)
{
    char path[PATH_MAX];
    path_of(folder, ACCOUNTS_FILE "-journal", path);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    cr_assert_geq(fd, 0);
    close(fd);
}

static void overwrite(const char *folder, const void *bytes, size_t size, off_t offset)
{
    char path[PATH_MAX];
    execute(folder, "PRAGMA wal_checkpoint(TRUNCATE)");
    path_of(folder, ACCOUNTS_FILE, path);
    int fd = open(path, O_WRONLY);
    cr_assert_eq(pwrite(fd, bytes, size, offset), (ssize_t)size);
    close(fd);
}

static void spoil_page(const char *folder)
{
    char garbage[4096];
    memset(garbage, 'x', sizeof garbage);
    overwrite(folder, garbage, sizeof garbage, 4096);
}

/* The number of free pages stands in the header; no query needs it. Source: sqlite.org/fileformat2.html. */
static void spoil_header(const char *folder)
{
    overwrite(folder, (const char[]){0, 0, 0, 7}, 4, 36);
}

static void empty_file(const char *folder)
{
    char path[PATH_MAX];
    path_of(folder, ACCOUNTS_FILE, path);
    cr_assert_eq(truncate(path, 0), 0);
}

static void write_text(const char *folder)
{
    char path[PATH_MAX];
    path_of(folder, ACCOUNTS_FILE, path);
    FILE *file = fopen(path, "w");
    fputs("these are the accounts of the people, and they are not a database at all, as one may see: it is "
          "a text that is long enough to be taken for the header of a database, if nobody looks at it\n",
          file);
    fclose(file);
}

static void remove_file(const char *folder)
{
    char path[PATH_MAX];
    path_of(folder, ACCOUNTS_FILE, path);
    cr_assert_eq(unlink(path), 0);
}

static const struct {
    void (*happen)(const char *folder);
    uint64_t whole;
    bool torn;
    const char *reason;
} crash_rows[] = {
    {die_after_commit, 1, false, "a transfer that stands in the log alone"},
    {die_before_commit, 0, false, "a transfer that was not committed"},
    {die_with_pages_written, 0, false, "the same, but parts of it are in the log"},
    {cut_log, 1, false, "the log ends within the second of two transfers"},
    {leave_journals, 0, false, "a journal that nobody needs"},
    {spoil_page, 0, true, "a page of something else"},
    {spoil_header, 0, true, "a number in the header that nothing but the integrity check reads"},
    {empty_file, 0, true, "an empty file"},
    {write_text, 0, true, "a text"},
    {remove_file, 0, true, "no file"},
};

Test(accounts, crashes_lose_nothing_and_damage_is_seen)
{
    for (size_t i = 0; i < sizeof crash_rows / sizeof *crash_rows; i++) {
        char *folder = scratch_make();
        struct exeunt_job_site site = make_site(folder, NULL);
        crash_rows[i].happen(folder);
        struct exeunt_check seen = check(&site);
        cr_expect(seen.whole == crash_rows[i].whole && (seen.torn > 0) == crash_rows[i].torn &&
                      seen.temp_files == 0,
                  "%s: %llu whole, %llu torn", crash_rows[i].reason, (unsigned long long)seen.whole,
                  (unsigned long long)seen.torn);
        seen = check(&site);
        cr_expect(seen.whole == 0 && seen.torn == 0, "%s: put back", crash_rows[i].reason);
        scratch_remove(folder);
    }
}

/* A database that has a past: transfers of before are neither counted nor may they change. */
Test(accounts, the_past_stays_as_it_was)
{
    static const struct {
        const char *sql;
        uint64_t whole, torn;
        const char *reason;
    } rows[] = {
        {"", 0, 0, "nothing happened"},
        {ANOTHER, 1, 0, "a transfer after it"},
        {"DELETE FROM journal WHERE transfer = 1", 0, 2, "forgotten"},
        {"UPDATE journal SET amount = amount * 2 WHERE transfer = 1", 0, 2, "changed"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *input = scratch_make(), *folder = scratch_make();
        make_site(input, NULL);
        execute(input, TRANSFER);
        struct exeunt_job_site site = make_site(folder, input);
        execute(folder, rows[i].sql);
        struct exeunt_check seen = check(&site);
        cr_expect(seen.whole == rows[i].whole && seen.torn == rows[i].torn, "%s: %llu whole, %llu torn",
                  rows[i].reason, (unsigned long long)seen.whole, (unsigned long long)seen.torn);
        scratch_remove(input);
        scratch_remove(folder);
    }
}
