/* SIGINT in the middle of a comparison: the child ends, the report of what was seen comes all the same. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"

enum { PATIENCE_MS = 60000, STEP_MS = 10 };

static pid_t start(const char *folder, const char *report, char *const *arguments)
{
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child > 0)
        return child;
    setenv("TMPDIR", folder, 1);
    int out = open(report, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execv(EXEUNT, arguments);
    _exit(127);
}

/* Awaits that something is there in the folder. */
static bool has_made(const char *folder, const char *what)
{
    char pattern[256];
    snprintf(pattern, sizeof pattern, "%s/%s", folder, what);
    for (int waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
        glob_t found;
        int missing = glob(pattern, 0, NULL, &found);
        if (missing == 0)
            globfree(&found);
        if (missing == 0)
            return true;
        poll(NULL, 0, STEP_MS);
    }
    return false;
}

/* Awaits its third child: the first two tell a sweep what there is to fail. */
static bool has_third_child(pid_t parent)
{
    char path[64];
    int last = 0, seen = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", parent, parent);
    for (int waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
        int child = 0;
        FILE *children = fopen(path, "r");
        if (children != NULL && fscanf(children, "%d", &child) == 1 && child != last)
            seen++;
        if (children != NULL)
            fclose(children);
        if (seen == 3)
            return true;
        last = child != 0 ? child : last;
        poll(NULL, 0, STEP_MS);
    }
    return false;
}

static void read_file(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");
    size_t length = fread(text, 1, size - 1, file);
    text[length] = '\0';
    fclose(file);
}

/* `awaited`: in the folder; NULL: its third child. `unsaid`: what must not stand in the report; NULL:
 * anything may. */
static void expect_report_after(int signal_number, char *const *arguments, const char *awaited,
                                const char *const *said, const char *unsaid)
{
    char *folder = scratch_make();
    char *output = scratch_make();
    char report[256], text[16384], pattern[256];
    snprintf(report, sizeof report, "%s/report", output);
    pid_t child = start(folder, report, arguments);
    cr_assert(awaited != NULL ? has_made(folder, awaited) : has_third_child(child));
    kill(child, signal_number);
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    read_file(report, text, sizeof text);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3, "status %x: %s", (unsigned)status, text);
    for (; *said != NULL; said++)
        cr_assert_not_null(strstr(text, *said), "%s", text);
    cr_assert(unsaid == NULL || strstr(text, unsaid) == NULL, "%s", text);
    glob_t left;
    snprintf(pattern, sizeof pattern, "%s/*", folder);
    cr_assert_eq(glob(pattern, 0, NULL, &left), GLOB_NOMATCH, "the work folder was left");
    scratch_remove(folder);
    scratch_remove(output);
}

/* Once the workload has stored a file it is in the middle of its work. */
static void expect_run_ended_by(int signal_number)
{
    char *const arguments[] = {"exeunt", "run", "upload/guarded", "--for", "1h", NULL};
    const char *const said[] = {"interrupted", "operations done", NULL};
    expect_report_after(signal_number, arguments, "exeunt-*/kept/store/*", said, NULL);
}

Test(interrupt, sigint_gives_the_report, .timeout = 120)
{
    expect_run_ended_by(SIGINT);
}

Test(interrupt, sigterm_gives_the_report, .timeout = 120)
{
    expect_run_ended_by(SIGTERM);
}

Test(interrupt, sighup_gives_the_report_and_leaves_nothing, .timeout = 120)
{
    expect_run_ended_by(SIGHUP);
}

/* Wherever it is, in its checks or in its first run: the other workloads are not begun. */
Test(interrupt, a_suite_ends_with_what_it_has, .timeout = 120)
{
    char *const arguments[] = {"exeunt", "compare", "--all", "--for", "1h", NULL};
    const char *const said[] = {"INCONCLUSIVE: ", " workloads were run.", NULL};
    expect_report_after(SIGINT, arguments, "exeunt-*", said, NULL);
}

/* What ended its process was the signal, and no operation. */
Test(interrupt, a_sweep_names_the_variants_that_were_not_begun, .timeout = 120)
{
    char *const arguments[] = {"exeunt", "sweep",     "upload", "--rounds",  "1000", "--budget",
                               "0s",     "--fail-on", "hang",   "--results", "none", NULL};
    const char *const said[] = {"; it was interrupted", "interrupted before upload/guarded was begun",
                                "interrupted before upload/handwritten was begun", NULL};
    expect_report_after(SIGINT, arguments, NULL, said, "ended early");
}

/* Its command is asked to end in order, too. */
Test(interrupt, a_gate_proves_nothing, .timeout = 120)
{
    char *const arguments[] = {"exeunt", "gate", "--record", "/dev/null", "--", "sleep", "1h", NULL};
    const char *const said[] = {"interrupted in part 1 of 1: nothing is proven", NULL};
    expect_report_after(SIGTERM, arguments, "exeunt-*/*", said,
                        NULL); /* the sweep of its command has begun */
}
