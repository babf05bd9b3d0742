/* Whatever ends a sweep, it loses nothing of what it has found, and one that goes on finds in the end what a
 * sweep finds that nobody interrupts. */
#include <criterion/criterion.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "scratch.h"
#include "swept.h"

enum { PATIENCE_MS = 20000, STEP_MS = 10 };

/* Once the target has made its mark, it waits, and the sweep is in the middle of a run. Whoever sends the
 * signal gives up after a while, too. */
#define WHEN_IT_WAITS                                                                                        \
    "sh -c '(n=0; until [ -e ../mark ] || [ $((n += 1)) -gt 2000 ]; do sleep 0.01; done; kill -%s $$) & "    \
    "exec \"$@\"' sh"

static struct swept sweep(const char *folder, const char *before, const char *file, const char *options)
{
    return swept_in(
        folder, before,
        "--results ../%s.db --quiet --modes once --points posix/io/oc/open --hang 60s %s -- %s %s waits",
        file, options, TARGET, folder);
}

/* The first finding comes again from what was kept. */
static void expect_kept(const char *folder, const char *reason)
{
    struct command_result replay =
        command_run("cd %s && TMPDIR=%s/temps exec %s replay --results first.db 1", folder, folder, EXEUNT);
    cr_expect_eq(replay.status, 1, "%s: a finding before it was kept: %s%s", reason, replay.out, replay.err);
    command_free(&replay);
}

/* The kernel ends them as soon as it gets to it. */
static void expect_no_process(const char *folder, const char *reason)
{
    char *left = swept_processes(folder);
    for (int waited = 0; left[0] != '\0' && waited < PATIENCE_MS; waited += STEP_MS) {
        poll(NULL, 0, STEP_MS);
        free(left);
        left = swept_processes(folder);
    }
    cr_expect_str_empty(left, "%s", reason);
    free(left);
}

struct row {
    const char *signal, *options;
    int status;
    bool kept; /* what was found before; with several workers it may be in the midst of being tried again */
    const char *reason;
};

static void expect(const struct row *row)
{
    char *folder = swept_folder(), before[256];
    snprintf(before, sizeof before, WHEN_IT_WAITS, row->signal);
    struct swept first = sweep(folder, before, "first", row->options);
    cr_expect_eq(first.status, row->status, "%s: status %d: %s", row->reason, first.status, first.err);
    expect_no_process(folder, row->reason);
    if (row->kept)
        expect_kept(folder, row->reason);
    char options[64];
    snprintf(options, sizeof options, "--resume %s", row->options);
    struct swept second = sweep(folder, "", "first", options),
                 whole = sweep(folder, "", "whole", row->options);
    cr_expect_eq(second.status, 1, "%s: status %d: %s", row->reason, second.status, second.err);
    char *found = swept_findings(&second), *all = swept_findings(&whole);
    cr_expect_eq(json_array_size(json_object_get(whole.root, "findings")), 2, "one before it, one after it");
    cr_expect_str_eq(found, all, "%s", row->reason);
    free(all);
    free(found);
    swept_free(&whole);
    swept_free(&second);
    swept_free(&first);
    scratch_remove(folder);
}

/* Until it ends, too: whoever follows the file of results tells it as news otherwise. */
Test(sweep_interrupted, what_is_suppressed_is_kept_so)
{
    char *folder = swept_folder(), path[512], before[256];
    struct swept whole =
        sweep(folder, "sh -c 'touch ../mark; exec \"$@\"' sh", "whole", "-j 1"); /* no waiting */
    snprintf(path, sizeof path, "%s/mark", folder);
    cr_assert_eq(remove(path), 0);
    snprintf(path, sizeof path, "%s/known", folder);
    FILE *known = fopen(path, "w");
    cr_assert_not_null(known);
    for (size_t i = 0; i < 2; i++)
        fprintf(known, "%s known and why\n", swept_finding(&whole, i, "signature"));
    fclose(known);
    snprintf(before, sizeof before, WHEN_IT_WAITS, "KILL");
    struct swept killed = sweep(folder, before, "first", "-j 1 --suppress ../known");
    cr_expect_eq(killed.status, 128 + 9, "status %d: %s", killed.status, killed.err);
    expect_no_process(folder, "it is killed");
    struct command_result kept =
        command_run("cd %s && exec %s report --results first.db --json -", folder, EXEUNT);
    json_t *report = json_loads(kept.out, 0, NULL), *findings = json_object_get(report, "findings");
    cr_assert_eq(json_array_size(findings), 1, "one before it: %s%s", kept.out, kept.err);
    cr_expect_str_eq(json_string_value(json_object_get(json_array_get(findings, 0), "suppressed")),
                     "known and why");
    json_decref(report);
    command_free(&kept);
    swept_free(&killed);
    swept_free(&whole);
    scratch_remove(folder);
}

Test(sweep_interrupted, goes_on)
{
    static const struct row rows[] = {
        {"INT", "-j 1", 1, true, "it is interrupted"},
        {"KILL", "-j 1", 128 + 9, true, "it is killed"},
        {"KILL", "-j 3 --exec", 128 + 9, false,
         "it is killed with three runs under way, without fork servers"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(&rows[i]);
}
