/* Last words: the last line that says something, fit to be shown. */
#include "supervise/words.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct {
    const char *written, *words, *reason;
} rows[] = {
    {"", "", "nothing"},
    {"\n\r\n \t\n", "", "nothing but space"},
    {"one\ntwo\n", "two", "the last line"},
    {"one\ntwo", "two", "a line without an end"},
    {"one\n\n  \n", "one", "empty lines do not count"},
    {"\t one\ttwo \n", "one two", "space around is cut, a tab is a space"},
    {"10%\r20%\r", "20%", "a progress display"},
    {"\033[31mred\033[0m\n", "?[31mred?[0m", "no command to a terminal"},
    {"zu viele ge\xc3\xb6"
     "ffnete Dateien \xe2\x82\xac \xf0\x9f\x98\x80\n",
     "zu viele ge\xc3\xb6"
     "ffnete Dateien \xe2\x82\xac \xf0\x9f\x98\x80",
     "UTF-8 stays"},
    {"a\xff\xc3.\xe2\x82", "a??.??", "what is no UTF-8"},
    {"\xc0\xaf\xe0\x80\xaf", "?????", "overlong"},
    {"\xed\xa0\x80\xf4\x90\x80\x80", "???????", "surrogate, beyond the last character"},
    {"a\xe2\x80\xae"
     "b\xc2\x9b"
     "c",
     "a???b??c", "direction of writing, a C1 control"},
};

Test(words, are_the_last_and_fit_to_be_shown)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = strlen(rows[i].written);
        for (size_t cut = 0; cut <= length; cut++) {
            struct words words = {0};
            words_add(&words, rows[i].written, cut);
            words_add(&words, rows[i].written + cut, length - cut);
            cr_expect_str_eq(words_end(&words), rows[i].words, "%s, cut at %zu", rows[i].reason, cut);
        }
    }
}

Test(words, are_bounded)
{
    static char line[100000];
    struct words words = {0};
    memset(line, 'x', sizeof line);
    words_add(&words, line, sizeof line);
    words_add(&words, line, sizeof line);
    cr_expect_eq(strlen(words_end(&words)), WORDS_MAX - 1);
}

Test(words, hide_a_nul)
{
    struct words words = {0};
    words_add(&words, "a\0b\n", 4);
    cr_expect_str_eq(words_end(&words), "a?b");
}
