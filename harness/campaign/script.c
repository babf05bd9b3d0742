/* Decides what a line of a campaign's file means: nothing, or the words of a command that runs something. */
#include "campaign/script.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wordexp.h>

#include "base/file.h"
#include "base/text.h"

static const char blanks[] = " \t\r";

/* Only these run something. */
static const char *const commands[] = {"run", "compare", "sweep", NULL};

/* One line while it is parsed. */
struct line {
    const char *file;
    unsigned number;
    char *text;
    struct error *error;
};

/* wordexp takes '#' for a part of a word: a comment is cut off first. It begins where a word would, outside
 * of quotes. */
static void cut_comment(char *text)
{
    char quote = '\0';
    bool begin = true;
    for (; *text != '\0'; text++) {
        if (begin && quote == '\0' && *text == '#') {
            *text = '\0';
            return;
        }
        begin = strchr(blanks, *text) != NULL;
        if (*text == '\\' && quote != '\'' && text[1] != '\0')
            text++; /* and so a blank with it: no word ends there */
        else if (quote == '\0' && (*text == '"' || *text == '\''))
            quote = *text;
        else if (*text == quote)
            quote = '\0';
    }
}

static int refuse_words(const struct line *line, int why)
{
    static const char hint[] = "a word with such a character stands in quotes";
    switch (why) {
    case WRDE_BADCHAR:
        return error_usage(line->error, "%s:%u: one of | & ; < > ( ) { } in '%.80s': %s", line->file,
                           line->number, line->text, hint);
    case WRDE_BADVAL:
        return error_usage(line->error, "%s:%u: '%.80s' names a variable that is not set", line->file,
                           line->number, line->text);
    case WRDE_CMDSUB:
        return error_usage(line->error, "%s:%u: '%.80s' wants the output of a command; that is not done here",
                           line->file, line->number, line->text);
    case WRDE_SYNTAX:
        return error_usage(line->error, "%s:%u: '%.80s' has a quote or a bracket without its other half",
                           line->file, line->number, line->text);
    default:
        return error_not_done(line->error, -ENOMEM, "memory is short for '%s'", line->file);
    }
}

/* "run, compare, sweep" */
static const char *listed(char *out, size_t size)
{
    size_t end = 0;
    for (size_t i = 0; commands[i] != NULL && end < size; i++)
        end += (size_t)snprintf(out + end, size - end, "%s%s", i > 0 ? ", " : "", commands[i]);
    return out;
}

static int check_command(const struct line *line, const char *name)
{
    char hint[96], list[64];
    for (size_t i = 0; commands[i] != NULL; i++)
        if (strcmp(commands[i], name) == 0)
            return 0;
    if (strcmp(name, "exeunt") == 0)
        return error_usage(line->error, "%s:%u: leave out 'exeunt': a line begins with its command",
                           line->file, line->number);
    return error_usage(line->error, "%s:%u: '%.80s' is none of %s%s", line->file, line->number, name,
                       listed(list, sizeof list),
                       text_hint(hint, sizeof hint, name, text_of_array, commands));
}

static int add(const struct line *line, const wordexp_t *words, struct script *out)
{
    struct script_line *lines = realloc(out->lines, (out->count + 1) * sizeof *lines);
    if (lines == NULL)
        return error_not_done(line->error, -ENOMEM, "memory is short for '%s'", line->file);
    out->lines = lines;
    struct script_line *new = &lines[out->count];
    *new = (struct script_line){line->number, strdup(line->text),
                                calloc(words->we_wordc + 1, sizeof *new->words)};
    bool failed = new->text == NULL || new->words == NULL;
    for (size_t i = 0; !failed && i < words->we_wordc; i++)
        failed = (new->words[i] = strdup(words->we_wordv[i])) == NULL;
    out->count++;
    return failed ? error_not_done(line->error, -ENOMEM, "memory is short for '%s'", line->file) : 0;
}

static void trim(struct line *line)
{
    cut_comment(line->text);
    size_t length = strlen(line->text);
    while (length > 0 && strchr(blanks, line->text[length - 1]) != NULL)
        line->text[--length] = '\0';
    line->text += strspn(line->text, blanks);
}

static int parse_line(struct line *line, struct script *out)
{
    trim(line);
    wordexp_t words = {0};
    int why = wordexp(line->text, &words, WRDE_NOCMD | WRDE_UNDEF);
    int rc = why != 0 ? refuse_words(line, why) : 0;
    if (rc == 0 && words.we_wordc > 0) {
        rc = check_command(line, words.we_wordv[0]);
        if (rc == 0)
            rc = add(line, &words, out);
    }
    if (why == 0 || why == WRDE_NOSPACE)
        wordfree(&words);
    return rc;
}

int script_parse(const char *file, const char *text, struct script *out, struct error *error)
{
    struct script parsed = {0};
    int rc = 0;
    for (unsigned number = 1; rc == 0 && *text != '\0'; number++) {
        size_t length = strcspn(text, "\n");
        char *copy = strndup(text, length);
        struct line line = {file, number, copy, error};
        rc = copy != NULL ? parse_line(&line, &parsed)
                          : error_not_done(error, -ENOMEM, "memory is short for '%s'", file);
        free(copy);
        text += length + (text[length] == '\n');
    }
    if (rc == 0 && parsed.count == 0)
        rc = error_usage(error, "%s: it has no command: write one on each line, such as 'compare upload'",
                         file);
    if (rc == 0)
        *out = parsed;
    else
        script_clear(&parsed);
    return rc;
}

int script_read(const char *path, struct script *out, struct error *error)
{
    char *text;
    int rc = file_read("campaign", path, FILE_MIB_TYPED, &text, error);
    if (rc != 0)
        return rc;
    rc = script_parse(path, text, out, error);
    free(text);
    return rc;
}

void script_quote(FILE *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
    bool quoted = word[0] == '\0' || word[strspn(word, plain)] != '\0';
    fputs(quoted ? " \"" : " ", out); /* not single ones: wordexp finds an empty word in ''\'' */
    for (; *word != '\0'; word++)
        fprintf(out, strchr("$`\"\\", *word) != NULL ? "\\%c" : "%c", *word);
    fputs(quoted ? "\"" : "", out);
}

static size_t count_of(char *const *words)
{
    size_t count = 0;
    while (words[count] != NULL)
        count++;
    return count;
}

/* Copies words up to that one or their end. Returns the next. */
static char *const *copy_until(char *const *words, const char *end, char ***out)
{
    for (; *words != NULL && (end == NULL || strcmp(*words, end) != 0); words++)
        *(*out)++ = *words;
    return words;
}

char **script_command(char *const *words, char *const *before, char *const *after)
{
    char **all = calloc(count_of(words) + count_of(before) + count_of(after) + 2, sizeof *all), **next = all;
    if (all == NULL)
        return NULL;
    *next++ = "exeunt";
    *next++ = words[0];
    copy_until(before, NULL, &next);
    char *const *rest = copy_until(words + 1, "--", &next);
    copy_until(after, NULL, &next);
    copy_until(rest, NULL, &next);
    return all;
}

void script_clear(struct script *script)
{
    for (size_t i = 0; i < script->count; i++) {
        for (char **word = script->lines[i].words; word != NULL && *word != NULL; word++)
            free(*word);
        free(script->lines[i].words);
        free(script->lines[i].text);
    }
    free(script->lines);
    *script = (struct script){0};
}
