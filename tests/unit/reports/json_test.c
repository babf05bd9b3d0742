/* The report for machines: the keys of its format, exactly; nulls; extremes. */
#include "example.h"
#include "report.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *parsed(const struct result *result)
{
    char *text = example_report("json", result, false, 80);
    size_t length = strlen(text);
    cr_expect(length > 0 && strchr(text, '\n') == text + length - 1, "one line");
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    cr_assert_not_null(root, "%s at byte %d", error.text, error.position);
    free(text);
    return root;
}

static const char *string_at(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static json_int_t integer_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    cr_expect(json_is_integer(value), "%s", key);
    return json_integer_value(value);
}

static const json_t *variant_at(const json_t *root, size_t index)
{
    return json_array_get(json_object_get(root, "variants"), index);
}

/* Keys in order, separated by spaces. The order is part of the form. */
static void expect_keys(const json_t *object, const char *keys)
{
    char found[512] = "";
    size_t length = 0;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        length += (size_t)snprintf(found + length, sizeof found - length, "%s%s", length > 0 ? " " : "", key);
    }
    cr_expect_str_eq(found, keys);
}

Test(json, has_exactly_these_keys_in_this_order)
{
    struct result result;
    example_comparison(&result);
    json_t *root = parsed(&result);
    const json_t *variant = variant_at(root, 0);
    expect_keys(root,
                "format version workload program seed faults workers limit_fds verdict sentence variants");
    expect_keys(variant,
                "name control verdict ended exit_status signal last_words duration_ms operations faults fds "
                "children threads temp_files heap stored locks deadlocks inversions emfile level findings "
                "note events_lost threads_unrecorded "
                "samples");
    expect_keys(json_object_get(variant, "operations"), "started succeeded failed");
    expect_keys(json_object_get(variant, "faults"), "injected digest by_point last last_errno");
    expect_keys(json_object_get(variant, "fds"), "baseline peak final leaked limit unreleased");
    expect_keys(json_object_get(variant, "stored"), "whole torn");
    expect_keys(json_object_get(variant, "emfile"), "count first_ms first_operation first_fault");
    expect_keys(json_object_get(variant, "level"), "operations fds faults t_ms");
    expect_keys(json_object_get(variant, "samples"),
                "t_ms fds children temp_files held_locks waiting deadlocked faults");
    expect_keys(
        json_array_get(json_object_get(variant, "findings"), 0),
        "kind signature resource taken_at released_at point errno coordinate count bytes informational");
    json_decref(root);
    result_clear(&result);
}

Test(json, carries_the_values)
{
    struct result result;
    example_comparison(&result);
    json_t *root = parsed(&result);
    cr_expect_str_eq(string_at(root, "format"), "exeunt-comparison");
    cr_expect_eq(integer_at(root, "version"), 1);
    cr_expect_eq(integer_at(root, "seed"), 7);
    cr_expect_str_eq(string_at(root, "verdict"), "pass");
    const json_t *variant = variant_at(root, 0);
    cr_expect_str_eq(string_at(variant, "ended"), "emfile");
    cr_expect_str_eq(string_at(variant, "verdict"), "fail");
    const json_t *faults = json_object_get(variant, "faults");
    cr_expect_str_eq(string_at(faults, "digest"), "0000000000c0ffee");
    cr_expect_eq(integer_at(json_object_get(faults, "by_point"), "upload/metadata"), 1402);
    const json_t *finding = json_array_get(json_object_get(variant, "findings"), 0);
    cr_expect_str_eq(string_at(finding, "kind"), "leaked-descriptor");
    cr_expect_str_eq(string_at(finding, "signature"), "1f2e3d4c5b6a7988");
    cr_expect_str_eq(string_at(finding, "errno"), "EIO");
    cr_expect_str_eq(string_at(finding, "coordinate"), "1724:upload/metadata#1");
    const json_t *samples = json_object_get(variant, "samples");
    cr_expect_eq(json_array_size(json_object_get(samples, "t_ms")), result.variants[0].series.count);
    cr_expect_eq(json_array_size(json_object_get(samples, "fds")), result.variants[0].series.count);
    json_decref(root);
    result_clear(&result);
}

Test(json, exit_paths_have_a_format_of_their_own)
{
    struct result result;
    example_exits(&result);
    json_t *root = parsed(&result);
    expect_keys(root, "format version workload seed verdict sentence idioms paths resources cells");
    cr_expect_str_eq(string_at(root, "format"), "exeunt-exits");
    cr_expect_eq(integer_at(root, "version"), 1);
    cr_expect_str_eq(string_at(root, "verdict"), "fail");
    const json_t *idiom = json_array_get(json_object_get(root, "idioms"), 0);
    expect_keys(idiom, "name leaks");
    cr_expect(json_is_true(json_object_get(idiom, "leaks")));
    const json_t *cells = json_object_get(root, "cells");
    cr_expect_eq(json_array_size(cells), 42, "7 idioms, 3 paths, 2 resources");
    const json_t *broken = json_array_get(cells, 34), *unknown = json_array_get(cells, 40);
    expect_keys(broken, "idiom path resource promised outcome");
    cr_expect_str_eq(string_at(broken, "idiom"), "guard");
    cr_expect_str_eq(string_at(broken, "path"), "throw");
    cr_expect_str_eq(string_at(broken, "resource"), "descriptor");
    cr_expect(json_is_true(json_object_get(broken, "promised")));
    cr_expect_str_eq(string_at(broken, "outcome"), "broken");
    cr_expect(json_is_null(json_object_get(unknown, "outcome")), "not measured");
    json_decref(root);
    result_clear(&result);
}

/* The value at a path of keys, separated by dots. */
static const json_t *value_at(const json_t *from, const char *path)
{
    char keys[128];
    snprintf(keys, sizeof keys, "%s", path);
    char *rest = NULL;
    for (char *key = strtok_r(keys, ".", &rest); key != NULL; key = strtok_r(NULL, ".", &rest))
        from = json_is_array(from) ? json_array_get(from, (size_t)atoi(key)) : json_object_get(from, key);
    return from;
}

Test(json, what_does_not_apply_is_null_and_not_absent)
{
    static const struct {
        const char *path, *why;
    } cases[] = {
        {"exit_status", "it was a signal"},
        {"faults.digest", "no operation was completed by all"},
        {"fds.baseline", "unknown"},
        {"fds.peak", "unknown"},
        {"fds.final", "unknown"},
        {"temp_files", "the disk was not checked"},
        {"stored.whole", "the disk was not checked"},
        {"stored.torn", "the disk was not checked"},
        {"emfile.first_ms", "there was none"},
        {"emfile.first_operation", "there was none"},
        {"emfile.first_fault", "there was none"},
        {"level", "no level was reached"},
        {"findings.0.point", "no fault was injected"},
        {"findings.0.errno", "the operation succeeded"},
        {"findings.0.released_at", "a leak has no release"},
        {"samples.fds.0", "could not be read"},
    };
    struct result result;
    example_hostile(&result);
    example_sample(&result.variants[0], 10, -1);
    json_t *root = parsed(&result);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect(json_is_null(value_at(variant_at(root, 0), cases[i].path)), "%s: %s", cases[i].path,
                  cases[i].why);
    cr_expect_eq(integer_at(json_object_get(variant_at(root, 0), "emfile"), "count"), 0);
    cr_expect_eq(integer_at(variant_at(root, 0), "signal"), 11);
    json_decref(root);
    result_clear(&result);
}

Test(json, foreign_text_survives_and_stays_text)
{
    struct result result;
    example_hostile(&result);
    json_t *root = parsed(&result);
    cr_expect_str_eq(string_at(variant_at(root, 0), "last_words"), "\033[2J\033[31m</script>\r\n\uFFFD"
                                                                   "2K\xc2\x9b \u202Efdp.exe \"\\");
    cr_expect_str_eq(string_at(root, "faults"), "\033]0;owned\a upload/\u00DCberlauf");
    json_decref(root);
    result_clear(&result);
}

/* What is told of a workload is the same, alone and in a suite. */
Test(json, suite_holds_the_comparisons_as_they_are_by_themselves)
{
    struct suite suite;
    example_suite(&suite);
    char *text = example_suite_report("json", &suite, false, 80);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    cr_assert_not_null(root, "%s", text);
    expect_keys(root, "format version verdict sentence planned comparisons");
    cr_expect_str_eq(string_at(root, "format"), "exeunt-suite");
    cr_expect_str_eq(string_at(root, "verdict"), "inconclusive");
    cr_expect_eq(integer_at(root, "planned"), 3);
    const json_t *comparisons = json_object_get(root, "comparisons");
    cr_assert_eq(json_array_size(comparisons), 3);
    for (size_t i = 0; i < suite.count; i++) {
        json_t *alone = parsed(&suite.results[i]);
        cr_expect(json_equal(json_array_get(comparisons, i), alone), "%s", suite.results[i].workload);
        json_decref(alone);
    }
    json_decref(root);
    free(text);
    suite_clear(&suite);
}

Test(json, without_samples_or_findings_arrays_are_empty)
{
    struct result result;
    example_comparison(&result);
    result.variants[1].series.count = 0;
    json_t *root = parsed(&result);
    const json_t *variant = variant_at(root, 1);
    cr_expect_eq(json_array_size(json_object_get(variant, "findings")), 0);
    cr_expect_eq(json_array_size(value_at(variant, "samples.t_ms")), 0);
    cr_expect(json_is_array(value_at(variant, "samples.fds")));
    json_decref(root);
    result_clear(&result);
}

Test(json, seeds_are_exact_or_refused)
{
    struct result result;
    example_comparison(&result);
    result.seed = INT64_MAX;
    json_t *root = parsed(&result);
    cr_expect_eq(integer_at(root, "seed"), INT64_MAX);
    json_decref(root);

    result.seed = (uint64_t)INT64_MAX + 1;
    struct report_options options = {.columns = 80};
    FILE *out = fopen("/dev/null", "we");
    cr_expect_eq(report_named("json")->write(&result, &options, out), -ERANGE, "no reader would hold it");
    fclose(out);
    result_clear(&result);
}
