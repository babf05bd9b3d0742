/* Ink: how the terminal report writes. Colours only where they are wanted, box characters only where the
 * locale shows them, and nothing in colour alone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "oracle/result.h"

enum hue { HUE_PLAIN, HUE_GOOD, HUE_BAD, HUE_WARNING, HUE_FAINT, HUE_STRONG };

/* The signs of one character set; each is one column wide. */
struct signs {
    const char *vertical, *mark; /* of the value axis, without and with a label */
    const char *corner, *horizontal, *tick;
    const char *limit;
    const char *death;
    const char *nothing; /* where there is no value */
    const char *dots;    /* something was left out */
    const char *separator;
    const char *lines[RESULT_VARIANTS_MAX]; /* of the variants: told apart without colour */
};

struct ink {
    FILE *out;
    bool color, wide; /* wide: the locale shows UTF-8 */
    int columns;
    const struct signs *signs;
};

struct ink ink_of(FILE *out, bool color, int columns);

/* Everything that is written between ink_begin and ink_end has the hue. */
void ink_begin(const struct ink *ink, enum hue hue);
void ink_end(const struct ink *ink, enum hue hue);

/* Foreign text, made fit for a terminal. */
void ink_text(const struct ink *ink, const char *text);

/* Foreign text in a field of `width` columns: flush right, or flush left; cut if it is longer. */
void ink_right(const struct ink *ink, const char *text, int width, enum hue hue);
void ink_left(const struct ink *ink, const char *text, int width, enum hue hue);

enum { INK_NUMBER_MAX = 32 };

/* "1,024" into `to`, of INK_NUMBER_MAX bytes. Returns `to`. */
char *ink_number(char *to, uint64_t value);

/* "350 ms", "1.40 s", "12 m 30 s", "8 h 05 m" into `to`, of INK_NUMBER_MAX bytes. Returns `to`. */
char *ink_duration(char *to, uint64_t ms);
