/* `exeunt run -- PROGRAM`: what is told of a program of the user's. Each row is a thing that must be told, or
 * a near miss that must not. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "report.h"
#include "scratch.h"

static json_t *program_of(const struct report *report)
{
    return json_array_get(json_object_get(report->root, "variants"), 0);
}

static json_int_t count_of(json_t *variant, const char *kind)
{
    size_t index;
    json_t *finding;
    json_int_t count = 0;
    json_array_foreach(json_object_get(variant, "findings"), index, finding)
    {
        if (strcmp(json_string_value(json_object_get(finding, "kind")), kind) == 0)
            count += json_integer_value(json_object_get(finding, "count"));
    }
    return count;
}

Test(program, tells_what_was_left)
{
    static const struct {
        const char *options, *mode;
        int status;
        const char *ended, *kind;
        int count;
        const char *reason;
    } rows[] = {
        {"", "in-order", 0, "completed", "unreleased-descriptor", 0, "nothing is left"},
        {"", "unreleased", 0, "completed", "unreleased-descriptor", 1, "told for information"},
        {"--fail-on unreleased", "unreleased", 1, "completed", "unreleased-descriptor", 1, "asked for"},
        {"--fail-on exit,unreleased", "in-order", 0, "completed", "error-exit", 0, "asked for, but clean"},
        {"--fail-on unreleased", "released-unseen", 0, "completed", "unreleased-descriptor", 0,
         "closed behind the wrappers' back"},
        {"--fail-on unreleased", "exit-at-once", 1, "completed", "unreleased-descriptor", 1,
         "_exit is an orderly end"},
        {"--fail-on unreleased", "exit-quickly", 1, "completed", "unreleased-descriptor", 1,
         "so is quick_exit"},
        {"", "taken-unseen", 0, "completed", "unseen-descriptor", 3,
         "the kernel has them, told for information"},
        {"--fail-on unreleased", "taken-unseen", 1, "completed", "unseen-descriptor", 3, "asked for"},
        {"--fail-on unreleased", "given-back-unseen", 0, "completed", "unseen-descriptor", 0, "it is closed"},
        {"--fail-on unreleased", "unreleased", 1, "completed", "unseen-descriptor", 0, "this one was seen"},
        {"--limit-fds 64", "take-all", 1, "emfile", "unreleased-descriptor", 61, "who took them all is told"},
        {"--limit-fds 64", "take-all-in-order", 1, "completed", "descriptors-exhausted", 1,
         "always a broken guarantee"},
        {"--faults posix/io/oc/open:EMFILE", "take-all-in-order", 0, "completed", "descriptors-exhausted", 0,
         "the plan refused it, not the kernel"},
        {"", "locks-held", 0, "completed", "unreleased-lock", 2, "told for information"},
        {"", "locks-given-back", 0, "completed", "unreleased-lock", 0, "given back"},
        {"", "double-close", 1, "completed", "double-close", 1, "a broken guarantee by itself"},
        {"", "close-all", 0, "completed", "double-close", 0, "all numbers are closed"},
        {"", "error-exit", 0, "exited", "error-exit", 0, "its own affair"},
        {"--fail-on exit", "error-exit", 1, "exited", "error-exit", 1, "asked for"},
        {"", "crash", 1, "crash", "unreleased-descriptor", 0, "a crash is judged as itself"},
        {"--fail-on temp-files", "temp-removed", 0, "completed", "left-temporary-file", 0,
         "removed, or given a name"},
        {"", "unjoined", 0, "completed", "unjoined-thread", 3, "told for information"},
        {"", "settled", 0, "completed", "unjoined-thread", 0, "joined in all ways, or detached"},
        {"", "threads", 0, "completed", "unjoined-thread", 0, "joined"},
        {"--for 200ms", "ignore-the-end", 3, "outstayed", "unreaped-child", 0,
         "it had to be killed, by exeunt"},
        {"--for 200ms", "join-for-ever", 0, "completed", "unjoined-thread", 0, "it was about to join it"},
        {"--faults app/prase", "own-point", 3, "completed", "error-exit", 0, "the plan met nothing"},
        {"--faults app/parse@2", "own-point", 0, "completed", "error-exit", 0, "met, though not due"},
        {"--fail-on temp-files", "folder-removed", 0, "completed", "left-temporary-file", 0,
         "a folder as well"},
        {"", "child-left", 0, "completed", "unreaped-child", 1, "told for information"},
        {"--fail-on children", "child-left", 1, "completed", "unreaped-child", 1, "asked for"},
        {"--fail-on children", "child-waited-for", 0, "completed", "unreaped-child", 0, "waited for"},
        {"--hang 200ms", "wait-for-signal", 1, "hang", "unreleased-descriptor", 0, "nothing has run"},
        {"--hang 200ms", "wait-for-child", 1, "hang", "unreleased-descriptor", 0, "nor has its child"},
        {"--hang 500ms --for 1s", "look-again", 0, "completed", "unreleased-descriptor", 0,
         "it runs, if briefly"},
        {"--hang 500ms --for 1s", "wait-for-busy-child", 0, "completed", "unreleased-descriptor", 0,
         "what it waits for runs"},
        {"--for 200ms", "wait-for-signal", 0, "completed", "unreleased-descriptor", 0, "ended by SIGTERM"},
        {"--for 200ms --fail-on unreleased", "wait-for-signal", 3, "completed", "unreleased-descriptor", 0,
         "what it held then is unknown"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct report report = report_of_program(rows[i].options, "%s %s", TARGET, rows[i].mode);
        json_t *variant = program_of(&report);
        cr_assert_not_null(variant, "%s: %s", rows[i].mode, report.err);
        cr_expect_eq(report.status, rows[i].status, "%s (%s): status %d", rows[i].mode, rows[i].reason,
                     report.status);
        cr_expect_str_eq(report_text(variant, "ended"), rows[i].ended, "%s", rows[i].mode);
        cr_expect_eq(count_of(variant, rows[i].kind), rows[i].count, "%s: %s", rows[i].mode, rows[i].reason);
        report_free(&report);
    }
}

Test(program, a_temporary_file_or_folder_that_stays_is_told_with_its_place)
{
    static const char *const modes[] = {"temp-left", "folder-left"};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        struct report report = report_of_program("--fail-on temp-files", "%s %s", TARGET, modes[i]);
        cr_expect_eq(report.status, 1, "%s", modes[i]);
        json_t *variant = program_of(&report);
        cr_expect_eq(report_number(variant, "temp_files"), 1, "%s", modes[i]);
        json_t *finding = json_array_get(json_object_get(variant, "findings"), 0);
        cr_expect_eq(strncmp(report_text(finding, "taken_at"), "tests/cli/program_target.c:", 27), 0, "%s",
                     report_text(finding, "taken_at"));
        report.out[strcspn(report.out, "\n")] = '\0';
        cr_expect_eq(remove(report.out), 0, "%s", report.out);
        report_free(&report);
    }
}

/* Below TMPDIR, a file that must be new is a temporary one. */
Test(program, a_temporary_file_may_be_opened_by_its_name)
{
    static const struct {
        const char *mode;
        int left;
        const char *reason;
    } rows[] = {
        {"opened-left", 1, "as after a name was made up"},
        {"opened-removed", 0, "removed, or given a name"},
        {"opened-plainly", 0, "it need not be new"},
        {"opened-elsewhere", 0, "a lock file of its own place"},
    };
    char *folder = scratch_make(), *elsewhere = scratch_make();
    cr_assert(setenv("TMPDIR", folder, 1) == 0 && chdir(elsewhere) == 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct report report = report_of_program("--fail-on temp-files", "%s %s", TARGET, rows[i].mode);
        json_t *variant = program_of(&report);
        cr_expect_eq(report.status, rows[i].left, "%s: %s", rows[i].mode, rows[i].reason);
        cr_expect_eq(count_of(variant, "left-temporary-file"), rows[i].left, "%s", rows[i].mode);
        report_free(&report);
    }
    scratch_remove(folder);
    scratch_remove(elsewhere);
}

Test(program, has_its_own_streams)
{
    struct command_result result =
        command_run("echo through | exec %s run --quiet -- %s copy-input", EXEUNT, TARGET);
    cr_expect_eq(result.status, 0);
    cr_expect_str_eq(result.out, "through\n");
    cr_expect_str_empty(result.err);
    command_free(&result);
    result = command_run("echo through | exec %s run -- %s copy-input", EXEUNT, TARGET);
    cr_expect_str_eq(result.out, "through\n", "the report goes to standard error");
    cr_expect_not_null(strstr(result.err, "PASS: "), "%s", result.err);
    command_free(&result);
}

/* The faults of a run, in an order that does not hang on the threads' speed. */
static char *faults_of(const char *options)
{
    struct report report = report_of_program(options, "%s threads", TARGET);
    json_t *by_point = json_object_get(json_object_get(program_of(&report), "faults"), "by_point");
    char *text = json_dumps(by_point, JSON_COMPACT | JSON_SORT_KEYS);
    cr_expect_gt(report_number(program_of(&report), "faults.injected"), 5);
    report_free(&report);
    return text;
}

Test(program, own_points_are_met_as_planned_whatever_the_threads_do)
{
    char *first = faults_of("--faults 'app/*@p=0.1' --seed 7");
    char *second = faults_of("--faults 'app/*@p=0.1' --seed 7");
    char *by_name = faults_of("--faults 'app/thread@p=0.1' --seed 7");
    char *other = faults_of("--faults 'app/*@p=0.1' --seed 8");
    cr_expect_str_eq(first, second, "the same seed");
    cr_expect_str_eq(first, by_name, "the name instead of a wildcard");
    cr_expect_str_neq(first, other, "another seed");
    free(first), free(second), free(by_name), free(other);
}

Test(program, own_points_take_fius_commands)
{
    struct report report =
        report_of_program("--faults 'fiu:enable name=app/parse,failnum=7'", "%s own-point", TARGET);
    cr_expect_str_eq(report_text(program_of(&report), "ended"), "exited");
    cr_expect_eq(report_number(program_of(&report), "exit_status"), 3);
    report_free(&report);
}

static const char *note_of(const char *options, const char *program, const char *mode, struct report *report)
{
    *report = report_of_program(options, "%s %s", program, mode);
    const char *note = report_text(program_of(report), "note");
    return note != NULL ? note : "";
}

Test(program, what_a_plan_did_not_meet_is_said)
{
    struct report report;
    cr_expect_not_null(strstr(note_of("--faults app/prase", TARGET, "own-point", &report),
                              "'app/prase' (did you mean 'app/parse'?)"));
    report_free(&report);
    cr_expect_str_empty(note_of("--faults app/parse", TARGET, "own-point", &report));
    report_free(&report);
    cr_expect_not_null(strstr(note_of("", TARGET_STATIC_LIBFIU, "own-point", &report), "statically"));
    report_free(&report);
    cr_expect_str_empty(note_of("", TARGET, "own-point", &report), "linked dynamically");
    report_free(&report);
}

/* A crash has no fault of its own. */
Test(program, the_last_fault_before_an_end_is_told)
{
    struct report report = report_of_program("--faults posix/io/oc/open@1", "%s crash-if-refused", TARGET);
    cr_expect_str_eq(report_text(program_of(&report), "ended"), "crash");
    cr_expect_str_eq(report_text(program_of(&report), "faults.last"), "0:posix/io/oc/open#1");
    report_free(&report);
    report = report_of_program("", "%s crash", TARGET);
    cr_expect_null(report_text(program_of(&report), "faults.last"), "there was none");
    report_free(&report);
    struct command_result result =
        command_run("exec %s run --faults posix/io/oc/open@1 -- %s crash-if-refused", EXEUNT, TARGET);
    cr_expect_not_null(strstr(result.err, "the last fault before: 0:posix/io/oc/open#1 ("), "%s", result.err);
    cr_expect_null(strstr(result.err, "nothing was found"), "%s", result.err);
    command_free(&result);
}

Test(program, a_heap_that_is_not_watched_is_said)
{
    struct report report;
    cr_expect_not_null(
        strstr(note_of("--heap", TARGET_OWN_ALLOCATOR, "own-point", &report), "an allocator of its own"));
    cr_expect(json_is_null(json_object_get(program_of(&report), "heap")));
    report_free(&report);
    cr_expect_str_empty(note_of("", TARGET_OWN_ALLOCATOR, "own-point", &report), "not asked for");
    report_free(&report);
    cr_expect_str_empty(note_of("--heap", TARGET, "own-point", &report), "it is watched");
    cr_expect(json_is_object(json_object_get(program_of(&report), "heap")));
    report_free(&report);
}

Test(program, points_without_room_are_said)
{
    struct report report;
    cr_expect_not_null(strstr(note_of("--faults 'many/*'", TARGET, "many-points", &report), "more points"));
    report_free(&report);
}

/* Whoever has its process number in another PID namespace does not take its ledger over. */
Test(program, keeps_its_ledger_to_itself)
{
    struct report report = report_of_program("--fail-on unreleased", "%s other-namespace", TARGET);
    if (report_number(program_of(&report), "exit_status") == 77)
        cr_skip_test("PID namespaces are not permitted here");
    cr_expect_eq(report.status, 1, "%s", report.err);
    cr_expect_eq(report_number(program_of(&report), "fds.unreleased"), 1);
    report_free(&report);
}

Test(program, lists_its_own_points)
{
    struct command_result result = command_run("exec %s list -- %s own-point", EXEUNT, TARGET);
    cr_expect_eq(result.status, 0);
    cr_expect_not_null(strstr(result.out, "\n  app/parse\n"), "%s", result.out);
    cr_expect_null(strstr(result.out, "posix/io/oc/open\n"), "not met: %s", result.out);
    cr_expect_null(strstr(result.out, "app/thread"), "not met in this run");
    command_free(&result);
    result = command_run("exec %s list -- %s unreleased", EXEUNT, TARGET);
    cr_expect_not_null(strstr(result.out, "Its own\n  none\n"), "%s", result.out);
    cr_expect_not_null(strstr(result.out, "\n  posix/io/oc/open\n"), "%s", result.out);
    command_free(&result);
    result = command_run("exec %s list --for 100ms -- %s wait-for-signal", EXEUNT, TARGET);
    cr_expect_eq(result.status, 0, "it has an end: %s", result.err);
    command_free(&result);
}

/* Its time begins when it does. */
Test(program, that_starts_slowly_is_there_before_it_is_ended)
{
    struct command_result result =
        command_run("exec %s list --for 20ms -- %s wait-for-signal", EXEUNT, TARGET_SLOW);
    cr_expect_eq(result.status, 0, "%s", result.err);
    command_free(&result);
}

/* The sanitizers' runtimes stand between the program and the wrappers. */
Test(program, sanitized_ones_are_watched_too)
{
    static const char *const sanitizers[] = {"address", "thread", "undefined"};
    for (size_t i = 0; i < sizeof sanitizers / sizeof *sanitizers; i++) {
        struct report report =
            report_of_program("--fail-on unreleased", "%s_%s unreleased", TARGET, sanitizers[i]);
        cr_expect_eq(report.status, 1, "%s: %s", sanitizers[i], report.err);
        cr_expect_eq(report_number(program_of(&report), "fds.unreleased"), 1, "%s", sanitizers[i]);
        report_free(&report);
        report = report_of_program("--faults app/parse", "%s_%s own-point", TARGET, sanitizers[i]);
        cr_expect_eq(report_number(program_of(&report), "faults.injected"), 1, "%s", sanitizers[i]);
        report_free(&report);
    }
}

/* One that ends the program is told by its exit status, one that goes on by its hook. */
Test(program, what_a_sanitizer_reports_is_a_finding)
{
    static const struct {
        const char *sanitizer, *mode, *setting;
        int status, reports;
        const char *reason;
    } rows[] = {
        {"_address", "err-for-sanitizers", "", 1, 1, "use after free"},
        {"_address", "error-exit", "", 0, 0, "an error of the program's own"},
        {"_address", "err-for-sanitizers", "ASAN_OPTIONS=exitcode=5", 0, 0,
         "the user's status stays in force"},
        {"_thread", "err-for-sanitizers", "", 1, 1, "a race"},
        {"_thread", "in-order", "", 0, 0, "no race"},
        {"_undefined", "err-for-sanitizers", "", 1, 1, "an overflow; it goes on"},
        {"_undefined", "in-order", "", 0, 0, "no overflow"},
        {"", "err-for-sanitizers", "", 0, 0, "there is no sanitizer"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].setting[0] != '\0')
            cr_assert_eq(setenv("ASAN_OPTIONS", "exitcode=5", 1), 0);
        struct report report = report_of_program("", "%s%s %s", TARGET, rows[i].sanitizer, rows[i].mode);
        unsetenv("ASAN_OPTIONS");
        cr_expect_eq(report.status, rows[i].status, "%s %s: %s", rows[i].sanitizer, rows[i].mode, report.err);
        cr_expect_eq(count_of(program_of(&report), "sanitizer-report"), rows[i].reports, "%s %s: %s",
                     rows[i].sanitizer, rows[i].mode, rows[i].reason);
        report_free(&report);
    }
}

static void put_program(const char *path, const char *bytes, size_t size, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700);
    cr_assert_eq(write(fd, bytes, size), (ssize_t)size);
    close(fd);
    cr_assert_eq(chmod(path, mode), 0);
}

/* What cannot be watched is recognized before it is run, and said with the reason. */
Test(program, recognizes_what_it_cannot_watch)
{
    static const char foreign[64] = "\177ELF\1\1\1\0\0\0\0\0\0\0\0\0\2\0\3\0\1";
    static const char script[] = "#!/bin/sh\necho ran\n", nothing[] = "echo ran\n";
    static const char orphan[] = "#!/nonexistent/interpreter\n", circle[] = "#!./circle\n";
    static const struct {
        const char *name, *bytes;
        size_t size;
        int status;
        const char *out, *err;
    } rows[] = {
        {"foreign", foreign, sizeof foreign, 3, "", "another processor"},
        {"script", script, sizeof script - 1, 0, "ran\n", ""},
        {"nothing", nothing, sizeof nothing - 1, 2, "", "neither an ELF program nor a script"},
        {"empty", "#!\n", 3, 2, "", "names no interpreter"},
        {"orphan", orphan, sizeof orphan - 1, 2, "", "/nonexistent/interpreter"},
        {"circle", circle, sizeof circle - 1, 2, "", "its interpreter is a script"},
    };
    char *folder = scratch_make(), path[256];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, rows[i].name);
        put_program(path, rows[i].bytes, rows[i].size, 0700);
        struct command_result result =
            command_run("cd %s && exec %s run --quiet -- ./%s", folder, EXEUNT, rows[i].name);
        cr_expect_eq(result.status, rows[i].status, "%s: %d %s", rows[i].name, result.status, result.err);
        cr_expect_str_eq(result.out, rows[i].out, "%s", rows[i].name);
        cr_expect_not_null(strstr(result.err, rows[i].err), "%s: %s", rows[i].name, result.err);
        command_free(&result);
    }
    scratch_remove(folder);
}

Test(program, recognizes_setuid)
{
    if (geteuid() != 0)
        cr_skip_test("only root can give a program to another user");
    char *folder = scratch_make();
    struct command_result result =
        command_run("cp /bin/true %s/other && chown 65534 %s/other && chmod u+s %s/other && exec %s run -- "
                    "%s/other",
                    folder, folder, folder, EXEUNT, folder);
    cr_expect_eq(result.status, 3, "%s", result.err);
    cr_expect_not_null(strstr(result.err, "setuid"), "%s", result.err);
    command_free(&result);
    result = command_run("cp /bin/true %s/own && chmod u+s %s/own && exec %s run --quiet -- %s/own", folder,
                         folder, EXEUNT, folder);
    cr_expect_eq(result.status, 0, "setuid to the user that runs it raises nothing: %s", result.err);
    command_free(&result);
    scratch_remove(folder);
}
