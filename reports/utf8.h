/* Text from outside (a child's last words, paths, a typed plan), made fit to be shown or written down. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { UTF8_BROKEN = 0xFFFD };

/* The first character of `text`, which is not empty: its code in *code, its bytes as the return value.
 * A byte that begins no valid character counts as one character, UTF8_BROKEN. */
size_t utf8_next(const char *text, uint32_t *code);

/* Whether the locale, as set by the program, shows UTF-8. */
bool utf8_locale(void);

/* Writes at most `width` characters of `text` to `out`, with a substitute for each that could command a
 * terminal or deceive a reader: control characters, escape sequences, marks of writing direction. If
 * `wide` is false, for all beyond ASCII too. Returns the number of characters written. */
size_t utf8_show(const char *text, size_t width, bool wide, FILE *out);
