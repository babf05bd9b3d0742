/* `--remote`: points are switched by fiu-ctrl while the program runs, by the very command that exeunt names.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "report.h"
#include "scratch.h"

/* Runs the program until its point is switched; before that, switches `before`. The report is the caller's.
 */
static json_t *switched(const char *before, char **said)
{
    char *folder = scratch_make(), path[256];
    struct command_result ran = command_run(
        "cd %s && %s run --remote --quiet --json report.json -- %s await-point 2> told & run=$!; cd %s; "
        "tries=0; "
        "until grep -q fiu-ctrl told 2> /dev/null; do tries=$((tries + 1)); [ $tries -lt 3000 ] || exit 9; "
        "sleep 0.02; done; command=$(sed -n 's/.* with: //p' told); "
        "for name in %s app/remote; do eval \"$(echo \"$command\" | sed s,POINT,$name,)\" || exit 8; done; "
        "wait $run",
        folder, EXEUNT, TARGET, folder, before);
    cr_expect_eq(ran.status, 0, "status %d: %s", ran.status, ran.err);
    snprintf(path, sizeof path, "%s/report.json", folder);
    json_t *root = json_load_file(path, 0, NULL);
    *said = strdup(ran.err);
    command_free(&ran);
    scratch_remove(folder);
    return root;
}

Test(remote, a_point_is_switched_and_a_name_that_nobody_has_is_said, .timeout = 120)
{
    static const struct {
        const char *before, *note; /* NULL: none */
        const char *reason;
    } rows[] = {
        {"", NULL, "the program's own point"},
        {"posix/io/oc/open posix/io/net/*", NULL, "one of ours, and a family"},
        {"app/remtoe",
         "fiu-ctrl switched 'app/remtoe', but the program met no point of that name (did you "
         "mean 'app/remote'?)",
         "misspelt"},
    };
    if (system("command -v fiu-ctrl > /dev/null") != 0)
        cr_skip_test("there is no fiu-ctrl here");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *said;
        json_t *root = switched(rows[i].before, &said);
        json_t *variant = json_array_get(json_object_get(root, "variants"), 0);
        cr_assert_not_null(variant, "%s: %s", rows[i].reason, said);
        const char *note = report_text(variant, "note");
        cr_expect_eq(report_number(variant, "exit_status"), 0, "%s", rows[i].reason);
        cr_expect_eq(report_number(variant, "faults.injected"), 1, "%s", rows[i].reason);
        cr_expect(rows[i].note != NULL ? note != NULL && strcmp(note, rows[i].note) == 0 : note == NULL,
                  "%s: %s", rows[i].reason, note);
        json_decref(root);
        free(said);
    }
}

/* What libfiu opens to listen is nobody's leak. */
Test(remote, a_clean_workload_stays_clean, .timeout = 120)
{
    for (int i = 0; i < 3; i++) {
        struct report report = report_of("run upload/guarded --remote --operations 100 --seed %d", i);
        cr_expect_eq(report.status, 0, "%s", report.err);
        report_free(&report);
    }
}
