/* The files of campaigns: each row a file, and the words that it means or what is said of it. */
#include "campaign/script.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "3: sweep|--|./tests" for each command, one behind the other. */
static void show(const struct script *script, char *out, size_t size)
{
    size_t end = 0;
    for (size_t i = 0; i < script->count; i++) {
        end += (size_t)snprintf(out + end, size - end, "%u:", script->lines[i].number);
        for (char **word = script->lines[i].words; *word != NULL; word++)
            end += (size_t)snprintf(out + end, size - end, "%s%s", word == script->lines[i].words ? "" : "|",
                                    *word);
        end += (size_t)snprintf(out + end, size - end, " ");
    }
}

Test(script, files_that_are_right)
{
    static const struct {
        const char *text, *words, *reason;
    } rows[] = {
        {"compare upload", "1:compare|upload ", "no end of line"},
        {"# why\n\n  \t\ncompare  upload \n", "4:compare|upload ", "comments and empty lines count as lines"},
        {"run upload/guarded\r\n", "1:run|upload/guarded ", "lines ended as elsewhere"},
        {"sweep -- ./t # nightly", "1:sweep|--|./t ", "a comment behind a command is not for the program"},
        {"sweep -- ./t#1 '# no' \"# no\" \\# x", "1:sweep|--|./t#1|# no|# no|#|x ",
         "'#' that begins no comment"},
        {"sweep -- ./a\\ #b", "1:sweep|--|./a #b ", "nor does one behind a quoted blank"},
        {"sweep -- 'it''s' \"a \\\" # b\"", "1:sweep|--|its|a \" # b ", "quotes within quotes"},
        {"sweep -- ./t 'a  b' \"c d\" e\\ f ''", "1:sweep|--|./t|a  b|c d|e f| ",
         "quoted words, an empty one"},
        {"run --faults 'a;b@p=0.1'\nrun upload/guarded", "1:run|--faults|a;b@p=0.1 2:run|upload/guarded ",
         "two commands; what the shell would part is quoted"},
        {"run -- $EXEUNT_SCRIPT/x '$EXEUNT_SCRIPT'", "1:run|--|/there/x|$EXEUNT_SCRIPT ", "a variable"},
    };
    setenv("EXEUNT_SCRIPT", "/there", 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct script script = {0};
        struct error error = {.text = ""};
        char words[256] = "";
        cr_expect_eq(script_parse("night", rows[i].text, &script, &error), 0, "%s: %s", rows[i].reason,
                     error.text);
        show(&script, words, sizeof words);
        cr_expect_str_eq(words, rows[i].words, "%s: %s", rows[i].reason, words);
        script_clear(&script);
    }
}

Test(script, files_that_are_wrong)
{
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"", "night: it has no command: write one on each line, such as 'compare upload'"},
        {"# compare upload\n", "night: it has no command: write one on each line, such as 'compare upload'"},
        {"\ncompere upload", "night:2: 'compere' is none of run, compare, sweep (did you mean 'compare'?)"},
        {"report", "night:1: 'report' is none of run, compare, sweep"},
        {"exeunt compare upload", "night:1: leave out 'exeunt': a line begins with its command"},
        {"run x; rm y", "night:1: one of | & ; < > ( ) { } in 'run x; rm y': a word with such a character "
                        "stands in quotes"},
        {"run -- $(ls)", "night:1: 'run -- $(ls)' wants the output of a command; that is not done here"},
        {"run -- `ls`", "night:1: 'run -- `ls`' wants the output of a command; that is not done here"},
        {"run -- \"ls", "night:1: 'run -- \"ls' has a quote or a bracket without its other half"},
        {"run -- $EXEUNT_NONE", "night:1: 'run -- $EXEUNT_NONE' names a variable that is not set"},
    };
    unsetenv("EXEUNT_NONE");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct script script = {0};
        struct error error = {.text = ""};
        cr_expect_lt(script_parse("night", rows[i].text, &script, &error), 0, "%s", rows[i].text);
        cr_expect_str_eq(error.text, rows[i].error);
        cr_expect_eq(error.exit_status, EXIT_USAGE);
        cr_expect_null(script.lines, "untouched on failure");
    }
}

Test(script, is_read_from_a_file)
{
    char path[] = "/tmp/exeunt-script-XXXXXX";
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    FILE *file = fdopen(fd, "w");
    struct script script = {0};
    struct error error = {.text = ""};
    fputs("compare upload\n", file);
    fflush(file);
    cr_expect_eq(script_read(path, &script, &error), 0, "%s", error.text);
    cr_expect_eq(script.count, 1);
    script_clear(&script);

    fputc('\0', file);
    fclose(file);
    cr_expect_lt(script_read(path, &script, &error), 0);
    cr_expect_not_null(strstr(error.text, "is no text: it has a byte 0"), "%s", error.text);
    remove(path);
    cr_expect_lt(script_read(path, &script, &error), 0);
    cr_expect_not_null(strstr(error.text, "No such file or directory"), "%s", error.text);
    cr_expect_eq(error.exit_status, EXIT_USAGE);
}

Test(script, keeps_the_text_of_a_command)
{
    struct script script;
    struct error error;
    cr_assert_eq(script_parse("night", "  sweep -- './a b' # why\r\n", &script, &error), 0);
    cr_expect_str_eq(script.lines[0].text, "sweep -- './a b'");
    script_clear(&script);
}

Test(script, quoted_words_are_read_as_they_were)
{
    static const char *const words[] = {"plain-1.0", "",     "a b",   "it's", "'s", "#",
                                        "$HOME",     "`ls`", "a;b|c", "\"",   "\\", "~"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char text[64] = "sweep --";
        FILE *out = fmemopen(text, sizeof text, "a");
        script_quote(out, words[i]);
        fclose(out);
        struct script script;
        struct error error = {.text = ""};
        cr_assert_eq(script_parse("night", text, &script, &error), 0, "%s: %s", text, error.text);
        cr_expect_str_eq(script.lines[0].words[2], words[i], "%s", text);
        script_clear(&script);
    }
}
