/* Foreign text, character by character. */
#include "utf8.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(utf8, decodes_what_is_valid_and_only_that)
{
    static const struct {
        const char *text;
        size_t length;
        uint32_t code;
        const char *why;
    } cases[] = {
        {"a", 1, 'a', "ASCII"},
        {"\xc3\xa9", 2, 0xE9, "two bytes"},
        {"\xe2\x82\xac", 3, 0x20AC, "three bytes"},
        {"\xf0\x9f\x8e\xad", 4, 0x1F3AD, "four bytes"},
        {"\xa9", 1, UTF8_BROKEN, "begins in the middle"},
        {"\xc3", 1, UTF8_BROKEN, "ends in the middle"},
        {"\xc3(", 1, UTF8_BROKEN, "the second byte is none"},
        {"\xc0\xaf", 1, UTF8_BROKEN, "overlong"},
        {"\xed\xa0\x80", 1, UTF8_BROKEN, "half of a surrogate pair"},
        {"\xf4\x90\x80\x80", 1, UTF8_BROKEN, "beyond Unicode"},
        {"\xff", 1, UTF8_BROKEN, "no byte of UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t code = 0;
        cr_expect_eq(utf8_next(cases[i].text, &code), cases[i].length, "%s", cases[i].why);
        cr_expect_eq(code, cases[i].code, "%s: %x", cases[i].why, code);
    }
}

Test(utf8, shows_no_character_that_commands_or_deceives)
{
    static const struct {
        const char *text, *wide, *narrow;
        const char *why;
    } cases[] = {
        {"a b/c.c:12", "a b/c.c:12", "a b/c.c:12", "plain text stays"},
        {"\033[2J", "\uFFFD[2J", "?[2J", "escape sequence"},
        {"a\r\nb\tc\x7f", "a\uFFFD\uFFFDb\uFFFDc\uFFFD", "a??b?c?", "control characters"},
        {"\xc2\x9b", "\uFFFD", "?", "C1 control, in UTF-8"},
        {"\u202Eabc", "\uFFFDabc", "?abc", "right-to-left override"},
        {"\u00FCber", "\u00FCber", "?ber", "a letter"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int wide = 0; wide < 2; wide++) {
            char *shown = NULL;
            size_t size = 0;
            FILE *out = open_memstream(&shown, &size);
            utf8_show(cases[i].text, SIZE_MAX, wide, out);
            fclose(out);
            cr_expect_str_eq(shown, wide ? cases[i].wide : cases[i].narrow, "%s", cases[i].why);
            free(shown);
        }
    }
}
