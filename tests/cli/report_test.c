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
