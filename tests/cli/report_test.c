/* What was kept of a command is shown as it was: all that the last one gave, or one run of it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "scratch.h"
#include "swept.h"

#define ONE_POINT "--points upload/metadata"

static struct command_result in_folder(const char *folder, const char *line)
{
    return command_run("cd %s/work && export TMPDIR=%s/temps FOLDER=%s && %s", folder, folder, folder, line);
}

/* What is listed can be typed, and is listed the same then. */
Test(report, lists_commands_as_they_are_typed)
{
    static const struct {
        const char *typed, *listed, *reason;
    } rows[] = {
        {"run --quiet --faults none -- printf '%s' 'two  words' '*' \"it's\" '$HOME' ''",
         "run --quiet --faults none -- printf %s \"two  words\" \"*\" \"it's\" \"\\$HOME\" \"\"",
         "what a shell would read as something else"},
        {"sweep --quiet --modes once --points 'posix/io/oc/*' --budget 9s -- cat input 'a b'",
         "sweep --modes=once \"--points=posix/io/oc/*\" -- cat input \"a b\"",
         "options that decide which faults there are, without what holds anyway"},
        {"sweep --quiet upload/guarded " ONE_POINT, "sweep upload/guarded --points=upload/metadata",
         "of a workload"},
        {"run --night 1 --quiet --faults none --results exeunt.db -- true --night 1",
         "run --faults none -- true --night 1", "the program's own stay, what stress adds does not"},
    };
    char *folder = swept_folder();
    struct command_result made = in_folder(
        folder, EXEUNT " run --quiet --faults none -- true && sqlite3 exeunt.db \"insert into night values"
                       " (1, '', '', 0, 0, 0, 0, 1, 1, 0, 0, 0, 0)\"");
    cr_assert_eq(made.status, 0, "%s", made.err);
    command_free(&made);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char line[1024], again[1024];
        snprintf(line, sizeof line, EXEUNT " %s", rows[i].typed);
        snprintf(again, sizeof again, EXEUNT " %s", rows[i].listed);
        for (int k = 0; k < 2; k++) {
            struct command_result ran = in_folder(folder, k == 0 ? line : again);
            struct command_result list =
                in_folder(folder, EXEUNT " report --list | tail -n 1 | sed 's/.* findings\\?  *//'");
            size_t length = strcspn(list.out, "\n");
            cr_expect(strlen(rows[i].listed) == length && strncmp(list.out, rows[i].listed, length) == 0,
                      "%s: %s%s%s", rows[i].reason, list.out, list.err, ran.err);
            command_free(&list);
            command_free(&ran);
        }
    }
    scratch_remove(folder);
}

/* All in one file: what came before is not shown again. */
Test(report, is_as_it_was)
{
    static const struct {
        const char *arguments;
        int status;
        const char *reason;
    } rows[] = {
        {"upload " ONE_POINT, 1, "the variants of a workload, side by side"},
        {"upload/guarded " ONE_POINT, 0, "one of them"},
        {"--modes once --points posix/io/oc/open -- " TARGET " $FOLDER leak", 1, "a program"},
    };
    char *folder = swept_folder();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char line[1024];
        snprintf(line, sizeof line, EXEUNT " sweep --json ../live.json %s", rows[i].arguments);
        struct command_result live = in_folder(folder, line);
        struct command_result kept = in_folder(folder, "exec " EXEUNT " report");
        struct command_result same =
            in_folder(folder, EXEUNT " report --json ../kept.json && diff ../live.json ../kept.json");
        cr_expect_eq(live.status, rows[i].status, "%s: %s", rows[i].reason, live.err);
        cr_expect_str_eq(kept.out, live.out, "%s", rows[i].reason);
        cr_expect_eq(same.status, 0, "%s: %s%s", rows[i].reason, same.out, same.err);
        command_free(&live);
        command_free(&kept);
        command_free(&same);
    }
    struct command_result second = in_folder(folder, "exec " EXEUNT " report 2");
    cr_expect_eq(second.status, 0, "%s", second.err);
    cr_expect_not_null(strstr(second.out, "\nupload/guarded\n"), "a number names one variant: %s",
                       second.out);
    cr_expect_null(strstr(second.out, "handwritten"), "and no other: %s", second.out);
    command_free(&second);
    scratch_remove(folder);
}
