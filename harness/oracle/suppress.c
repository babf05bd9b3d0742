/* Decides which findings are known. A line that is not understood is an error: one that was silently skipped
 * would fail a night, one that was understood wrongly would hide a leak. */
#include "oracle/suppress.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIGNATURE_DIGITS = 16 };

static const char blanks[] = " \t\r";

/* One line while it is parsed. */
struct line {
    const char *file;
    unsigned number;
    const char *text; /* the rest */
    size_t length;
    struct error *error;
};

static void skip(struct line *line, size_t bytes)
{
    line->text += bytes;
    line->length -= bytes;
}

static void skip_blanks(struct line *line)
{
    while (line->length > 0 && strchr(blanks, *line->text) != NULL)
        skip(line, 1);
}

static size_t word_length(const struct line *line)
{
    size_t length = 0;
    while (length < line->length && strchr(blanks, line->text[length]) == NULL)
        length++;
    return length;
}

/* A word as an error shows it: not longer than is good to read. */
static int shown(size_t length)
{
    return length < 64 ? (int)length : 64;
}

static int parse_signature(struct line *line, struct suppression *out)
{
    size_t length = word_length(line);
    char digits[SIGNATURE_DIGITS + 1] = "";
    if (length == SIGNATURE_DIGITS)
        memcpy(digits, line->text, length);
    if (strspn(digits, "0123456789abcdefABCDEF") != SIGNATURE_DIGITS)
        return error_usage(line->error,
                           "%s:%u: '%.*s' is no signature: it has %d hexadecimal digits, as in the report",
                           line->file, line->number, shown(length), line->text, SIGNATURE_DIGITS);
    out->signature = strtoull(digits, NULL, 16);
    skip(line, length);
    skip_blanks(line);
    return 0;
}

/* Whether it is a day of the calendar, written so that days are ordered as their texts are. */
static bool is_day(const char *text)
{
    struct tm day = {0};
    const char *end = strptime(text, "%Y-%m-%d", &day);
    if (end == NULL || *end != '\0')
        return false;
    time_t seconds = timegm(&day);
    char again[sizeof "2027-03-01"];
    return gmtime_r(&seconds, &day) != NULL && strftime(again, sizeof again, "%Y-%m-%d", &day) != 0 &&
           strcmp(again, text) == 0;
}

static int parse_until(struct line *line, struct suppression *out)
{
    static const char keyword[] = "until";
    size_t length = word_length(line);
    if (length != strlen(keyword) || strncmp(line->text, keyword, length) != 0)
        return 0;
    skip(line, length);
    skip_blanks(line);
    length = word_length(line);
    if (length == sizeof out->until - 1)
        memcpy(out->until, line->text, length);
    if (!is_day(out->until))
        return error_usage(line->error, "%s:%u: '%.*s' is no day: write 'until YYYY-MM-DD'", line->file,
                           line->number, shown(length), line->text);
    skip(line, length);
    skip_blanks(line);
    return 0;
}

static int parse_reason(struct line *line, struct suppression *out)
{
    while (line->length > 0 && strchr(blanks, line->text[line->length - 1]) != NULL)
        line->length--;
    if (line->length == 0)
        return error_usage(line->error, "%s:%u: the reason is missing: say why it is suppressed", line->file,
                           line->number);
    if (line->length >= sizeof out->reason)
        return error_usage(line->error, "%s:%u: the reason has %zu bytes, %zu are the most", line->file,
                           line->number, line->length, sizeof out->reason - 1);
    memcpy(out->reason, line->text, line->length);
    return 0;
}

static int add(struct line *line, const struct suppression *new, struct suppressions *out)
{
    for (size_t i = 0; i < out->count; i++)
        if (out->list[i].signature == new->signature)
            return error_usage(line->error, "%s:%u: %016llx is suppressed in line %u already: remove one",
                               line->file, line->number, (unsigned long long)new->signature,
                               out->list[i].line);
    struct suppression *list = realloc(out->list, (out->count + 1) * sizeof *list);
    if (list == NULL)
        return error_not_done(line->error, -ENOMEM, "memory is short for '%s'", line->file);
    out->list = list;
    list[out->count++] = *new;
    return 0;
}

static int parse_line(struct line *line, struct suppressions *out)
{
    struct suppression new = {.line = line->number};
    skip_blanks(line);
    if (line->length == 0 || *line->text == '#')
        return 0;
    int failed = parse_signature(line, &new);
    if (failed == 0)
        failed = parse_until(line, &new);
    if (failed == 0)
        failed = parse_reason(line, &new);
    return failed != 0 ? failed : add(line, &new, out);
}

int suppress_parse(const char *file, const char *text, struct suppressions *out, struct error *error)
{
    struct suppressions parsed = {.file = strdup(file)};
    int failed = parsed.file != NULL ? 0 : error_not_done(error, -ENOMEM, "memory is short for '%s'", file);
    for (unsigned number = 1; failed == 0 && *text != '\0'; number++) {
        size_t length = strcspn(text, "\n");
        struct line line = {file, number, text, length, error};
        failed = parse_line(&line, &parsed);
        text += length + (text[length] == '\n');
    }
    if (failed != 0)
        suppressions_clear(&parsed);
    else
        *out = parsed;
    return failed;
}

static struct suppression *find(struct suppressions *suppressions, uint64_t signature)
{
    for (size_t i = 0; i < suppressions->count; i++)
        if (suppressions->list[i].signature == signature)
            return &suppressions->list[i];
    return NULL;
}

void suppress_apply(struct suppressions *suppressions, const char *today, struct sweep_finding *findings,
                    size_t count)
{
    for (size_t i = 0; i < suppressions->count; i++) {
        struct suppression *each = &suppressions->list[i];
        each->expired = each->until[0] != '\0' && strcmp(each->until, today) < 0;
    }
    for (size_t i = 0; i < count; i++) {
        struct suppression *known = find(suppressions, findings[i].signature);
        if (known != NULL)
            known->used = true;
        bool holds = known != NULL && !known->expired;
        snprintf(findings[i].suppressed, sizeof findings[i].suppressed, "%s", holds ? known->reason : "");
    }
}

void suppress_remark(const struct suppressions *suppressions, const struct suppression *suppression,
                     char *out, size_t size)
{
    static const char remove_it[] = "was not found: remove the line";
    char what[96] = "";
    if (suppression->expired)
        snprintf(what, sizeof what, "expired after %s, and %s", suppression->until,
                 suppression->used ? "was found: mend it, or give it a later day" : remove_it);
    else if (!suppression->used)
        snprintf(what, sizeof what, "%s", remove_it);
    out[0] = '\0';
    if (what[0] != '\0')
        snprintf(out, size, "%s:%u: %016llx %s", suppressions->file, suppression->line,
                 (unsigned long long)suppression->signature, what);
}

void suppressions_clear(struct suppressions *suppressions)
{
    free(suppressions->file);
    free(suppressions->list);
    *suppressions = (struct suppressions){0};
}
