/* The report for people: what they see, what it must not pass on, and where it fits. */
#include "example.h"
#include "golden.h"
#include "report.h"
#include "utf8.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Test(terminal, looks_as_in_the_golden_files)
{
    static const struct {
        const char *golden, *locale;
        void (*make)(struct result *out);
        bool color;
        int columns;
        const char *why;
    } cases[] = {
        {"comparison-80", "C.UTF-8", example_comparison, false, 80, "a plain terminal"},
        {"comparison-120", "C.UTF-8", example_comparison, false, 120, "a wide one: the chart uses the room"},
        {"comparison-40", "C.UTF-8", example_comparison, false, 40,
         "the narrowest: variants below each other"},
        {"comparison-80-color", "C.UTF-8", example_comparison, true, 80, "colours are added, nothing else"},
        {"comparison-80-ascii", "C", example_comparison, false, 80, "no UTF-8: other signs, same layout"},
        {"comparison-120-ascii", "C", example_comparison, false, 120, "no UTF-8, wide"},
        {"locks-80", "C.UTF-8", example_locks, false, 80, "locks stayed: charts of them, a deadlock marked"},
        {"locks-40-ascii", "C", example_locks, false, 40, "the same, as narrow and plain as can be"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_assert_not_null(setlocale(LC_CTYPE, cases[i].locale));
        struct result result;
        cases[i].make(&result);
        char *text = example_report("terminal", &result, cases[i].color, cases[i].columns);
        golden_expect(cases[i].golden, text);
        free(text);
        result_clear(&result);
    }
}

Test(terminal, suite_looks_as_in_the_golden_files)
{
    cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
    for (int color = 0; color < 2; color++) {
        struct suite suite;
        example_suite(&suite);
        char *text = example_suite_report("terminal", &suite, color == 1, 80);
        golden_expect(color == 1 ? "suite-80-color" : "suite-80", text);
        free(text);
        suite_clear(&suite);
    }
}

Test(terminal, exit_paths_look_as_in_the_golden_files)
{
    static const struct {
        const char *golden;
        bool color;
        int columns;
        const char *why;
    } cases[] = {
        {"exits-80", false, 80, "all idioms beside each other, and every word without colour"},
        {"exits-80-color", true, 80, "colours are added and nothing else"},
        {"exits-40", false, 40, "the narrowest: idioms below each other"},
    };
    setlocale(LC_CTYPE, "C.UTF-8");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct result result;
        example_exits(&result);
        char *text = example_report("terminal", &result, cases[i].color, cases[i].columns);
        golden_expect(cases[i].golden, text);
        free(text);
        result_clear(&result);
    }
}

Test(terminal, hostile_text_cannot_command_the_terminal)
{
    static const char *const locales[] = {"C.UTF-8", "C"};
    for (size_t i = 0; i < 2; i++) {
        cr_assert_not_null(setlocale(LC_CTYPE, locales[i]));
        struct result result;
        example_hostile(&result);
        char *text = example_report("terminal", &result, false, 80);
        for (const char *at = text; *at != '\0'; at++)
            cr_expect((unsigned char)*at >= 0x20 || *at == '\n', "%s: byte %02x", locales[i],
                      (unsigned char)*at);
        cr_expect_null(strstr(text, "\xc2\x9b"), "a control sequence introducer in UTF-8");
        cr_expect_null(strstr(text, "\xe2\x80\xae"), "a change of writing direction");
        golden_expect(i == 0 ? "hostile-80" : "hostile-80-ascii", text);
        free(text);
        result_clear(&result);
    }
}

/* Locks are taken in every program with threads; there is a picture of them only if some stayed. */
Test(terminal, locks_have_charts_only_where_some_stayed)
{
    static const struct {
        uint64_t left;
        size_t links;
        bool shown;
        const char *why;
    } rows[] = {
        {3, 1, true, "left, and locked up"},
        {3, 0, true, "left held, nobody waited"},
        {0, 2, true, "a cycle"},
        {0, 0, false, "taken and given back"},
    };
    setlocale(LC_CTYPE, "C.UTF-8");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result result;
        example_locks(&result);
        result.variants[0].locks.left = rows[i].left;
        result.variants[0].deadlock.link_count = rows[i].links;
        char *text = example_report("terminal", &result, false, 80);
        cr_expect_eq(strstr(text, "Locks that are held, over time") != NULL, rows[i].shown, "%s",
                     rows[i].why);
        cr_expect_eq(strstr(text, "Threads that wait for a lock, over time") != NULL, rows[i].shown, "%s",
                     rows[i].why);
        free(text);
        result_clear(&result);
    }
}

static size_t widest_line(const char *text)
{
    size_t widest = 0, width = 0;
    for (uint32_t code; *text != '\0'; width = code == '\n' ? 0 : width + 1) {
        text += utf8_next(text, &code);
        if (code != '\n' && width + 1 > widest)
            widest = width + 1;
    }
    return widest;
}

static void expect_fit(void (*make)(struct result *out))
{
    struct result result;
    make(&result);
    result.sentence[0] = result.faults[0] = '\0'; /* what is said in sentences is never cut */
    for (int columns = 60; columns <= 200; columns++) {
        char *text = example_report("terminal", &result, false, columns);
        *strstr(text, "\n\nunguarded") = '\0';
        cr_expect_leq(widest_line(text), (size_t)columns, "%d columns, but %zu", columns, widest_line(text));
        free(text);
    }
    result_clear(&result);
}

Test(terminal, charts_and_table_fit_any_width)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    expect_fit(example_comparison);
    expect_fit(example_locks);
}

static size_t occurrences(const char *text, const char *of)
{
    size_t count = 0;
    for (; (text = strstr(text, of)) != NULL; text += strlen(of))
        count++;
    return count;
}

Test(terminal, of_many_findings_only_the_first_are_shown)
{
    struct result result;
    example_comparison(&result);
    struct variant_result *variant = &result.variants[0];
    free(variant->findings);
    variant->finding_count = 14;
    variant->findings = calloc(variant->finding_count, sizeof *variant->findings);
    for (size_t i = 0; i < variant->finding_count; i++)
        variant->findings[i] = (struct finding){.kind = FINDING_DOUBLE_CLOSE, .count = 2, .site = "a.c:1"};
    char *text = example_report("terminal", &result, false, 80);
    cr_expect_eq(occurrences(text, "double close"), 10);
    cr_expect_not_null(strstr(text, "and 4 more findings: --json FILE has them all"));
    free(text);
    result_clear(&result);
}

Test(terminal, what_was_not_read_is_a_gap_and_what_lies_between_is_bridged)
{
    setlocale(LC_CTYPE, "C");
    struct result result = {.limit_fds = 12, .faults = strdup("none"), .variant_count = 1};
    struct variant_result *variant = &result.variants[0];
    snprintf(variant->name, sizeof variant->name, "v");
    example_sample(variant, 0, 6);
    example_sample(variant, 40, 6);
    example_sample(variant, 50, -1);
    example_sample(variant, 60, 6);
    example_sample(variant, 100, 6);
    char *text = example_report("terminal", &result, false, 44);
    cr_expect_not_null(strstr(text, " 6 +#################       ################\n"), "%s", text);
    free(text);
    result_clear(&result);
}

/* Numbers on the axis are whole, and none stands there twice. */
Test(terminal, a_small_peak_has_an_axis_of_its_own)
{
    cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
    struct result result = {.faults = strdup("none"), .variant_count = 1};
    struct variant_result *variant = &result.variants[0];
    snprintf(variant->name, sizeof variant->name, "small");
    for (uint64_t t_ms = 0; t_ms <= 100; t_ms += 10)
        example_sample(variant, t_ms, t_ms < 50 ? 1 : 2);
    char *text = example_report("terminal", &result, false, 60);
    golden_expect("small-60", text);
    free(text);
    result_clear(&result);
}

Test(terminal, a_full_device_is_an_error)
{
    struct result result;
    struct suite suite;
    example_comparison(&result);
    example_suite(&suite);
    struct report_options options = {.columns = 80};
    for (size_t i = 0; report_at(i) != NULL; i++) {
        if (report_at(i)->write == NULL)
            continue;
        FILE *full = fopen("/dev/full", "we");
        cr_assert_not_null(full);
        cr_expect_eq(report_at(i)->write(&result, &options, full), -ENOSPC, "%s", report_at(i)->name);
        fclose(full);
        full = fopen("/dev/full", "we");
        cr_expect_eq(report_at(i)->write_suite(&suite, &options, full), -ENOSPC, "%s", report_at(i)->name);
        fclose(full);
    }
    suite_clear(&suite);
    result_clear(&result);
}
