/* What may become of the folder of results, and of the lines, in the middle of a night. */
#include <criterion/criterion.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/hash.h"
#include "command.h"
#include "drill.h"

static const char campaign[] = CONTROL "run -- $TARGET twice $FOLDER\n";

static const char intact[] =
    "select count(*) = 1 and max(integrity_check) = 'ok' from pragma_integrity_check";

static void shell(const char *line, const struct drill *drill)
{
    struct command_result ran = command_run("cd %s && %s", drill->folder, line);
    cr_assert_eq(ran.status, 0, "%s: %s", line, ran.err);
    command_free(&ran);
}

/* In a mount namespace of its own the folder of results, at `path`, is a small file system. False: that is
 * not allowed. */
static bool mount_small(const struct drill *drill, const char *path)
{
    shell("mkdir nights", drill);
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", path, "tmpfs", 0, "size=1m") == 0;
}

static void fill_at(unsigned seed)
{
    struct drill drill;
    char path[512];
    drill_make(&drill, campaign);
    snprintf(path, sizeof path, "%s/nights", drill.folder);
    if (!mount_small(&drill, path)) {
        drill_remove(&drill);
        cr_skip("mounting is not allowed here");
    }
    drill_start(&drill, "", "--for 1h");
    cr_assert(drill_read_lines(&drill, 3 + (unsigned)(hash_mix(seed) % 3)), "%s", drill.said);
    unsigned shown = drill_said(&drill, "  found: ");
    shell("dd if=/dev/zero of=nights/filler bs=4k 2>dd; grep -q 'No space left' dd", &drill);
    int status = drill_end(&drill);
    cr_expect_eq(status, 3, "status %d: %s", status, drill.said);
    cr_expect_not_null(strstr(drill.said, "there is no space left for '"), "%s", drill.said);
    drill_expect_no_process(&drill);
    shell("rm nights/filler", &drill);
    cr_expect_eq(drill_number(&drill, intact), 1);
    cr_expect_geq(drill_number(&drill, "select count(distinct signature) from broken join variant"
                                       " using (run, position) where leaks = 0"),
                  shown);
    cr_assert_eq(umount2(path, MNT_DETACH), 0);
    drill_remove(&drill);
}

Test(trouble, the_disk_is_full, .timeout = 600)
{
    for (unsigned seed = 0; seed < drill_repetitions(); seed++)
        fill_at(seed);
}

Test(trouble, the_results_vanish, .timeout = 120)
{
    static const struct {
        const char *how, *reason;
    } rows[] = {
        {"rm -r nights", "the folder"},
        {"mv nights away", "moved"},
        {"rm nights/exeunt.db*", "the file alone"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct drill drill;
        drill_make(&drill, CONTROL);
        drill_start(&drill, "", "--for 1h");
        cr_assert(drill_read_until(&drill, "night 1 begins"), "%s", drill.said);
        shell(rows[i].how, &drill);
        int status = drill_end(&drill);
        cr_expect_eq(status, 3, "%s: status %d: %s", rows[i].reason, status, drill.said);
        cr_expect_not_null(strstr(drill.said, "was removed or replaced while results were being kept in it"),
                           "%s: %s", rows[i].reason, drill.said);
        drill_remove(&drill);
    }
}

/* A copy of the program without the parts that it needs. */
#define WITHOUT_PARTS "sh -c 'cp \"$0\" alone && exec ./alone \"$@\"'"

Test(trouble, lines_that_cannot_be_run, .timeout = 120)
{
    static const struct {
        const char *campaign, *before;
        int status;
        const char *said, *reason;
    } rows[] = {
        {"compare upload --frobnicate\n", "", 2,
         "campaign:1: 'compare upload --frobnicate' cannot be run: unknown", "an option that there is not"},
        {CONTROL "\nrun -- /nowhere\n", "", 2,
         "campaign:3: 'run -- /nowhere' cannot be run: ", "a program that there is not"},
        {CONTROL "run --fauts 3 -- $TARGET none\n", "", 2,
         "' cannot be run: unknown option '--fauts' (did you mean '--faults'?)", "an option of a later line"},
        {CONTROL "run --faults posix/io/oc/opne -- $TARGET none\n", "", 2, "did you mean 'posix/io/oc/open'",
         "a plan"},
        {CONTROL "sweep -- ./nope\n", "", 2,
         "campaign:2: 'sweep -- ./nope' cannot be run: ", "a program to be swept"},
        {CONTROL "sweep --suppress nowhere -- $TARGET none\n", "", 2, "nowhere", "a file that it needs"},
        {CONTROL "compare --all --json out.json\n", "", 2, "--json is not for a campaign",
         "each round would write it anew"},
        {"compare --help\n", "", 2, "it asks for help", "an empty night"},
        {"compare 'upload\n", "", 2, "campaign:1: ", "it cannot be read"},
        {CONTROL CONTROL, WITHOUT_PARTS, 3,
         "no line of a whole round could do its work; the last, 'compare upload",
         "the same would come again for hours"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct drill drill;
        drill_make(&drill, rows[i].campaign);
        drill_start(&drill, rows[i].before, "--for 1h");
        int status = drill_end(&drill);
        cr_expect_eq(status, rows[i].status, "%s: status %d: %s", rows[i].reason, status, drill.said);
        cr_expect_not_null(strstr(drill.said, rows[i].said), "%s: %s", rows[i].reason, drill.said);
        cr_expect_eq(drill_said(&drill, "night 1 begins"), rows[i].status != 2, "%s: nothing runs before: %s",
                     rows[i].reason, drill.said);
        drill_remove(&drill);
    }
}
