/* Text that people type: strict numbers, durations with a unit, and the nearest known name. */
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_LENGTH_MAX = 63 };

static const struct {
    const char *name;
    uint64_t ns;
} units[] = {{"us", 1000}, {"ms", 1000000}, {"s", 1000000000}, {"m", 60000000000}, {"h", 3600000000000}};

enum { UNITS = sizeof units / sizeof *units };

int text_number(const char *text, uint64_t low, uint64_t high, uint64_t *out)
{
    size_t length = strlen(text);
    if (length == 0 || strspn(text, "0123456789") != length)
        return -EINVAL;
    errno = 0;
    unsigned long long value = strtoull(text, NULL, 10);
    if (errno == ERANGE || value < low || value > high)
        return -ERANGE;
    *out = value;
    return 0;
}

int text_duration_ns(const char *text, uint64_t *out)
{
    static const double longest_ns = 30 * 24 * 3600e9;

    size_t digits = strspn(text, "0123456789.");
    char *end;
    double value = strtod(text, &end);
    if (digits == 0 || end != text + digits)
        return -EINVAL;
    for (size_t i = 0; i < UNITS; i++) {
        if (strcmp(end, units[i].name) != 0)
            continue;
        double ns = value * (double)units[i].ns;
        if (!(ns >= 1) || ns > longest_ns)
            return -ERANGE;
        *out = (uint64_t)llround(ns);
        return 0;
    }
    return -EINVAL;
}

const char *text_of_duration(char *out, size_t size, uint64_t ns)
{
    size_t unit = UNITS - 1;
    while (unit > 0 && ns % units[unit].ns != 0)
        unit--;
    snprintf(out, size, "%" PRIu64 "%s", ns / units[unit].ns, units[unit].name);
    return out;
}

void text_add_sentence(char *out, size_t size, const char *format, ...)
{
    size_t length = strlen(out);
    va_list arguments;
    va_start(arguments, format);
    if (length > 0 && length + 1 < size)
        out[length++] = ' ';
    vsnprintf(out + length, size - length, format, arguments);
    va_end(arguments);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment distance: insertions, deletions, substitutions, neighbours swapped. */
static size_t edits(const char *a, const char *b)
{
    size_t rows[3][NAME_LENGTH_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    size_t width = strlen(b);
    for (size_t j = 0; j <= width; j++)
        above[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        row[0] = i;
        for (size_t j = 1; j <= width; j++) {
            row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[width];
}

/* Length of the family that both belong to, "posix/io/". */
static size_t common_family(const char *a, const char *b)
{
    size_t family = 0;
    for (size_t i = 0; a[i] != '\0' && a[i] == b[i]; i++)
        if (a[i] == '/')
            family = i + 1;
    return family;
}

/* How many edits make it another name. A family in common says nothing of the rest. */
static size_t edits_max(const char *typed, const char *name)
{
    return strlen(typed + common_family(typed, name)) / 3 + 1;
}

const char *text_nearest(const char *typed, text_candidate *candidate, const void *of)
{
    size_t length = strlen(typed);
    if (length == 0 || length > NAME_LENGTH_MAX)
        return NULL;
    const char *nearest = NULL;
    size_t fewest = SIZE_MAX;
    const char *name;
    for (size_t i = 0; (name = candidate(of, i)) != NULL; i++) {
        if (strlen(name) > NAME_LENGTH_MAX)
            continue;
        size_t distance = edits(typed, name);
        if (distance < fewest && distance <= edits_max(typed, name)) {
            fewest = distance;
            nearest = name;
        }
    }
    return nearest;
}

const char *text_hint(char *hint, size_t size, const char *typed, text_candidate *candidate, const void *of)
{
    const char *nearest = text_nearest(typed, candidate, of);
    if (nearest != NULL)
        snprintf(hint, size, " (did you mean '%s'?)", nearest);
    else
        hint[0] = '\0';
    return hint;
}

const char *text_of_array(const void *array, size_t index)
{
    return ((const char *const *)array)[index];
}

char *text_joined(char *const *words)
{
    size_t size = 1;
    for (char *const *word = words; *word != NULL; word++)
        size += strlen(*word) + 1;
    char *line = calloc(size, 1), *end = line;
    for (char *const *word = words; line != NULL && *word != NULL; word++)
        end = stpcpy(stpcpy(end, word != words ? " " : ""), *word);
    return line;
}

const char *text_plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

void text_copy(char *out, size_t size, const char *from, size_t length)
{
    size_t end = strnlen(from, length);
    if (end >= size) {
        end = size - 1;
        while (end > 0 && ((unsigned char)from[end] & 0xc0) == 0x80)
            end--; /* the next byte goes on with a character */
    }
    memcpy(out, from, end);
    out[end] = '\0';
}
