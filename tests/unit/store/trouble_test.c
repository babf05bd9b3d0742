/* What may happen to a store while it is used: others lock it, the disk is full. What was saved stays. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "fixture.h"

static int slept_ms;

/* Time passes at once: how long is waited is seen without waiting. */
static int sleep_not(sqlite3_vfs *vfs, int us)
{
    (void)vfs;
    slept_ms += us / 1000;
    return us;
}

static void expect_locked(const struct error *error, const char *path)
{
    char expected[PATH_MAX + 128];
    snprintf(expected, sizeof expected,
             "'%s' has been locked by another process for 5 s: wait until that ends, or name another file",
             path);
    cr_expect_str_eq(error->text, expected);
    cr_expect_eq(error->exit_status, EXIT_NOT_DONE);
    cr_expect(slept_ms >= STORE_PATIENCE_MS * 9 / 10 && slept_ms <= STORE_PATIENCE_MS * 11 / 10, "%d ms",
              slept_ms);
    slept_ms = 0;
}

Test(trouble, a_lock_is_waited_for_and_then_said)
{
    struct place place = place_make();
    struct store *store = place_open(&place), *late = NULL;
    uint64_t run = begin_example(store);
    struct sweep_finding finding = example_finding(1);
    struct error error;
    sqlite3_vfs_find(NULL)->xSleep = sleep_not;

    sqlite3 *other;
    cr_assert_eq(sqlite3_open(place.path, &other), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(other, "begin immediate", NULL, NULL, NULL), SQLITE_OK);
    cr_expect_eq(store_save_finding(store, run, &finding, &error), -EBUSY);
    expect_locked(&error, place.path);
    cr_expect_eq(finding.id, 0);
    cr_assert_eq(sqlite3_exec(other, "commit", NULL, NULL, NULL), SQLITE_OK);
    cr_expect_eq(store_save_finding(store, run, &finding, &error), 0, "and goes on when it is free");
    cr_expect_eq(finding.id, 1);
    store_close(store);

    cr_assert_eq(sqlite3_exec(other, "pragma journal_mode = delete; begin exclusive", NULL, NULL, NULL),
                 SQLITE_OK);
    slept_ms = 0;
    cr_expect_eq(store_open(place.path, STORE_WRITE, &late, &error), -EBUSY);
    expect_locked(&error, place.path);
    cr_assert_eq(sqlite3_exec(other, "commit; begin", NULL, NULL, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(other, "select * from run", NULL, NULL, NULL), SQLITE_OK);
    cr_expect_eq(store_open(place.path, STORE_WRITE, &late, &error), -EBUSY, "turning the log on");
    expect_locked(&error, place.path);
    sqlite3_close(other);
    place_remove(&place);
}

static int save_one(struct store *store, uint64_t run, uint64_t signature, struct error *error)
{
    struct sweep_finding finding = example_finding(signature);
    return store_save_finding(store, run, &finding, error);
}

/* Saves until it fails. Returns how many were saved. */
static uint64_t save_until_failure(struct store *store, uint64_t run, int *code, struct error *error)
{
    for (uint64_t saved = 0; saved < 100000; saved++)
        if ((*code = save_one(store, run, saved, error)) != 0)
            return saved;
    cr_assert_fail("there was no end of room");
    return 0;
}

static void expect_intact(const char *path, uint64_t findings)
{
    struct store *store = NULL;
    struct sweep_result sweep;
    struct store_run run;
    struct error error = {.text = ""};
    cr_assert_eq(store_open(path, STORE_READ, &store, &error), 0, "%s", error.text);
    cr_assert_eq(store_load_sweep(store, 0, &sweep, &run, &error), 0, "%s", error.text);
    cr_expect_eq(sweep.finding_count, findings);
    sweep_result_clear(&sweep);
    store_run_clear(&run);
    store_close(store);
}

Test(trouble, a_full_disk_is_said_and_what_was_saved_stays)
{
    struct place place = place_make();
    char filler[PATH_MAX + 8];
    snprintf(filler, sizeof filler, "%s/filler", place.folder);
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", place.folder, "tmpfs", 0, "size=768k") != 0)
        cr_skip_test("a file system cannot be mounted here");
    int fd = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    cr_assert_eq(posix_fallocate(fd, 0, 256 << 10), 0);
    close(fd);

    struct store *store = place_open(&place);
    struct error error;
    uint64_t run = begin_example(store);
    int code;
    uint64_t saved = save_until_failure(store, run, &code, &error);
    char expected[PATH_MAX + 128];
    snprintf(expected, sizeof expected,
             "there is no space left for '%s': free some, or name another file; what it holds is intact",
             place.path);
    cr_expect_eq(code, -ENOSPC);
    cr_expect_str_eq(error.text, expected);
    cr_expect_gt(saved, 10);
    expect_intact(place.path, saved);
    cr_assert_eq(unlink(filler), 0);
    cr_expect_eq(save_one(store, run, UINT64_MAX, &error), 0, "goes on when there is space");
    cr_assert_eq(store_close(store), 0);
    expect_intact(place.path, saved + 1);
    cr_assert_eq(umount(place.folder), 0);
    place_remove(&place);
}

Test(trouble, what_the_system_refuses_is_said)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct error error;
    uint64_t run = begin_example(store);
    const struct rlimit before = {RLIM_INFINITY, RLIM_INFINITY}, small = {512 << 10, RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    int code;
    uint64_t saved = save_until_failure(store, run, &code, &error);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    char expected[PATH_MAX + 128];
    snprintf(expected, sizeof expected,
             "'%s' cannot be read or written: File too large; mend that, or name another file", place.path);
    cr_expect_eq(code, -EFBIG);
    cr_expect_str_eq(error.text, expected);
    expect_intact(place.path, saved);
    cr_expect_eq(save_one(store, run, UINT64_MAX, &error), 0);
    store_close(store);
    place_remove(&place);
}
