/* A writer that is killed, at any of its writes, leaves a file that is whole, with all that it was told was
 * saved; several writers at once do not lose each other's. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "fixture.h"

/* The child's write that it dies of, and how many it has made. */
static int fatal, written;

/* Half of the bytes get through. */
static ssize_t write_or_die(int fd, const void *bytes, size_t size, off_t offset)
{
    if (++written != fatal)
        return pwrite(fd, bytes, size, offset);
    if (pwrite(fd, bytes, size / 2, offset) >= 0)
        raise(SIGKILL);
    return -1;
}

static int save_findings(struct store *store, int told, int count, struct error *error)
{
    struct sweep_result sweep = example_sweep();
    uint64_t run;
    int failed = begin_sweep(store, &sweep, &run, error);
    for (int i = 0; failed == 0 && i < count; i++) {
        struct sweep_finding finding = sweep.findings[i % 2];
        finding.signature = (uint64_t)i;
        failed = store_save_finding(store, run, &finding, error);
        if (failed == 0 && write(told, &finding.id, sizeof finding.id) != sizeof finding.id)
            abort();
    }
    sweep_result_clear(&sweep);
    return failed;
}

/* Saves findings, and tells `told` the number of each. */
static _Noreturn void write_findings(const struct place *place, int told, int count)
{
    struct store *store = NULL;
    struct error error;
    int failed = store_open(place->path, STORE_WRITE, &store, &error);
    if (failed == 0)
        failed = save_findings(store, told, count, &error);
    if (failed != 0)
        fprintf(stderr, "writer: %s\n", error.text);
    _exit(failed == 0 && store_close(store) == 0 ? 0 : 1);
}

static pid_t start_writer(const struct place *place, int told[2], int count)
{
    fflush(NULL);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0)
        write_findings(place, told[1], count);
    return child;
}

static void expect_whole(const char *path)
{
    sqlite3 *db;
    sqlite3_stmt *check;
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(db, "pragma integrity_check", -1, &check, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_step(check), SQLITE_ROW);
    cr_expect_str_eq((const char *)sqlite3_column_text(check, 0), "ok");
    sqlite3_finalize(check);
    sqlite3_close(db);
}

/* A finding has all that belongs to it or is not there. Returns how many there are. */
static size_t count_findings(struct store *store)
{
    struct store_runs runs;
    struct error error = {.text = ""};
    size_t count = 0;
    cr_assert_eq(store_list_runs(store, &runs, &error), 0, "%s", error.text);
    for (size_t i = 0; i < runs.count; i++) {
        struct sweep_result sweep;
        struct store_run run;
        cr_assert_eq(store_load_sweep(store, runs.list[i].id, &sweep, &run, &error), 0, "%s", error.text);
        for (size_t j = 0; j < sweep.finding_count; j++) {
            const struct sweep_finding *finding = &sweep.findings[j];
            bool even = finding->signature % 2 == 0;
            cr_expect_eq(finding->stack_depth, even ? SWEEP_STACK_MAX : 1);
            cr_expect_str_eq(finding->faults[1].point, even ? "" : "posix/io/oc/close");
        }
        count += sweep.finding_count;
        sweep_result_clear(&sweep);
        store_run_clear(&run);
    }
    store_runs_clear(&runs);
    return count;
}

static void expect_found(struct store *store, uint64_t id)
{
    struct sweep_finding finding;
    struct store_run run;
    struct error error;
    cr_assert_eq(store_load_finding(store, id, &finding, &run, &error), 0, "%s", error.text);
    free(finding.stack);
    store_run_clear(&run);
}

/* Returns whether the writer was killed. */
static bool dies_well(int write_to_die_of)
{
    struct place place = place_make();
    int told[2], status;
    cr_assert_eq(pipe(told), 0);
    fatal = write_to_die_of;
    written = 0;
    pid_t child = start_writer(&place, told, 2);
    close(told[1]);
    cr_assert_eq(waitpid(child, &status, 0), child);
    bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    cr_expect(killed || (WIFEXITED(status) && WEXITSTATUS(status) == 0), "write %d: status %x", fatal,
              status);

    expect_whole(place.path);
    fatal = 0;
    struct store *store = place_open(&place);
    size_t saved = 0;
    for (uint64_t id; read(told[0], &id, sizeof id) == sizeof id; saved++)
        expect_found(store, id);
    size_t found = count_findings(store);
    cr_expect(found == saved || found == saved + 1, "write %d: %zu, of %zu", write_to_die_of, found, saved);
    begin_example(store); /* and it goes on */
    cr_assert_eq(store_close(store), 0);
    close(told[0]);
    place_remove(&place);
    return killed;
}

Test(crash, killed_at_any_write_it_leaves_what_was_saved)
{
    static const char *const names[] = {"pwrite", "pwrite64"};
    if (access("/dev/shm", W_OK) == 0) /* a kill does not ask for a disk, and this is faster */
        setenv("TMPDIR", "/dev/shm", 1);
    sqlite3_initialize();
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cr_assert_eq(vfs->xSetSystemCall(vfs, names[i], (sqlite3_syscall_ptr)write_or_die), SQLITE_OK);
    int deaths = 0;
    while (dies_well(deaths + 1))
        deaths++;
    cr_expect_gt(deaths, 40, "%d", deaths);
}

Test(crash, writers_at_once_lose_nothing)
{
    enum { WRITERS = 4, EACH = 25, ALL = WRITERS * EACH };
    struct place place = place_make();
    int told[2];
    cr_assert_eq(pipe(told), 0);
    pid_t writers[WRITERS];
    for (int i = 0; i < WRITERS; i++)
        writers[i] = start_writer(&place, told, EACH);
    close(told[1]);
    for (int i = 0; i < WRITERS; i++) {
        int status;
        cr_assert_eq(waitpid(writers[i], &status, 0), writers[i]);
        cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", status);
    }
    bool seen[ALL + 1] = {false};
    struct store *store = place_open(&place);
    int count = 0;
    for (uint64_t id; read(told[0], &id, sizeof id) == sizeof id; count++) {
        cr_assert(id >= 1 && id <= ALL && !seen[id], "%d", (int)id);
        seen[id] = true;
        expect_found(store, id);
    }
    cr_expect_eq(count, ALL);
    cr_expect_eq(count_findings(store), ALL);
    cr_assert_eq(store_close(store), 0);
    expect_whole(place.path);
    close(told[0]);
    place_remove(&place);
}
