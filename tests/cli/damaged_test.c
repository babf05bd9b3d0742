/* A file of results that is damaged: what is wrong is said, and the rest is shown, with status 3; 2 says that
 * nothing can be shown. What the damage does not meet is shown as before. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "scratch.h"
#include "swept.h"

enum { PAGE = 4096, SEEDS = 12 };

/* FOLDER/sound.db: three runs of a program, and a sweep with a finding between them. */
static char *make_sound(void)
{
    char *folder = swept_folder();
    const char *run = "run --quiet --faults none --results ../sound.db -- true";
    struct command_result made =
        command_run("cd %s/work && TMPDIR=%s/temps && export TMPDIR && %s %s && %s %s && { %s sweep --quiet "
                    "--modes once --results "
                    "../sound.db --points posix/io/oc/open -- %s %s leak; %s %s; }",
                    folder, folder, EXEUNT, run, EXEUNT, run, EXEUNT, TARGET, folder, EXEUNT, run);
    cr_assert_eq(made.status, 0, "%s", made.err);
    command_free(&made);
    return folder;
}

/* Copies FOLDER/sound.db to FOLDER/a.db and damages it by a shell command there. */
static void damage(const char *folder, const char *how)
{
    struct command_result done = command_run("cd %s && rm -f a.db* && cp sound.db a.db && root() { sqlite3 "
                                             "sound.db \"select rootpage - 1 from sqlite_schema "
                                             "where name = '$1'\"; } && page() { dd if=/dev/zero bs=4096 "
                                             "count=1 status=none | tr '\\0' '\\252' | dd of=a.db "
                                             "bs=4096 seek=\"$1\" conv=notrunc status=none; } && { %s; }",
                                             folder, how);
    cr_assert_eq(done.status, 0, "%s: %s", how, done.err);
    command_free(&done);
}

static struct command_result ask(const char *folder, const char *what, const char *file)
{
    return command_run("cd %s && TMPDIR=%s/temps timeout 60 %s %s --results %s", folder, folder, EXEUNT, what,
                       file);
}

Test(damaged, what_is_wrong_is_said)
{
    static const struct {
        const char *how, *what;
        int status;
        const char *out, *not_out, *err;
        const char *reason;
    } rows[] = {
        {"page $(root run)", "report --list", 3, "", NULL, "something of table run cannot be read",
         "nothing of the runs is left"},
        {"page $(root finding)", "report --trend", 3, "sweep -- ", NULL,
         "table finding cannot be read, and the rest", "their findings are lost, the runs are not"},
        {"page $(root finding)", "report 3", 3, "something of table finding is missing", NULL,
         "and the rest is shown", "a sweep without its findings says so itself"},
        {"page $(root finding)", "report 3 --json -", 3, "something of table finding is missing", NULL,
         "and the rest is shown", "the document, too"},
        {"page $(root finding)", "report 1", 0, "PASS: true", NULL, "", "what is not met is as before"},
        {"page $(root finding)", "replay 1", 2, "", NULL, "perhaps what was asked for",
         "that a finding is not there is no error of the command line"},
        {"page $(root frame)", "replay 1", 1, "leak of a descriptor", NULL, "something of table frame",
         "a finding that lost its stack comes again"},
        {"page $(root fault)", "replay 1", 2, "", NULL, "a finding in it has lost its fault",
         "one that lost its fault cannot"},
        {"page $(root variant)", "report --trend", 3, "sweep -- ", "true\n", "table variant",
         "a trend of the rest"},
        {"page $(root sqlite_autoindex_finding_1)", "report --list", 3, "1 finding ", NULL,
         "but every row of it can be read", "an index alone: no row is lost"},
        {"truncate -s $(((($(wc -c <sound.db) / 4096) - 1) * 4096)) a.db", "report --list", 3,
         "sweep --modes=once", NULL, "is damaged", "its last page is missing"},
        {"truncate -s 4096 a.db", "report --list", 2, "", NULL, "is damaged", "only its first page is left"},
        {"page 0", "report --list", 2, "", NULL, "is no database of exeunt: name another file",
         "no first page"},
        {"sqlite3 a.db 'pragma user_version = 99'", "report --list", 2, "", NULL,
         "was written by a newer exeunt (schema 99", "of a newer exeunt"},
        {"sqlite3 a.db 'pragma user_version = 99'", "replay 1", 2, "", NULL, "was written by a newer exeunt",
         "of a newer exeunt"},
        {"sqlite3 a.db \"update document set report = cast(x'1b5b324a50' as text)\"", "report 1", 0, "[2JP",
         "\x1b", "", "what commands a terminal is shown as text"},
        {"sqlite3 a.db \"update document set report = cast(x'50004153' as text)\"", "report 1", 2, "", NULL,
         "a text in it is broken", "zeros in a text"},
        {"sqlite3 a.db \"update document set json = '{'\"", "report 1 --json -", 2, "", NULL,
         "no readable document", "a document that is none"},
        {"sqlite3 a.db \"update document set json = '{'\"", "report 1", 0, "PASS: true", NULL, "",
         "of which its report does not depend"},
    };
    char *folder = make_sound();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        damage(folder, rows[i].how);
        struct command_result said = ask(folder, rows[i].what, "a.db");
        cr_expect_eq(said.status, rows[i].status, "%s: %d: %s%s", rows[i].reason, said.status, said.out,
                     said.err);
        cr_expect(strstr(said.out, rows[i].out) != NULL, "%s: %s%s", rows[i].reason, said.out, said.err);
        cr_expect(rows[i].not_out == NULL || strstr(said.out, rows[i].not_out) == NULL, "%s: %s",
                  rows[i].reason, said.out);
        cr_expect(strstr(said.err, rows[i].err) != NULL, "%s: %s", rows[i].reason, said.err);
        command_free(&said);
    }
    scratch_remove(folder);
}

/* What is shown in part may not have come to be shown at all. */
Test(damaged, that_nothing_could_be_written_is_said)
{
    char *folder = make_sound();
    damage(folder, "page $(root finding)");
    struct command_result said =
        command_run("cd %s && %s report --trend --results a.db >/dev/full", folder, EXEUNT);
    cr_expect_eq(said.status, 3);
    cr_expect(strstr(said.err, "table finding cannot be read") != NULL, "%s", said.err);
    cr_expect(strstr(said.err, "cannot write to standard output") != NULL, "%s", said.err);
    command_free(&said);
    scratch_remove(folder);
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

/* Overwrites a few pages behind the first. */
static void overwrite(const char *folder, uint64_t seed)
{
    char path[4096];
    uint64_t bytes[PAGE / sizeof(uint64_t)], state = seed * 0x9e3779b97f4a7c15;
    struct stat status;
    damage(folder, ":");
    snprintf(path, sizeof path, "%s/a.db", folder);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    cr_assert(fd >= 0 && fstat(fd, &status) == 0);
    for (unsigned i = 0; i <= seed % 3; i++) {
        off_t page = 1 + (off_t)(next_random(&state) % (uint64_t)(status.st_size / PAGE - 1));
        for (size_t k = 0; k < sizeof bytes / sizeof *bytes; k++)
            bytes[k] = next_random(&state);
        cr_assert_eq(pwrite(fd, bytes, PAGE, page * PAGE), PAGE);
    }
    close(fd);
}

Test(damaged, is_never_shown_as_whole)
{
    static const char *const questions[] = {"report --list", "report --trend", "report", "report 3",
                                            "report 2 --json -"};
    enum { QUESTIONS = sizeof questions / sizeof *questions };
    struct command_result sound[QUESTIONS];
    char *folder = make_sound();
    unsigned met = 0;
    damage(folder, ":");
    for (size_t i = 0; i < QUESTIONS; i++)
        sound[i] = ask(folder, questions[i], "a.db");
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        overwrite(folder, seed);
        for (size_t i = 0; i < QUESTIONS; i++) {
            struct command_result said = ask(folder, questions[i], "a.db");
            bool same = strcmp(said.out, sound[i].out) == 0;
            cr_expect(said.status == 2 || said.status == 3 ||
                          (said.status == 0 && same && said.err[0] == '\0'),
                      "seed %llu, %s: status %d: %s%s", (unsigned long long)seed, questions[i], said.status,
                      said.out, said.err);
            cr_expect(said.status == 0 || strstr(said.err, "damaged") != NULL, "seed %llu, %s: %s",
                      (unsigned long long)seed, questions[i], said.err);
            met += said.status != 0;
            command_free(&said);
        }
    }
    cr_expect_gt(met, SEEDS, "hardly anything was damaged");
    for (size_t i = 0; i < QUESTIONS; i++)
        command_free(&sound[i]);
    scratch_remove(folder);
}
