/* Files that cannot be used: each row what stands where the file should be, and the sentence that is said. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "fixture.h"

enum { NOBODY = 65534 };

/* A store that is in order, for rows that damage it. */
static void make_store(const char *folder)
{
    char path[PATH_MAX];
    struct store *store;
    struct error error;
    snprintf(path, sizeof path, "%s/" STORE_FILE, folder);
    cr_assert_eq(store_open(path, STORE_WRITE, &store, &error), 0, "%s", error.text);
    cr_assert_eq(store_close(store), 0);
}

/* Expects `text` to be `pattern`, in which each %s stands for the path. */
static void expect_sentence(const char *text, const char *pattern, const char *path, const char *reason)
{
    char expected[2 * PATH_MAX] = "";
    size_t length = 0;
    for (const char *at = pattern; *at != '\0'; at++) {
        bool is_path = strncmp(at, "%s", 2) == 0;
        length += (size_t)snprintf(expected + length, sizeof expected - length, "%.*s",
                                   is_path ? PATH_MAX : 1, is_path ? path : at);
        at += is_path;
    }
    cr_expect_str_eq(text, expected, "%s", reason);
}

Test(open, what_is_wrong_is_said)
{
    enum { READ = 1, WRITE = 2 };
    static const struct {
        const char *prepare; /* a shell command in the folder */
        unsigned modes;
        int code;
        enum exit_status status;
        const char *sentence;
        const char *reason;
    } rows[] = {
        {"rm exeunt.db", READ, -EINVAL, EXIT_USAGE,
         "'%s' cannot be read: No such file or directory; run something first, or name another file",
         "no file"},
        {": >exeunt.db", READ, -EINVAL, EXIT_USAGE,
         "'%s' holds no results yet: run something first, or name another file", "an empty file"},
        {"rm exeunt.db; mkdir exeunt.db", WRITE, -EINVAL, EXIT_USAGE,
         "'%s' cannot be opened: Is a directory; make it and its folder writable, or name another file",
         "a folder"},
        {"echo 'a text' >exeunt.db", READ | WRITE, -EINVAL, EXIT_USAGE,
         "'%s' is no database of exeunt: name another file", "a short text"},
        {"seq 10000 >exeunt.db", READ | WRITE, -EINVAL, EXIT_USAGE,
         "'%s' is no database of exeunt: name another file", "a long text"},
        {"rm exeunt.db; sqlite3 exeunt.db 'create table t (a)'", READ | WRITE, -EINVAL, EXIT_USAGE,
         "'%s' is a database of another program: name another file", "another program's"},
        {"rm exeunt.db; sqlite3 exeunt.db 'pragma application_id = 7'", READ | WRITE, -EINVAL, EXIT_USAGE,
         "'%s' is a database of another program: name another file",
         "another program's, without a table yet"},
        {"sqlite3 exeunt.db 'pragma user_version = 7'", READ | WRITE, -EINVAL, EXIT_USAGE,
         "'%s' was written by a newer exeunt (schema 7, this one knows 4): use that one, or name another "
         "file",
         "of the future"},
        {"dd if=/dev/zero of=exeunt.db bs=1 seek=100 count=8 conv=notrunc", READ | WRITE, -EBADMSG,
         EXIT_USAGE,
         "'%s' is damaged (database disk image is malformed): move it away, and a new one will be made; "
         "'sqlite3 FILE .recover' may save what is in it",
         "damaged at its root"},
        {"sqlite3 exeunt.db 'drop table finding'", 0, 0, EXIT_AS_EXPECTED, "",
         "opened all the same: what is missing is said when it is asked for"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place place = place_make();
        make_store(place.folder);
        struct command_result prepared = command_run("cd '%s' && (%s)", place.folder, rows[i].prepare);
        cr_assert_eq(prepared.status, 0, "%s: %s", rows[i].reason, prepared.err);
        command_free(&prepared);
        for (unsigned mode = READ; mode <= WRITE; mode++) {
            struct store *store = NULL;
            struct error error = {.text = ""};
            if (rows[i].modes != 0 && (rows[i].modes & mode) == 0)
                continue;
            int code = store_open(place.path, mode == READ ? STORE_READ : STORE_WRITE, &store, &error);
            cr_expect_eq(code, rows[i].code, "%s: %d", rows[i].reason, code);
            expect_sentence(error.text, rows[i].sentence, place.path, rows[i].reason);
            if (code != 0)
                cr_expect_eq(error.exit_status, rows[i].status, "%s", rows[i].reason);
            cr_expect_eq(store == NULL, code != 0);
            store_close(store);
        }
        place_remove(&place);
    }
}

Test(open, folder_is_missing)
{
    struct place place = place_make();
    struct store *store = NULL;
    struct error error;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/gone/a.db", place.folder);
    cr_expect_eq(store_open(path, STORE_WRITE, &store, &error), -EINVAL);
    expect_sentence(
        error.text,
        "'%s' cannot be made: its folder does not exist, or is read-only; mend that, or name another file",
        path, "");
    place_remove(&place);
}

/* SQLite would take these names for something of its own. */
Test(open, any_name_is_a_files)
{
    static const char *const names[] = {":memory:", "file:a?mode=ro", "-x"};
    struct place place = place_make();
    cr_assert_eq(chdir(place.folder), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct store *store = NULL;
        struct error error;
        cr_assert_eq(store_open(names[i], STORE_WRITE, &store, &error), 0, "%s", error.text);
        cr_expect_eq(access(names[i], F_OK), 0, "%s", names[i]);
        store_close(store);
    }
    place_remove(&place);
}

Test(open, damage_within_is_said_where_it_is_met)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct error error = {.text = ""};
    uint64_t run = begin_example(store);
    for (uint64_t i = 0; i < 500; i++) {
        struct sweep_finding finding = example_finding(i);
        cr_assert_eq(store_save_finding(store, run, &finding, &error), 0);
    }
    cr_assert_eq(store_close(store), 0);
    int fd = open(place.path, O_WRONLY | O_CLOEXEC);
    struct stat status;
    cr_assert_eq(fstat(fd, &status), 0);
    static const char garbage[4096] = "\x0d\xff\xff\xff\xff\xff\xff";
    for (off_t page = 16; page < status.st_size / (off_t)sizeof garbage; page++)
        cr_assert_eq(pwrite(fd, garbage, sizeof garbage, page * (off_t)sizeof garbage), sizeof garbage);
    close(fd);

    cr_assert_eq(store_open(place.path, STORE_READ, &store, &error), 0, "%s", error.text);
    struct sweep_result sweep;
    struct store_run about;
    cr_expect_eq(store_load_sweep(store, 0, &sweep, &about, &error), -EBADMSG);
    cr_expect(strstr(error.text, "is damaged (database disk image is malformed): move it away") != NULL, "%s",
              error.text);
    store_close(store);
    place_remove(&place);
}

/* What only another version, or an enemy, can have written. */
Test(open, values_that_are_not_known_are_damage)
{
    static const struct {
        const char *sql, *what;
    } rows[] = {
        {"update finding set kind = 'odd'", "a name in it is not known"},
        {"update finding set severity = ''", "a name in it is not known"},
        {"update finding set mode = 'ONCE'", "a name in it is not known"},
        {"update outcome set kind = 'unreleased' where kind = 'leak'", "a name in it is not known"},
        {"update sweep set fail_on = 'leak,odd'", "a name in it is not known"},
        {"update sweep set exit_status = 5", "an exit status in it is not known"},
        {"drop table finding", "no such table: finding"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place place = place_make();
        struct store *store = place_open(&place);
        struct sweep_result sweep = example_sweep();
        struct store_run about;
        struct error error = {.text = ""};
        cr_assert_eq(store_finish_sweep(store, begin_example(store), &sweep, &error), 0, "%s", error.text);
        sweep_result_clear(&sweep);
        struct command_result changed = command_run("sqlite3 '%s' \"%s\"", place.path, rows[i].sql);
        cr_assert_eq(changed.status, 0, "%s", changed.err);
        command_free(&changed);
        cr_expect_eq(store_load_sweep(store, 0, &sweep, &about, &error), -EBADMSG, "%s", rows[i].sql);
        cr_expect(strstr(error.text, rows[i].what) != NULL, "%s: %s", rows[i].sql, error.text);
        store_close(store);
        place_remove(&place);
    }
}

/* Text of any length and many frames: what does not fit is cut off, nothing is overrun. */
Test(open, too_much_is_cut_off)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct sweep_result sweep = example_sweep();
    struct store_run about;
    struct error error = {.text = ""};
    cr_assert_eq(store_finish_sweep(store, begin_example(store), &sweep, &error), 0, "%s", error.text);
    sweep_result_clear(&sweep);
    struct command_result changed =
        command_run("sqlite3 '%s' \"update finding set detail = hex(zeroblob(5000)), taken_at = detail;"
                    "with n(i) as (values (100) union all select i + 1 from n where i < 2000)"
                    " insert into frame select 1, i, hex(zeroblob(500)) from n;"
                    "with n(i) as (values (100) union all select i + 1 from n where i < 2000)"
                    " insert into fault select 1, i, 'p', -1, hex(zeroblob(500)), '' from n;"
                    "with n(i) as (values (100) union all select i + 1 from n where i < 2000)"
                    " insert into point select 1, i, hex(zeroblob(500)), -1, -1, -1 from n\"",
                    place.path);
    cr_assert_eq(changed.status, 0, "%s", changed.err);
    command_free(&changed);
    cr_assert_eq(store_load_sweep(store, 0, &sweep, &about, &error), 0, "%s", error.text);
    cr_expect_eq(sweep.findings[0].stack_depth, SWEEP_STACK_MAX);
    cr_expect_eq(strlen(sweep.findings[0].detail), sizeof sweep.findings[0].detail - 1);
    cr_expect_eq(sweep.point_count, PLAN_POINTS_MAX);
    sweep_result_clear(&sweep);
    store_run_clear(&about);
    store_close(store);
    place_remove(&place);
}

/* What the child did: -errno, or how many runs it saw. */
static int see(const char *path, enum store_mode mode, struct error *error)
{
    struct store *store = NULL;
    struct store_runs runs = {0};
    int code = store_open(path, mode, &store, error);
    if (code == 0)
        code = store_list_runs(store, &runs, error);
    store_close(store);
    int count = (int)runs.count;
    store_runs_clear(&runs);
    return code != 0 ? code : count;
}

/* Opens as a user who may not write there, and counts runs. Root becomes nobody, in a child. */
static int see_unprivileged(const char *path, enum store_mode mode, struct error *error)
{
    fflush(NULL);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0))
            _exit(127);
        _exit((int)(signed char)see(path, mode, error));
    }
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) != 127);
    return (signed char)WEXITSTATUS(status);
}

Test(open, read_only_is_said)
{
    static const struct {
        mode_t folder, file;
        const char *name;
        enum store_mode mode;
        int code;
        const char *sentence, *reason;
    } rows[] = {
        {0777, 0444, STORE_FILE, STORE_WRITE, -EINVAL,
         "'%s' is read-only: make it and its folder writable, or name another file", "the file"},
        {0777, 0444, STORE_FILE, STORE_READ, 0, "", "enough to read it"},
        {0555, 0444, STORE_FILE, STORE_READ, 0, "", "enough to read it, in a folder that is, too"},
        {0555, 0666, STORE_FILE, STORE_READ, 0, "", "only the folder"},
        {0555, 0000, STORE_FILE, STORE_READ, -EINVAL,
         "'%s' cannot be opened: Permission denied; make it and its folder writable, or name another file",
         "nothing is allowed"},
        {0555, 0444, "new.db", STORE_WRITE, -EINVAL,
         "'%s' cannot be made: its folder does not exist, or is read-only; mend that, or name another file",
         "the folder"},
        {0777, 0000, STORE_FILE, STORE_READ, -EINVAL,
         "'%s' cannot be opened: Permission denied; make it and its folder writable, or name another file",
         "not even to be read"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place place = place_make();
        make_store(place.folder);
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", place.folder, rows[i].name);
        cr_assert_eq(chmod(place.path, rows[i].file), 0);
        cr_assert_eq(chmod(place.folder, rows[i].folder), 0);
        struct error *error =
            mmap(NULL, sizeof *error, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        cr_assert_neq(error, MAP_FAILED);
        cr_expect_eq(see_unprivileged(path, rows[i].mode, error), rows[i].code, "%s: %s", rows[i].reason,
                     error->text);
        expect_sentence(error->text, rows[i].sentence, path, rows[i].reason);
        munmap(error, sizeof *error);
        cr_assert_eq(chmod(place.folder, 0700), 0);
        place_remove(&place);
    }
}

static int count_beside(const struct place *place)
{
    struct command_result listed = command_run("ls %s | grep -vcx " STORE_FILE, place->folder);
    int count = atoi(listed.out);
    command_free(&listed);
    return count;
}

/* Neither alone nor beside one who writes; and what that one has not written into the file itself is seen. */
Test(open, a_reader_leaves_nothing)
{
    static const struct {
        bool writer;
        mode_t folder, file;
        int beside;
        const char *reason;
    } rows[] = {
        {false, 0777, 0666, 0, "it could write"},
        {false, 0777, 0444, 0, "not the file"},
        {false, 0555, 0444, 0, "nothing at all"},
        {true, 0777, 0666, 2, "beside a writer"},
        {true, 0555, 0444, 2, "beside a writer, and it could not"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place place = place_make();
        struct store *store = place_open(&place);
        struct error *error =
            mmap(NULL, sizeof *error, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        cr_assert_neq(error, MAP_FAILED);
        begin_example(store);
        if (!rows[i].writer)
            cr_assert_eq(store_close(store), 0);
        cr_assert_eq(chmod(place.path, rows[i].file), 0);
        cr_assert_eq(chmod(place.folder, rows[i].folder), 0);
        cr_expect_eq(see_unprivileged(place.path, STORE_READ, error), 1, "%s: %s", rows[i].reason,
                     error->text);
        cr_expect_eq(count_beside(&place), rows[i].beside, "%s", rows[i].reason);
        cr_assert_eq(chmod(place.folder, 0777), 0);
        cr_assert_eq(chmod(place.path, 0666), 0);
        if (rows[i].writer) {
            begin_example(store);
            cr_expect_eq(see_unprivileged(place.path, STORE_READ, error), 2, "%s", rows[i].reason);
            cr_assert_eq(store_close(store), 0);
        }
        munmap(error, sizeof *error);
        place_remove(&place);
    }
}

/* It is no promise of its own: SQLite refuses. */
Test(open, a_reader_cannot_write)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct error error = {.text = ""};
    uint64_t run;
    begin_example(store);
    cr_assert_eq(store_close(store), 0);
    cr_assert_eq(store_open(place.path, STORE_READ, &store, &error), 0, "%s", error.text);
    struct sweep_result sweep = example_sweep();
    cr_expect_eq(begin_sweep(store, &sweep, &run, &error), -EINVAL);
    cr_expect_not_null(strstr(error.text, "is read-only"), "%s", error.text);
    sweep_result_clear(&sweep);
    store_close(store);
    place_remove(&place);
}
