/* Text that people type: what is a number, what a duration, and which name was meant. */
#include "base/text.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

Test(text, number)
{
    static const struct {
        const char *text;
        uint64_t low, high;
        int code;
        uint64_t value;
        const char *reason;
    } rows[] = {
        {"7", 0, 10, 0, 7, "plain"},
        {"0", 0, 10, 0, 0, "the lower bound"},
        {"10", 0, 10, 0, 10, "the upper bound"},
        {"007", 0, 10, 0, 7, "leading zeros are decimal"},
        {"18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX, "the largest there is"},
        {"18446744073709551616", 0, UINT64_MAX, -ERANGE, 0, "one more does not wrap"},
        {"11", 0, 10, -ERANGE, 0, "above"},
        {"1", 2, 10, -ERANGE, 0, "below"},
        {"", 0, 10, -EINVAL, 0, "nothing"},
        {"-1", 0, 10, -EINVAL, 0, "negative"},
        {"+1", 0, 10, -EINVAL, 0, "a sign"},
        {" 1", 0, 10, -EINVAL, 0, "a blank before"},
        {"1 ", 0, 10, -EINVAL, 0, "a blank after"},
        {"0x1", 0, 10, -EINVAL, 0, "hexadecimal"},
        {"1.0", 0, 10, -EINVAL, 0, "a fraction"},
        {"1e1", 0, 10, -EINVAL, 0, "an exponent"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t value = 4711;
        int code = text_number(rows[i].text, rows[i].low, rows[i].high, &value);
        cr_expect_eq(code, rows[i].code, "'%s': %s", rows[i].text, rows[i].reason);
        cr_expect_eq(value, code == 0 ? rows[i].value : 4711, "'%s': %s", rows[i].text, rows[i].reason);
    }
}

Test(text, duration)
{
    static const struct {
        const char *text;
        int code;
        uint64_t ns;
        const char *reason;
    } rows[] = {
        {"10us", 0, 10000, "microseconds"},
        {"250ms", 0, 250000000, "milliseconds"},
        {"20s", 0, UINT64_C(20000000000), "seconds"},
        {"5m", 0, UINT64_C(300000000000), "minutes"},
        {"8h", 0, UINT64_C(28800000000000), "hours"},
        {"0.5s", 0, 500000000, "a fraction"},
        {"720h", 0, UINT64_C(2592000000000000), "30 days"},
        {"721h", -ERANGE, 0, "more than 30 days"},
        {"0s", -ERANGE, 0, "nothing is no duration"},
        {"0.0001us", -ERANGE, 0, "below a nanosecond"},
        {"20", -EINVAL, 0, "no unit"},
        {"s", -EINVAL, 0, "no number"},
        {"", -EINVAL, 0, "nothing"},
        {"-1s", -EINVAL, 0, "negative"},
        {"1 s", -EINVAL, 0, "a blank between"},
        {"1S", -EINVAL, 0, "another case"},
        {"1ns", -EINVAL, 0, "a unit that is not offered"},
        {"1e3s", -EINVAL, 0, "an exponent"},
        {"1..5s", -EINVAL, 0, "two points"},
        {"infs", -EINVAL, 0, "infinity"},
        {"nans", -EINVAL, 0, "no number at all"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t ns = 4711;
        int code = text_duration_ns(rows[i].text, &ns);
        cr_expect_eq(code, rows[i].code, "'%s': %s", rows[i].text, rows[i].reason);
        cr_expect_eq(ns, code == 0 ? rows[i].ns : 4711, "'%s': %s", rows[i].text, rows[i].reason);
    }
}

Test(text, copy_keeps_whole_characters)
{
    static const struct {
        const char *from;
        size_t length;
        const char *copy, *reason;
    } rows[] = {
        {"abc", SIZE_MAX, "abc", "it fits"},
        {"abcdefgh", SIZE_MAX, "abcdefg", "as much as there is room for"},
        {"abcdef", 4, "abcd", "no more than was asked for"},
        {"abcde\u00fcg", SIZE_MAX, "abcde\u00fc", "the last character just fits"},
        {"abcdef\u00fcg", SIZE_MAX, "abcdef", "half of a character is none"},
        {"abcd\U0001f512", SIZE_MAX, "abcd", "nor three quarters"},
        {"\xbf\xbf\xbf\xbf\xbf\xbf\xbf\xbf\xbf", SIZE_MAX, "", "no UTF-8 at all"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char copy[8];
        text_copy(copy, sizeof copy, rows[i].from, rows[i].length);
        cr_expect_str_eq(copy, rows[i].copy, "%s: %s", rows[i].reason, copy);
    }
}

Test(text, of_duration)
{
    static const struct {
        uint64_t ns;
        const char *text, *reason;
    } rows[] = {
        {1000, "1us", "the smallest unit"},
        {1500000, "1500us", "no fraction of a millisecond"},
        {200000000, "200ms", "milliseconds"},
        {UINT64_C(90000000000), "90s", "no fraction of a minute"},
        {UINT64_C(60000000000), "1m", "a minute"},
        {UINT64_C(7200000000000), "2h", "hours"},
        {1999, "1us", "what is below a microsecond is left out"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[32];
        cr_expect_str_eq(text_of_duration(text, sizeof text, rows[i].ns), rows[i].text, "%s", rows[i].reason);
    }
}

Test(text, hint_names_what_was_meant)
{
    static const char *const names[] = {"upload", "transaction", "session", "posix/io/oc/dup", NULL};
    static const struct {
        const char *typed, *hint, *reason;
    } rows[] = {
        {"uplaod", " (did you mean 'upload'?)", "neighbours swapped"},
        {"uploadd", " (did you mean 'upload'?)", "a letter too many"},
        {"uload", " (did you mean 'upload'?)", "a letter missing"},
        {"transacton", " (did you mean 'transaction'?)", "in a longer name"},
        {"Session", " (did you mean 'session'?)", "another case"},
        {"posix/io/oc/dpu", " (did you mean 'posix/io/oc/dup'?)", "at the end of a long one"},
        {"posix/io/sock/*", "", "a family in common is not near"},
        {"uploadings", " (did you mean 'upload'?)", "a name is no family: its beginning counts"},
        {"zebra", "", "nothing is near"},
        {"", "", "nothing was typed"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char hint[96];
        cr_expect_str_eq(text_hint(hint, sizeof hint, rows[i].typed, text_of_array, names), rows[i].hint,
                         "'%s': %s", rows[i].typed, rows[i].reason);
    }
}

Test(text, hint_passes_over_names_that_are_too_long)
{
    char longer[200];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    const char *const names[] = {longer, "xxx", NULL};
    char hint[96];
    cr_assert_str_eq(text_hint(hint, sizeof hint, "xxxy", text_of_array, names), " (did you mean 'xxx'?)");
    cr_assert_str_eq(text_hint(hint, sizeof hint, longer, text_of_array, names), "", "typed");
}
