/* Suppressions: each row a file, and what is said of it; then what they do to findings. */
#include "oracle/suppress.h"

#include <criterion/criterion.h>
#include <string.h>

#define SIGNATURE "00c0ffee00c0ffee"
#define LONGEST   "1234567 1234567 1234567 1234567 1234567 1234567 1234567 1234567 "
#define REASON    LONGEST "1234567 1234567 1234567 1234567 1234567 1234567 1234567 1234567"

Test(suppress, lines_that_are_right)
{
    static const struct {
        const char *text;
        size_t count;
        const char *until, *until_reason;
        unsigned line;
        const char *reason;
    } rows[] = {
        {"", 0, "", "", 0, "an empty file"},
        {"# a comment\n\n   \n\t# another\n", 0, "", "", 0, "nothing but comments"},
        {SIGNATURE " why", 1, "", "why", 1, "no end of line"},
        {SIGNATURE " why\n", 1, "", "why", 1, "for good"},
        {"# c\n" SIGNATURE "  the log  stays \t\n", 1, "", "the log  stays", 2, "blanks around the reason"},
        {"\t" SIGNATURE "\twhy\r\n", 1, "", "why", 1, "tabs, and lines ended as elsewhere"},
        {"00C0FFEE00C0FFEE why", 1, "", "why", 1, "capital digits"},
        {SIGNATURE " until 2028-02-29 why", 1, "2028-02-29", "why", 1, "with a day, of a leap year"},
        {SIGNATURE " untilled land", 1, "", "untilled land", 1, "a reason that only begins like a day"},
        {SIGNATURE " why # not", 1, "", "why # not", 1, "a comment is a line of its own"},
        {SIGNATURE " " REASON, 1, "", REASON, 1, "the longest reason"},
        {SIGNATURE " a\n1badb0021badb002 b\n", 2, "", "a", 1, "two"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct suppressions parsed = {0};
        struct error error = {.text = ""};
        cr_expect_eq(suppress_parse("known", rows[i].text, &parsed, &error), 0, "%s: %s", rows[i].reason,
                     error.text);
        cr_assert_eq(parsed.count, rows[i].count, "%s", rows[i].reason);
        if (rows[i].count != 0) {
            cr_expect_eq(parsed.list[0].signature, 0x00c0ffee00c0ffee, "%s", rows[i].reason);
            cr_expect_str_eq(parsed.list[0].until, rows[i].until, "%s", rows[i].reason);
            cr_expect_str_eq(parsed.list[0].reason, rows[i].until_reason, "%s", rows[i].reason);
            cr_expect_eq(parsed.list[0].line, rows[i].line, "%s", rows[i].reason);
        }
        suppressions_clear(&parsed);
    }
}

Test(suppress, lines_that_are_wrong)
{
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"c0ffee why", "known:1: 'c0ffee' is no signature: it has 16 hexadecimal digits, as in the report"},
        {"\n\n00c0ffee00c0ffeg why", "known:3: '00c0ffee00c0ffeg' is no signature: it has 16 hexadecimal "
                                     "digits, as in the report"},
        {"00c0ffee00c0ffee0 why", "known:1: '00c0ffee00c0ffee0' is no signature: it has 16 hexadecimal "
                                  "digits, as in the report"},
        {SIGNATURE "\n", "known:1: the reason is missing: say why it is suppressed"},
        {SIGNATURE " until 2027-03-01 ", "known:1: the reason is missing: say why it is suppressed"},
        {SIGNATURE " until", "known:1: '' is no day: write 'until YYYY-MM-DD'"},
        {SIGNATURE " until the fix", "known:1: 'the' is no day: write 'until YYYY-MM-DD'"},
        {SIGNATURE " until 2027-02-29 why", "known:1: '2027-02-29' is no day: write 'until YYYY-MM-DD'"},
        {SIGNATURE " until 2027-3-001 why", "known:1: '2027-3-001' is no day: write 'until YYYY-MM-DD'"},
        {SIGNATURE " until 2027-03-01x why", "known:1: '2027-03-01x' is no day: write 'until YYYY-MM-DD'"},
        {SIGNATURE " " REASON "8", "known:1: the reason has 128 bytes, 127 are the most"},
        {SIGNATURE " a\n# c\n" SIGNATURE " b",
         "known:3: 00c0ffee00c0ffee is suppressed in line 1 already: remove one"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct suppressions parsed = {0};
        struct error error = {.text = ""};
        cr_expect_lt(suppress_parse("known", rows[i].text, &parsed, &error), 0, "%s", rows[i].text);
        cr_expect_str_eq(error.text, rows[i].error);
        cr_expect_eq(error.exit_status, EXIT_USAGE);
        cr_expect_null(parsed.list, "untouched on failure");
    }
}

Test(suppress, findings)
{
    static const char text[] = "0000000000000001 until 2027-03-01 one\n"
                               "0000000000000002 two\n"
                               "0000000000000003 until 2027-03-01 three\n"
                               "0000000000000004 four\n";
    static const struct {
        const char *today;
        const char *suppressed[3]; /* of findings 1, 2 and 9 */
        const char *remarks[4];
    } rows[] = {
        {"2027-03-01",
         {"one", "two", ""},
         {"", "", "f:3: 0000000000000003 was not found: remove the line",
          "f:4: 0000000000000004 was not found: remove the line"}},
        {"2027-03-02",
         {"", "two", ""},
         {"f:1: 0000000000000001 expired after 2027-03-01, and was found: mend it, or give it a later day",
          "", "f:3: 0000000000000003 expired after 2027-03-01, and was not found: remove the line",
          "f:4: 0000000000000004 was not found: remove the line"}},
    };
    struct suppressions parsed;
    struct error error;
    cr_assert_eq(suppress_parse("f", text, &parsed, &error), 0);
    struct sweep_finding findings[3] = {
        {.signature = 1}, {.signature = 2}, {.signature = 9, .suppressed = "old"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        suppress_apply(&parsed, rows[i].today, findings, 3);
        for (size_t j = 0; j < 3; j++)
            cr_expect_str_eq(findings[j].suppressed, rows[i].suppressed[j], "%s: %zu", rows[i].today, j);
        for (size_t j = 0; j < 4; j++) {
            char remark[160];
            suppress_remark(&parsed, &parsed.list[j], remark, sizeof remark);
            cr_expect_str_eq(remark, rows[i].remarks[j]);
        }
    }
    suppress_apply(&parsed, "2027-03-01", &findings[2], 1);
    cr_expect(parsed.list[1].used, "a sweep of another variant that does not find it takes nothing back");
    suppressions_clear(&parsed);
}
