/* Whatever a program does when a call of it fails, a sweep comes to its end and tells what it was. No process
 * is left, nor a file in TMPDIR, and the working folder is as it was. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "scratch.h"
#include "swept.h"

struct row {
    const char *how, *before; /* before: what runs the command */
    const char *hang;
    int status;
    const char *outcome, *kind, *reproduced; /* of its finding; "-": there is none */
    const char *reason;
};

/* With a terminal that it controls. */
#define ON_TERMINAL "sh -c 'script -qec \"$*\" /dev/null' sh"

static void expect(const struct row *row, const char *way)
{
    char *folder = swept_folder(), *was = swept_work(folder);
    struct swept swept = swept_in(folder, row->before,
                                  "--results none --quiet --modes once --points posix/io/oc/open "
                                  "--hang %s %s -- %s %s %s",
                                  row->hang, way, TARGET, folder, row->how);
    char *is = swept_work(folder), *left = swept_leftovers(folder);
    cr_expect_eq(swept.status, row->status, "%s %s: status %d: %s", row->reason, way, swept.status,
                 swept.err);
    cr_expect_geq(swept_outcomes(&swept, row->outcome), 1, "%s %s: not '%s'", row->reason, way, row->outcome);
    cr_expect_str_eq(swept_finding(&swept, 0, "kind"), row->kind, "%s %s", row->reason, way);
    cr_expect_str_eq(swept_finding(&swept, 0, "reproduced"), row->reproduced, "%s %s", row->reason, way);
    cr_expect_str_eq(is, was, "%s %s: the working folder is another", row->reason, way);
    cr_expect_str_empty(left, "%s %s: something is left", row->reason, way);
    free(left);
    free(is);
    free(was);
    swept_free(&swept);
    scratch_remove(folder);
}

Test(sweep_contained, programs_that_misbehave)
{
    static const struct row rows[] = {
        {"forks", "", "60s", 0, "detected", "-", "-", "it forks for ever"},
        {"forks always", "", "60s", 0, "detected", "unreleased", "-",
         "it forks for ever, with no fault, too"},
        {"closes", "", "60s", 0, "detected", "-", "-", "it closes all descriptors"},
        {"exits", "", "60s", 0, "detected", "-", "-", "it calls _exit"},
        {"removes", "", "60s", 0, "detected", "-", "-", "it removes its working folder"},
        {"ignores", "", "1s", 1, "hang", "hang", "3/3", "it ignores SIGTERM"},
        {"terminal", ON_TERMINAL, "60s", 0, "detected", "-", "-", "it reads from the terminal"},
        {"killed", "", "60s", 0, "crash", "crash", "0/3", "somebody kills it, once"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect(&rows[i], "");
        expect(&rows[i], "--exec");
    }
}

Test(sweep_contained, a_gigabyte_of_output)
{
    static const struct row row = {"writes", "", "60s", 0, "silent", "silent", "3/3", "it writes a gigabyte"};
    expect(&row, "");
    expect(&row, "--exec");
}

/* exeunt runs itself: what it leaves is told as of any program. */
Test(sweep_contained, exeunt_leaves_nothing_open)
{
    static const char *const ways[] = {"-j 1", "-j 3", "--exec"};
    char before[512];
    snprintf(before, sizeof before,
             "%s run --quiet --fail-on unreleased,children,temp-files --json ../run.json --", EXEUNT);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char *folder = swept_folder(), path[256];
        struct swept swept =
            swept_in(folder, before, "--quiet --budget 0s %s -- %s %s leak", ways[i], TARGET, folder);
        snprintf(path, sizeof path, "%s/run.json", folder);
        json_t *run = json_load_file(path, 0, NULL);
        json_t *variant = json_array_get(json_object_get(run, "variants"), 0);
        cr_assert_not_null(variant, "%s", swept.err);
        cr_expect_eq(swept_outcomes(&swept, "leak"), 2, "%s: it did its work", ways[i]);
        char *findings = json_dumps(json_object_get(variant, "findings"), 0);
        cr_expect_str_eq(findings, "[]", "%s", ways[i]);
        free(findings);
        json_decref(run);
        swept_free(&swept);
        scratch_remove(folder);
    }
}
