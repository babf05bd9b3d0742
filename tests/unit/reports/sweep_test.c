/* A sweep's report: what people see, and the keys that machines rely on. */
#include <criterion/criterion.h>
#include <errno.h>
#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "report.h"
#include "sweep_example.h"

Test(sweep_text, looks_as_in_the_golden_files)
{
    static const struct {
        const char *golden, *locale;
        void (*make)(struct sweep_result *out);
        bool color;
        int columns;
        const char *why;
    } rows[] = {
        {"sweep-80", "C.UTF-8", sweep_example, false, 80, "a finding of each kind, none in colour alone"},
        {"sweep-80-ascii", "C", sweep_example, false, 80, "no UTF-8: only foreign text differs"},
        {"sweep-80", "C.UTF-8", sweep_example, false, 40, "sentences and places are never cut"},
        {"sweep-80-color", "C.UTF-8", sweep_example, true, 80, "colours are added and nothing else"},
        {"sweep-clean-80", "C.UTF-8", sweep_example_clean, false, 80, "nothing found, not all done, by exec"},
        {"sweep-workload-80", "C.UTF-8", sweep_example_workload, false, 80, "operations instead of runs"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert_not_null(setlocale(LC_CTYPE, rows[i].locale));
        struct sweep_result result;
        rows[i].make(&result);
        char *text = sweep_example_report("terminal", &result, rows[i].color, rows[i].columns);
        golden_expect(rows[i].golden, text);
        free(text);
        sweep_result_clear(&result);
    }
}

Test(sweep_text, replay_looks_as_in_the_golden_file)
{
    cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
    struct sweep_finding finding = sweep_example_replayed();
    for (int columns = 40; columns <= 80; columns += 40) {
        char *text = sweep_example_finding("terminal", &finding, false, columns);
        golden_expect("replay-80", text);
        free(text);
    }
    sweep_finding_clear(&finding);
}

Test(sweep_text, both_releases_are_shown)
{
    struct sweep_finding finding = sweep_example_twice();
    char *text = sweep_example_finding("terminal", &finding, false, 80);
    golden_expect("replay-twice-80", text);
    free(text);
    sweep_finding_clear(&finding);
}

Test(sweep_text, coverage_has_a_column_for_each_variant)
{
    struct sweep_result results[2];
    sweep_example_workload(&results[0]);
    sweep_example_other_variant(&results[1]);
    char *text = sweep_example_coverage(results, 2, 80);
    golden_expect("coverage-80", text);
    free(text);
    sweep_result_clear(&results[0]);
    sweep_result_clear(&results[1]);
}

Test(sweep_text, coverage_is_not_told_before_it_is_known)
{
    struct sweep_result result;
    sweep_example_workload(&result);
    result.interrupted = true;
    char *text = sweep_example_coverage(&result, 1, 80);
    cr_expect_neq(text[0], '\0', "interrupted later: what was reached is known");
    free(text);
    result.point_count = 0;
    text = sweep_example_coverage(&result, 1, 80);
    cr_expect_str_empty(text);
    free(text);
    sweep_result_clear(&result);
}

Test(sweep_text, verdict)
{
    static const struct {
        enum exit_status status;
        const char *word;
    } rows[] = {
        {EXIT_AS_EXPECTED, "PASS: "}, {EXIT_GUARANTEE_BROKEN, "FAIL: "}, {EXIT_NOT_DONE, "INCONCLUSIVE: "}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sweep_result result;
        sweep_example_clean(&result);
        result.exit_status = rows[i].status;
        char *text = sweep_example_report("terminal", &result, false, 80);
        cr_expect_eq(strncmp(text, rows[i].word, strlen(rows[i].word)), 0, "%s", text);
        free(text);
        sweep_result_clear(&result);
    }
}

Test(sweep_text, what_is_one_is_told_as_one)
{
    static const struct {
        uint64_t runs, planned;
        const char *said, *unsaid, *reason;
    } rows[] = {
        {1, 1, "1 point reached, by 1 call in 1 context\n1 run with a fault in ", "1 runs", "one of each"},
        {1, 2, "1 of 2 runs with a fault in ", "1 of 2 run with", "one of two"},
        {0, 2, "0 of 2 runs with a fault in ", "what became of",
         "no heading where there is nothing below it"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sweep_result result;
        sweep_example_clean(&result);
        result.point_count = result.calls = result.contexts = 1;
        result.runs = rows[i].runs;
        result.planned = rows[i].planned;
        char *text = sweep_example_report("terminal", &result, false, 80);
        cr_expect_not_null(strstr(text, rows[i].said), "%s: %s", rows[i].reason, text);
        cr_expect_null(strstr(text, rows[i].unsaid), "%s: %s", rows[i].reason, text);
        free(text);
        sweep_result_clear(&result);
    }
}

static size_t occurrences(const char *text, const char *of)
{
    size_t count = 0;
    for (; (text = strstr(text, of)) != NULL; text += strlen(of))
        count++;
    return count;
}

Test(sweep_text, of_many_findings_only_the_first_are_shown)
{
    static const struct {
        size_t count, shown;
        const char *more; /* NULL: nothing is left out */
    } rows[] = {{20, 20, NULL}, {21, 20, "  and 1 more: --json FILE has them all\n"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sweep_result result;
        sweep_example_clean(&result);
        result.finding_count = rows[i].count;
        result.findings = calloc(rows[i].count, sizeof *result.findings);
        cr_assert_not_null(result.findings);
        for (size_t j = 0; j < rows[i].count; j++)
            result.findings[j] = (struct sweep_finding){.id = j + 1, .signature = 17, .kind = SWEEP_CRASH};
        char *text = sweep_example_report("terminal", &result, false, 80);
        cr_expect_eq(occurrences(text, "signature 0000000000000011"), rows[i].shown);
        cr_expect_eq(occurrences(text, "--json FILE"), rows[i].more != NULL);
        cr_expect(rows[i].more == NULL || strstr(text, rows[i].more) != NULL, "%s", text);
        free(text);
        char *json = sweep_example_report("json", &result, false, 80);
        cr_expect_eq(occurrences(json, "\"signature\""), rows[i].count, "the JSON has them all");
        free(json);
        sweep_result_clear(&result);
    }
}

static json_t *parsed(const struct sweep_result *result)
{
    char *text = sweep_example_report("json", result, false, 80);
    size_t length = strlen(text);
    cr_expect(length > 0 && strchr(text, '\n') == text + length - 1, "one line");
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    cr_assert_not_null(root, "%s at byte %d", error.text, error.position);
    free(text);
    return root;
}

/* Keys with a letter for what stands there: number, string, array, object, true or false, nothing. */
static void expect_keys(json_t *object, const char *expected)
{
    static const char letters[] = {
        [JSON_OBJECT] = 'o', [JSON_ARRAY] = 'a', [JSON_STRING] = 's', [JSON_INTEGER] = 'i',
        [JSON_REAL] = 'r',   [JSON_TRUE] = 'b',  [JSON_FALSE] = 'b',  [JSON_NULL] = '-'};
    char found[512] = "";
    size_t length = 0;
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        length += (size_t)snprintf(found + length, sizeof found - length, "%s%s:%c", length > 0 ? " " : "",
                                   key, letters[json_typeof(value)]);
    }
    cr_expect_str_eq(found, expected);
}

static json_t *finding_at(json_t *root, size_t index)
{
    return json_array_get(json_object_get(root, "findings"), index);
}

Test(sweep_json, has_exactly_these_keys_in_this_order)
{
    struct sweep_result result;
    sweep_example(&result);
    json_t *root = parsed(&result);
    expect_keys(root,
                "format:s version:i command:a workload:- variant:- control:- fail_on:- points:i contexts:i "
                "calls:i runs:i planned:i wall_s:r interrupted:b fork_server:b verdict:s sentence:s note:s "
                "outcomes:o coverage:a findings:a");
    expect_keys(json_object_get(root, "outcomes"),
                "detected:i masked:i silent:i crash:i abort:i hang:i leak:i double-release:i sanitizer:i "
                "drifted:i");
    expect_keys(json_array_get(json_object_get(root, "coverage"), 0), "point:s calls:i contexts:i failed:i");
    expect_keys(finding_at(root, 2),
                "id:i kind:s severity:s resource:s signature:s taken_at:s failed_at:s point:s errno:s mode:s "
                "coordinate:s second:- detail:s stack:a count:i replay:s reproduced:s suppressed:-");
    expect_keys(finding_at(root, 3),
                "id:i kind:s severity:s resource:s signature:s taken_at:s failed_at:s point:s errno:s mode:s "
                "coordinate:s second:o detail:- stack:a count:i replay:s reproduced:s suppressed:-");
    expect_keys(json_object_get(finding_at(root, 3), "second"), "point:s errno:s coordinate:s failed_at:s");
    expect_keys(finding_at(root, 8),
                "id:i kind:s severity:s resource:s signature:s taken_at:s failed_at:- point:- errno:- mode:s "
                "coordinate:- second:- detail:- stack:a count:i replay:- reproduced:- suppressed:-");
    json_decref(root);
    sweep_result_clear(&result);
}

Test(sweep_json, of_a_workload_has_errnos)
{
    struct sweep_result result;
    sweep_example_workload(&result);
    json_t *root = parsed(&result), *coverage = json_object_get(root, "coverage");
    cr_expect_str_eq(json_string_value(json_object_get(root, "workload")), "upload");
    cr_expect_str_eq(json_string_value(json_object_get(root, "variant")), "guarded");
    cr_expect_eq(json_array_size(coverage), 5, "also what is never reached");
    expect_keys(json_array_get(coverage, 0), "point:s errno:s variant:s reached:b failed:i");
    cr_expect_eq(json_integer_value(json_object_get(json_array_get(coverage, 0), "failed")), 1900);
    cr_expect(json_is_false(json_object_get(json_array_get(coverage, 3), "reached")));
    json_decref(root);
    sweep_result_clear(&result);
}

Test(sweep_json, values)
{
    struct sweep_result result;
    sweep_example(&result);
    json_t *root = parsed(&result), *leak = finding_at(root, 2);
    static const struct {
        const char *key, *value;
    } rows[] = {
        {"kind", "leak"},
        {"severity", "high"},
        {"resource", "descriptor"},
        {"signature", "0000000000000003"},
        {"taken_at", "copy.c:9"},
        {"failed_at", "copy.c:12"},
        {"point", "posix/io/oc/open"},
        {"errno", "EMFILE"},
        {"mode", "once"},
        {"coordinate", "0:posix/io/oc/open#2"},
        {"replay", "exeunt replay 3"},
        {"reproduced", "3/3"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(json_string_value(json_object_get(leak, rows[i].key)), rows[i].value, "%s",
                         rows[i].key);
    cr_expect_str_eq(json_string_value(json_object_get(root, "format")), "exeunt-sweep");
    cr_expect_eq(json_integer_value(json_object_get(root, "version")), 1);
    cr_expect_float_eq(json_real_value(json_object_get(root, "wall_s")), 83.245, 1e-9);
    cr_expect_str_eq(json_string_value(json_object_get(root, "verdict")), "fail");
    cr_expect_eq(json_integer_value(json_object_get(json_object_get(root, "outcomes"), "crash")), 1204);
    cr_expect_eq(json_array_size(json_object_get(root, "command")), 3);
    json_t *stack = json_object_get(leak, "stack");
    cr_expect_str_eq(json_string_value(json_array_get(stack, 1)), "main (copy.c:30)");
    json_decref(root);
    sweep_result_clear(&result);
}

Test(sweep_json, seconds_are_written_as_they_were_measured)
{
    struct sweep_result result;
    sweep_example(&result);
    char *text = sweep_example_report("json", &result, false, 80);
    cr_expect_not_null(strstr(text, "\"wall_s\":83.245,"), "%s", text);
    free(text);
    sweep_result_clear(&result);
}

Test(sweep_json, a_full_device_is_an_error)
{
    struct sweep_result result;
    sweep_example(&result);
    struct report_options options = {.columns = 80};
    for (size_t i = 0; report_at(i) != NULL; i++) {
        if (report_at(i)->write_sweep == NULL)
            continue;
        FILE *full = fopen("/dev/full", "we");
        cr_assert_not_null(full);
        cr_expect_eq(report_at(i)->write_sweep(&result, &options, full), -ENOSPC, "%s", report_at(i)->name);
        fclose(full);
    }
    sweep_result_clear(&result);
}
