/* The upload worker under faults: what each variant leaves behind, and that the faults are the plan's alone.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report.h"
#include "scratch.h"
#include "story.h"

Test(upload, story_at_limit_256_with_several_seeds)
{
    for (int seed = 1; seed <= 5; seed++) {
        char arguments[64];
        snprintf(arguments, sizeof arguments, "--limit-fds 256 --seed %d", seed);
        story_expect("upload", arguments, 1);
    }
}

/* Gigabytes are written at the larger limits: into memory, where there is such a folder. */
static void work_in_memory(void)
{
    if (access("/dev/shm", W_OK | X_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
}

Test(upload, story_at_the_default_limit)
{
    work_in_memory();
    story_expect("upload", "--seed 9223372036854775807", 1);
}

Test(upload, story_at_limit_4000)
{
    work_in_memory();
    story_expect("upload", "--limit-fds 4000", 1);
}

Test(upload, same_seed_same_faults_with_any_number_of_workers)
{
    char first[32], other[32];
    story_digest("upload", "--operations 600 --set fsync=0 --seed 7 --workers 1", first);
    static const char *const arguments[] = {"--operations 600 --set fsync=0 --seed 7 --workers 2",
                                            "--operations 600 --set fsync=0 --seed 7 --workers 8",
                                            "--operations 600 --set fsync=0 --seed 7 --workers 32"};
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++) {
        story_digest("upload", arguments[i], other);
        cr_assert_str_eq(first, other, "%s", arguments[i]);
    }
    story_digest("upload", "--operations 600 --set fsync=0 --seed 8 --workers 8", other);
    cr_assert_str_neq(first, other, "another seed gives other faults");
}

Test(upload, unguarded_is_right_when_all_goes_well)
{
    struct report report = report_of("run upload/unguarded --faults none --set corrupt=0 --operations 600");
    cr_assert_eq(report.status, 0, "%s", report.err);
    json_t *variant = report_variant(&report, "unguarded");
    cr_assert_eq(report_number(variant, "operations.succeeded"), 600);
    cr_assert_eq(report_number(variant, "fds.final"), report_number(variant, "fds.baseline"));
    cr_assert_eq(json_array_size(json_object_get(variant, "findings")), 0);
    report_free(&report);
}

/* None stores over what another one has stored, so that all can be looked at. */
Test(upload, as_many_jobs_as_there_are_uploads_take_each_once)
{
    struct report report = report_of("run upload/guarded --faults none --set corrupt=0 --operations 256");
    cr_assert_eq(report.status, 0, "%s", report.err);
    cr_assert_eq(report_number(report_variant(&report, "guarded"), "stored.whole"), 256);
    report_free(&report);
}

Test(upload, control_that_meets_no_fault_is_said_to_be_missed)
{
    struct report report = report_of("compare upload --faults none --set corrupt=0 --operations 50");
    cr_assert_eq(report.status, 4, "%s", report.err);
    report_free(&report);
}

Test(upload, corrupt_files_leak_without_any_injected_fault)
{
    struct report report = report_of("run upload/unguarded --faults none --set corrupt=20 --operations 300");
    cr_assert_eq(report.status, 1, "%s", report.err);
    json_t *finding = json_array_get(json_object_get(report_variant(&report, "unguarded"), "findings"), 0);
    cr_assert_str_eq(report_text(finding, "kind"), "leaked-descriptor");
    cr_assert(json_is_null(json_object_get(finding, "point")));
    cr_assert_str_eq(report_text(finding, "errno"), "EBADMSG");
    report_free(&report);
}

Test(upload, injected_emfile_is_not_the_kernels)
{
    struct report report =
        report_of("run upload/guarded --faults 'posix/io/oc/open:EMFILE@p=0.2' --operations 200");
    cr_assert_eq(report.status, 0, "%s", report.err);
    json_t *variant = report_variant(&report, "guarded");
    cr_assert_gt(report_number(variant, "faults.injected"), 0);
    cr_assert_eq(report_number(variant, "emfile.count"), 0);
    report_free(&report);
}

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

/* A file that stays since the call that removes it was failed is nobody's fault but ours. */
Test(upload, failed_removals_are_not_blamed_on_the_code)
{
    struct report report = report_of("run upload/guarded --operations 200 --faults "
                                     "'posix/io/dir/unlink@p=0.5;posix/io/rw/write@p=0.5'");
    cr_assert_eq(report.status, 0, "%s", report.err);
    json_t *variant = report_variant(&report, "guarded");
    cr_assert_gt(report_number(variant, "faults.injected"), 100);
    cr_assert_eq(report_number(variant, "temp_files"), 0);
    report_free(&report);
}

/* A plan that failed nothing is said, so that nobody takes its verdict for a proof. */
Test(upload, a_plan_that_met_nothing_is_said)
{
    struct report report = report_of("run upload/guarded --operations 20 --faults 'posix/io/oc/dup@p=0.5'");
    cr_assert_eq(report.status, 0, "%s", report.err);
    cr_assert_not_null(strstr(report_text(report_variant(&report, "guarded"), "note"), "no call was failed"));
    report_free(&report);
    report = report_of("run upload/guarded --operations 20 --faults 'posix/io/oc/open@1'");
    cr_assert_null(report_text(report_variant(&report, "guarded"), "note"), "20 calls were");
    report_free(&report);
}

Test(upload, a_few_real_files_are_not_spoiled)
{
    char *folder = scratch_make();
    write_file(folder, "only", "content");
    struct report report = report_of("run upload/guarded --faults none --operations 5 --input %s", folder);
    cr_assert_eq(report.status, 0, "%s", report.err);
    cr_assert_eq(report_number(report_variant(&report, "guarded"), "operations.succeeded"), 5);
    report_free(&report);
    scratch_remove(folder);
}

Test(upload, finding_names_line_point_and_coordinate)
{
    struct report report = report_of("run upload/unguarded --faults 'upload/metadata@1' --operations 3");
    cr_assert_eq(report.status, 1, "%s", report.err);
    json_t *findings = json_object_get(report_variant(&report, "unguarded"), "findings");
    cr_assert_eq(json_array_size(findings), 1);
    json_t *finding = json_array_get(findings, 0);
    cr_assert_eq(strncmp(report_text(finding, "taken_at"), "workloads/upload.c:", 19), 0, "%s",
                 report_text(finding, "taken_at"));
    cr_assert_str_eq(report_text(finding, "point"), "upload/metadata");
    cr_assert_str_eq(report_text(finding, "errno"), "EIO");
    cr_assert_eq(report_number(finding, "count"), 3);
    report_free(&report);
}

Test(upload, short_reads_and_writes_lose_nothing)
{
    struct report report =
        report_of("run upload/guarded --faults 'posix/io/rw/read,posix/io/rw/write:short@p=0.5' "
                  "--set corrupt=0 --operations 200");
    cr_assert_eq(report.status, 0, "%s", report.err);
    json_t *variant = report_variant(&report, "guarded");
    cr_assert_eq(report_number(variant, "operations.succeeded"), 200);
    cr_assert_gt(report_number(variant, "faults.injected"), 100);
    report_free(&report);
}

Test(upload, real_files_with_strange_names_are_stored_whole)
{
    char *folder = scratch_make();
    static const char *const names[] = {"plain.txt",      ".hidden", "..dots", "a b",
                                        "\x01\xff bytes", "%2E%2E",  "-rf"};
    enum { COUNT = sizeof names / sizeof *names };
    for (size_t i = 0; i < COUNT; i++)
        write_file(folder, names[i], "content\n");
    char long_name[256];
    memset(long_name, '#', 255);
    long_name[255] = '\0';
    write_file(folder, long_name, "");
    struct report report =
        report_of("run upload/guarded --faults none --set corrupt=0 --operations 200 --input %s", folder);
    cr_assert_eq(report.status, 0, "%s", report.err);
    cr_assert_eq(report_number(report_variant(&report, "guarded"), "stored.whole"), COUNT + 1);
    report_free(&report);
    scratch_remove(folder);
}
