#include "story.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* guarded and handwritten: all descriptors given back, nothing left, at least the control's faults met. */
static void expect_clean(const struct report *report, const char *name, json_int_t faults)
{
    json_t *variant = report_variant(report, name);
    json_t *control = report_variant(report, "unguarded");
    cr_assert_str_eq(report_text(variant, "verdict"), "pass", "%s", name);
    cr_assert_str_eq(report_text(variant, "ended"), "completed", "%s", name);
    cr_assert_eq(report_number(variant, "fds.final"), report_number(variant, "fds.baseline"), "%s", name);
    cr_assert_eq(report_number(variant, "fds.leaked"), 0, "%s", name);
    cr_assert_eq(report_number(variant, "temp_files"), 0, "%s", name);
    cr_assert_geq(report_number(variant, "faults.injected"), report_number(control, "faults.injected"), "%s",
                  name);
    cr_assert_geq(report_number(variant, "faults.injected"), faults, "%s", name);
    cr_assert_str_eq(report_text(variant, "faults.digest"), report_text(control, "faults.digest"),
                     "%s met other first faults than the control", name);
}

void story_expect(const char *workload, const char *arguments, json_int_t faults)
{
    struct report report = report_of("compare %s %s", workload, arguments);
    cr_assert_eq(report.status, 0, "compare %s: status %d: %s", arguments, report.status, report.err);
    json_t *unguarded = report_variant(&report, "unguarded");
    cr_assert_str_eq(report_text(unguarded, "ended"), "emfile", "%s", arguments);
    cr_assert_gt(report_number(unguarded, "emfile.count"), 0);
    cr_assert_eq(report_number(unguarded, "fds.peak"), report_number(report.root, "limit_fds"));
    cr_assert_str_eq(report_text(report.root, "verdict"), "pass");
    expect_clean(&report, "guarded", faults);
    expect_clean(&report, "handwritten", faults);
    report_free(&report);
}

void story_digest(const char *workload, const char *arguments, char digest[32])
{
    struct report report = report_of("run %s/guarded %s", workload, arguments);
    cr_assert_eq(report.status, 0, "%s: %s", arguments, report.err);
    json_t *variant = report_variant(&report, "guarded");
    cr_assert_gt(report_number(variant, "faults.injected"), 0);
    snprintf(digest, 32, "%s", report_text(variant, "faults.digest"));
    report_free(&report);
}
