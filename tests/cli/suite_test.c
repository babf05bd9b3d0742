/* `exeunt compare --all`: every workload that there is, once, and what they come to. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "report.h"
#include "scratch.h"

/* The names that `exeunt list` shows, one a line. */
static char *listed_workloads(void)
{
    struct command_result result =
        command_run("%s list --workloads | sed -n 's/^  \\([a-z-]*\\): .*/\\1/p'", EXEUNT);
    cr_assert_eq(result.status, 0, "%s", result.err);
    free(result.err);
    return result.out;
}

static json_t *comparison_of(const struct report *report, const char *workload)
{
    size_t index;
    json_t *comparison;
    json_array_foreach(json_object_get(report->root, "comparisons"), index, comparison)
    {
        if (strcmp(report_text(comparison, "workload"), workload) == 0)
            return comparison;
    }
    return NULL;
}

Test(suite, has_every_workload_once, .timeout = 240)
{
    struct report report = report_of("compare --all --limit-fds 64 --seed 3");
    cr_assert_eq(report.status, 0, "%s%s", report_text(report.root, "sentence"), report.err);
    cr_expect_str_eq(report_text(report.root, "format"), "exeunt-suite");
    cr_expect_str_eq(report_text(report.root, "verdict"), "pass");
    char *names = listed_workloads(), *rest = names;
    size_t count = 0;
    for (char *name; (name = strsep(&rest, "\n")) != NULL && name[0] != '\0'; count++) {
        json_t *comparison = comparison_of(&report, name);
        cr_assert_not_null(comparison, "%s", name);
        cr_expect_str_eq(report_text(comparison, "verdict"), "pass", "%s", name);
        cr_expect_eq(report_number(comparison, "seed"), 3, "%s", name);
    }
    cr_expect_geq(count, 3);
    cr_expect_eq(json_array_size(json_object_get(report.root, "comparisons")), count);
    free(names);
    report_free(&report);
}

/* What cannot be done of one workload is said, and the others are done. */
Test(suite, goes_on_where_one_workload_cannot, .timeout = 240)
{
    char *folder = scratch_make();
    struct command_result copied =
        command_run("cp -r %s/. %s/ && rm %s/libexec/exeunt/exeunt-clients", EXEUNT_ROOT, folder, folder);
    cr_assert_eq(copied.status, 0, "%s", copied.err);
    struct command_result result = command_run("%s/bin/exeunt compare --all --limit-fds 64", folder);
    cr_expect_eq(result.status, 3, "status %d: %s%s", result.status, result.out, result.err);
    static const char *const said[] = {
        "INCONCLUSIVE: session: ", "exeunt-clients' is missing", "\nPASS: upload: unguarded left",
        "\nPASS: transaction: unguarded left",
        "\nINCONCLUSIVE: nothing is proven of session; what was expected holds"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        cr_expect_not_null(strstr(result.out, said[i]), "'%s' in:\n%s", said[i], result.out);
    command_free(&copied);
    command_free(&result);
    scratch_remove(folder);
}

/* Before anything is run. */
Test(suite, says_which_workload_the_command_does_not_fit)
{
    struct command_result result = command_run("exec %s compare --all --faults session/handshake@1", EXEUNT);
    cr_expect_eq(result.status, 2, "status %d", result.status);
    cr_expect_str_eq(result.out, "");
    cr_expect_not_null(strstr(result.err, "': plan: no point is named 'session/handshake'"), "%s",
                       result.err);
    cr_expect_not_null(strstr(result.err, "exeunt: workload '"), "%s", result.err);
    command_free(&result);
}
