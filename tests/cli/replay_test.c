/* A finding comes again by its number, wherever one stands, and by its coordinate; one that does not is told
 * so. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "scratch.h"
#include "swept.h"

struct row {
    const char *what; /* a number, or a coordinate */
    int status;
    const char *said[3];
    const char *reason;
};

/* A finding knows its folder and its program. */
static struct command_result replay(const char *folder, const char *how, const char *what)
{
    if (strchr(what, ':') == NULL)
        return command_run("cd %s/temps && TMPDIR=%s/temps exec %s replay --results ../found.db %s", folder,
                           folder, EXEUNT, what);
    return command_run("cd %s/work && TMPDIR=%s/temps exec %s replay %s -- %s %s %s", folder, folder, EXEUNT,
                       what, TARGET, folder, how);
}

/* Sweeps the target that does so, and replays. */
static void expect(const char *how, const struct row *rows)
{
    char *folder = swept_folder();
    struct swept swept = swept_in(
        folder, "", "--results ../found.db --quiet --modes once --points posix/io/oc/open -- %s %s %s",
        TARGET, folder, how);
    cr_assert_geq(json_array_size(json_object_get(swept.root, "findings")), 1, "%s: %s", how, swept.err);
    for (const struct row *row = rows; row->reason != NULL; row++) {
        struct command_result ran = replay(folder, how, row->what);
        cr_expect_eq(ran.status, row->status, "%s: status %d: %s%s", row->reason, ran.status, ran.out,
                     ran.err);
        for (int i = 0; i < 3 && row->said[i] != NULL; i++)
            cr_expect(strstr(ran.out, row->said[i]) != NULL || strstr(ran.err, row->said[i]) != NULL,
                      "%s: '%s' is not in: %s%s", row->reason, row->said[i], ran.out, ran.err);
        command_free(&ran);
    }
    char *left = swept_leftovers(folder);
    cr_expect_str_empty(left, "%s: something is left", how);
    free(left);
    swept_free(&swept);
    scratch_remove(folder);
}

Test(replay, comes_again)
{
    static const struct row rows[] = {
        {"1", 1, {"   1  leak of a descriptor", "taken by", "the end"}, "by its number"},
        {"0:posix/io/oc/open#2:EMFILE",
         1,
         {"      leak of a descriptor"},
         "by its coordinate: it has no number, but that of results"},
        {"0:posix/io/oc/open#2",
         1,
         {"leak of a descriptor"},
         "by its coordinate, with the errno that a sweep takes"},
        {"0:posix/io/oc/open#1:EMFILE",
         0,
         {"0:posix/io/oc/open#1"},
         "a coordinate at which nothing is to be found"},
        {"0:posix/io/oc/open#3", 3, {"0:posix/io/oc/open#3"}, "a coordinate that it does not come to"},
        {"0:posix/io/oc/opne#1", 2, {"did you mean 'posix/io/oc/open'"}, "a misspelt point"},
        {"2", 2, {"2"}, "a number that there is not"},
        {0},
    };
    expect("leak", rows);
}

Test(replay, does_not_come_again)
{
    static const struct row rows[] = {
        {"1", 0, {"did not come again", "detected"}, "somebody killed it, once"},
        {0},
    };
    expect("killed", rows);
}

Test(replay, of_the_run_without_faults)
{
    static const struct row rows[] = {
        {"1", 2, {"without faults"}, "a child that is always left"},
        {0},
    };
    expect("forks always", rows);
}
