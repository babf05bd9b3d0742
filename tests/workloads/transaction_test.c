/* Transfers under faults: what each variant leaves behind, which databases are refused, and that the check
 * after a run means what it says. */
#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "report.h"
#include "scratch.h"

/* The disk is not what is tested: into memory, where there is such a folder. */
static void work_in_memory(void)
{
    if (access("/dev/shm", W_OK | X_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
}
TestSuite(transaction, .init = work_in_memory);

static size_t finding_count(json_t *variant, const char *kind)
{
    size_t index, count = 0;
    json_t *finding;
    json_array_foreach(json_object_get(variant, "findings"), index, finding)
    {
        count += strcmp(report_text(finding, "kind"), kind) == 0;
    }
    return count;
}

/* Findings that break a guarantee. */
static size_t broken_count(json_t *variant)
{
    size_t index, count = 0;
    json_t *finding;
    json_array_foreach(json_object_get(variant, "findings"), index, finding)
    {
        count += !json_is_true(json_object_get(finding, "informational"));
    }
    return count;
}

static void expect_clean(json_t *variant, const char *arguments)
{
    cr_assert_str_eq(report_text(variant, "verdict"), "pass", "%s", arguments);
    cr_assert_str_eq(report_text(variant, "ended"), "completed", "%s", arguments);
    cr_assert_eq(report_number(variant, "fds.final"), report_number(variant, "fds.baseline"), "%s",
                 arguments);
    cr_assert_eq(broken_count(variant), 0, "%s", arguments);
    cr_assert_eq(report_number(variant, "stored.torn"), 0, "%s", arguments);
    cr_assert_eq(report_number(variant, "stored.whole"), report_number(variant, "operations.succeeded"), "%s",
                 arguments);
}

static void expect_story(const char *arguments)
{
    struct report report = report_of("compare transaction %s", arguments);
    cr_assert_eq(report.status, 0, "compare %s: status %d: %s%s", arguments, report.status,
                 report_text(report.root, "sentence"), report.err);
    json_t *unguarded = report_variant(&report, "unguarded");
    json_t *misordered = report_variant(&report, "misordered");
    cr_assert_str_eq(report_text(unguarded, "ended"), "deadlock", "%s", arguments);
    cr_assert_gt(finding_count(unguarded, "leaked-resource"), 0, "%s", arguments);
    cr_assert_gt(finding_count(unguarded, "lock-left-held"), 0, "%s", arguments);
    cr_assert_eq(report_number(unguarded, "stored.torn"), 0, "%s", arguments);
    cr_assert_str_eq(report_text(misordered, "ended"), "deadlock", "%s", arguments);
    cr_assert_eq(finding_count(misordered, "leaked-resource"), 0, "%s", arguments);
    cr_assert_eq(report_number(misordered, "stored.torn"), 0, "%s", arguments);
    static const char *const clean[] = {"guarded", "handwritten"};
    for (size_t i = 0; i < 2; i++) {
        json_t *variant = report_variant(&report, clean[i]);
        expect_clean(variant, arguments);
        cr_assert_geq(report_number(variant, "faults.injected"), 2000, "%s: %s", clean[i], arguments);
    }
    report_free(&report);
}

Test(transaction, story_by_default)
{
    expect_story("");
}

Test(transaction, story_with_another_seed_and_more_workers)
{
    expect_story("--set sync=0 --seed 9223372036854775807 --workers 16");
}

/* No control is then caught by faults; the order of locks is wrong without any. */
Test(transaction, unguarded_is_right_when_all_goes_well)
{
    static const char *const variants[] = {"unguarded", "guarded", "handwritten"};
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        struct report report = report_of("run transaction/%s --faults none --operations 600", variants[i]);
        cr_assert_eq(report.status, 0, "%s: %s", variants[i], report.err);
        json_t *variant = report_variant(&report, variants[i]);
        expect_clean(variant, variants[i]);
        cr_assert_eq(report_number(variant, "operations.succeeded"), 600);
        cr_assert_eq(json_array_size(json_object_get(variant, "findings")), 0, "%s", variants[i]);
        report_free(&report);
    }
}

Test(transaction, wrong_order_of_locks_is_caught_without_any_fault)
{
    for (int seed = 1; seed <= 5; seed++) {
        struct report report =
            report_of("run transaction/misordered --faults none --set sync=0 --seed %d", seed);
        cr_assert_eq(report.status, 1, "seed %d: %s", seed, report.err);
        json_t *variant = report_variant(&report, "misordered");
        cr_assert_str_eq(report_text(variant, "ended"), "deadlock", "seed %d", seed);
        cr_assert_eq(report_number(variant, "stored.torn"), 0);
        json_t *deadlock = json_array_get(json_object_get(variant, "deadlocks"), 0);
        cr_assert_str_eq(report_text(deadlock, "kind"), "cycle");
        json_t *edge = json_array_get(json_object_get(deadlock, "edges"), 0);
        cr_assert_eq(strncmp(report_text(edge, "lock"), "groups[", 7), 0, "%s", report_text(edge, "lock"));
        cr_assert_eq(strncmp(report_text(edge, "taken_at"), "workloads/transaction.c:", 24), 0, "%s",
                     report_text(edge, "taken_at"));
        report_free(&report);
    }
}

/* One worker, so that nobody waits for what is left. */
Test(transaction, finding_names_line_point_and_coordinate)
{
    static const struct {
        const char *point, *error;
    } rows[] = {{"transaction/validate", "ERANGE"}, {"transaction/connection", "ECONNRESET"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct report report =
            report_of("run transaction/unguarded --faults '%s@1' --operations 1 --workers 1", rows[i].point);
        cr_assert_eq(report.status, 1, "%s", report.err);
        json_t *variant = report_variant(&report, "unguarded"), *finding;
        size_t index, connections = 0, transactions = 0;
        json_array_foreach(json_object_get(variant, "findings"), index, finding)
        {
            if (strcmp(report_text(finding, "kind"), "leaked-resource") != 0)
                continue;
            connections += strcmp(report_text(finding, "resource"), "connection") == 0;
            transactions += strcmp(report_text(finding, "resource"), "transaction") == 0;
            cr_assert_str_eq(report_text(finding, "point"), rows[i].point);
            cr_assert_str_eq(report_text(finding, "errno"), rows[i].error);
            cr_assert_eq(strncmp(report_text(finding, "taken_at"), "workloads/database.c:", 21), 0, "%s",
                         report_text(finding, "taken_at"));
        }
        cr_assert(connections == 1 && transactions == 1, "%s: %zu connections, %zu transactions",
                  rows[i].point, connections, transactions);
        cr_assert_eq(finding_count(variant, "lock-left-held"), 3, "schema and two groups");
        report_free(&report);
    }
}

/* Whatever SQLite itself meets, the same error for all of its calls. */
Test(transaction, each_call_of_the_database_can_fail)
{
    static const char *const plans[] = {
        "posix/io/rw/pwrite:ENOSPC@p=0.1", "posix/io/oc/open:EMFILE@p=0.1",
        "posix/io/oc/open:EACCES@p=0.2",   "posix/io/rw/pread:EIO@p=0.1",
        "posix/io/rw/pwrite:short@p=0.5",  "posix/io/sync/fdatasync:EIO@p=0.5",
        "posix/io/oc/close:EIO@p=0.5",     "posix/io/*@p=0.05"};
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        for (int j = 0; j < 2; j++) {
            const char *name = j == 0 ? "guarded" : "handwritten";
            struct report report =
                report_of("run transaction/%s --operations 300 --set sync=%d --faults '%s'", name,
                          i % 3 == 0 ? 2 : 1, plans[i]);
            cr_assert_eq(report.status, 0, "%s %s: %s%s", name, plans[i],
                         report_text(report.root, "sentence"), report.err);
            expect_clean(report_variant(&report, name), plans[i]);
            report_free(&report);
        }
    }
}

/* An input folder with a database of the statements' making. */
static char *make_input(const char *statements)
{
    char *folder = scratch_make(), path[512];
    snprintf(path, sizeof path, "%s/accounts.db", folder);
    sqlite3 *db;
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    char *complaint = NULL;
    cr_assert_eq(sqlite3_exec(db, statements, NULL, NULL, &complaint), SQLITE_OK, "%s", complaint);
    cr_assert_eq(sqlite3_close(db), SQLITE_OK);
    return folder;
}

#define ACCOUNTS                                                                                             \
    "CREATE TABLE account (id INTEGER PRIMARY KEY, group_id INTEGER, balance INTEGER, owner TEXT);"
#define JOURNAL                                                                                              \
    "CREATE TABLE journal (id INTEGER PRIMARY KEY, transfer INTEGER, account INTEGER, amount INTEGER);"
#define PEOPLE                                                                                               \
    "INSERT INTO account VALUES (7, -3, 20, 'a'), (1000000007, -3, 0, 'b'), (40, 12, 90000, 'c'), "          \
    "(41, 99, 100000, 'd');"
#define PAST "INSERT INTO journal VALUES (5, 1000, 7, -3), (9, 1000, 41, 3);"

static char *all_of(const char *folder)
{
    struct command_result result = command_run("cat %s/accounts.db", folder);
    cr_assert_eq(result.status, 0);
    free(result.err);
    return result.out;
}

/* Accounts and groups as they come, a past, accounts that are soon empty: some transfers are then refused. */
Test(transaction, works_on_a_copy_of_a_real_database)
{
    char *folder = make_input(ACCOUNTS JOURNAL PEOPLE PAST);
    char *before = all_of(folder);
    struct report report =
        report_of("run transaction/guarded --faults none --operations 300 --input %s", folder);
    cr_assert_eq(report.status, 0, "%s", report.err);
    json_t *variant = report_variant(&report, "guarded");
    cr_assert_gt(report_number(variant, "operations.succeeded"), 100);
    cr_assert_gt(report_number(variant, "operations.failed"), 0, "transfers that are not covered");
    cr_assert_eq(report_number(variant, "stored.whole"), report_number(variant, "operations.succeeded"));
    cr_assert_eq(report_number(variant, "stored.torn"), 0);
    char *after = all_of(folder);
    cr_assert_str_eq(before, after, "the database itself is as it was");
    free(before);
    free(after);
    report_free(&report);
    scratch_remove(folder);
}

/* Bad input: each gets one sentence that says what is wrong, and nothing is left in the work folder. */

static void refuse(int status, const char *sentence, const char *input, const char *reason)
{
    char *work = scratch_make();
    struct command_result result =
        command_run("TMPDIR=%s exec %s compare transaction --input %s", work, EXEUNT, input);
    cr_expect_eq(result.status, status, "%s: status %d: %s", reason, result.status, result.err);
    cr_expect_not_null(strstr(result.err, sentence), "%s: %s", reason, result.err);
    cr_expect_eq(strncmp(result.err, "exeunt: ", 8), 0, "%s", result.err);
    cr_expect_eq(rmdir(work), 0, "%s: something was left in the work folder", reason);
    free(work);
    command_free(&result);
}

Test(transaction, databases_that_do_not_fit)
{
    static const struct {
        const char *statements, *sentence, *reason;
    } rows[] = {
        {"", "has no table 'account'", "an empty database"},
        {ACCOUNTS PEOPLE, "has no table 'journal'", "no journal"},
        {"CREATE TABLE account (id, balance);" JOURNAL, "has no table 'account' with", "no groups"},
        {ACCOUNTS JOURNAL, "has no two accounts", "no accounts"},
        {ACCOUNTS JOURNAL "INSERT INTO account VALUES (1, 1, 1, ''), (2, 1, 1, '')", "in one group alone",
         "no two groups"},
        {ACCOUNTS JOURNAL "INSERT INTO account VALUES (1, 1, 'much', ''), (2, 2, 1, '')", "numbers are none",
         "a balance in words"},
        {ACCOUNTS JOURNAL PEOPLE "INSERT INTO journal VALUES (1, 1, 7, -3)", "not a debit and a credit",
         "half a transfer"},
        {ACCOUNTS JOURNAL PEOPLE "INSERT INTO journal VALUES (1, 9223372036854775800, 7, -3), "
                                 "(2, 9223372036854775800, 41, 3)",
         "no numbers left", "transfers numbered to the end"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *folder = make_input(rows[i].statements);
        refuse(2, rows[i].sentence, folder, rows[i].reason);
        scratch_remove(folder);
    }
}

Test(transaction, files_that_are_no_database_to_work_on)
{
    static const struct {
        const char *make; /* a shell command, in the folder */
        const char *sentence, *reason;
    } rows[] = {
        {"true", "accounts.db' cannot be read: No such file", "no database"},
        {"mkdir accounts.db", "is no regular file", "a folder"},
        {"mkfifo accounts.db", "is no regular file", "a FIFO"},
        {"yes | head -c 20000 > accounts.db", "is no SQLite database", "a text"},
        {"sqlite3 accounts.db 'CREATE TABLE t (a)' && chmod 444 accounts.db", "is read-only", "read-only"},
    };
    refuse(2, "cannot be read", "/nonexistent", "no folder");
    refuse(2, "cannot be read", "/etc/passwd", "no folder, but a file");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *folder = scratch_make();
        struct command_result made = command_run("cd %s && %s", folder, rows[i].make);
        cr_assert_eq(made.status, 0, "%s", made.err);
        refuse(2, rows[i].sentence, folder, rows[i].reason);
        command_free(&made);
        scratch_remove(folder);
    }
}

/* Another process holds the lock while exeunt comes for it. In both modes of journalling. */
Test(transaction, database_that_another_process_has_locked)
{
    static const char *const locks[] = {"BEGIN EXCLUSIVE", "BEGIN IMMEDIATE",
                                        "PRAGMA journal_mode = WAL; BEGIN IMMEDIATE"};
    for (size_t i = 0; i < sizeof locks / sizeof *locks; i++) {
        char *folder = make_input(ACCOUNTS JOURNAL PEOPLE PAST), path[512];
        snprintf(path, sizeof path, "%s/accounts.db", folder);
        int ready[2], done[2];
        cr_assert(pipe(ready) == 0 && pipe(done) == 0);
        pid_t holder = fork();
        if (holder == 0) {
            sqlite3 *db;
            char byte = sqlite3_open(path, &db) == SQLITE_OK &&
                        sqlite3_exec(db, locks[i], NULL, NULL, NULL) == SQLITE_OK;
            close(done[1]);
            if (write(ready[1], &byte, 1) == 1 && read(done[0], &byte, 1) == 0)
                sqlite3_close(db);
            _exit(0);
        }
        char locked = 0;
        cr_assert(read(ready[0], &locked, 1) == 1 && locked);
        refuse(3, "is locked by another process", folder, locks[i]);
        close(ready[0]), close(ready[1]), close(done[0]), close(done[1]);
        cr_assert_eq(waitpid(holder, NULL, 0), holder);
        struct report report =
            report_of("run transaction/guarded --faults none --operations 5 --input %s", folder);
        cr_assert_eq(report.status, 0, "once it is free: %s", report.err);
        report_free(&report);
        scratch_remove(folder);
    }
}

Test(transaction, settings_that_do_not_go_together)
{
    struct command_result result =
        command_run("exec %s compare transaction --set accounts=3 --set groups=4", EXEUNT);
    cr_assert_eq(result.status, 2, "%s", result.err);
    cr_assert_not_null(strstr(result.err, "3 accounts do not fill 4 groups"), "%s", result.err);
    command_free(&result);
}
