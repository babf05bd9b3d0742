/* Text that people type: numbers, durations, and the name that they meant. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Parses all of `text` as a whole decimal number within [low, high] into *out.
 * Returns 0, -EINVAL (not such a number) or -ERANGE (outside); *out is untouched on failure. */
int text_number(const char *text, uint64_t low, uint64_t high, uint64_t *out);

/* Parses a duration ("250ms", "20s", "5m", "8h", "10us") into nanoseconds. A unit is required, the
 * value may have a decimal fraction and must be above 0. Returns 0, -EINVAL or -ERANGE (over 30 days). */
int text_duration_ns(const char *text, uint64_t *out);

/* Writes it as it would be typed, in the largest unit of which it is a whole number; what is below a
 * microsecond is left out. Returns `out`. */
const char *text_of_duration(char *out, size_t size, uint64_t ns);

/* Writes a sentence behind those that stand in `out`, as far as there is room. */
void text_add_sentence(char *out, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Name of the i-th candidate, NULL after the last. */
typedef const char *text_candidate(const void *of, size_t index);

/* The candidate nearest to `typed` in edits (Damerau-Levenshtein, up to a third of the length that does not
 * belong to a family in common, and one more), or NULL if none is near. The string belongs to the candidates.
 */
const char *text_nearest(const char *typed, text_candidate *candidate, const void *of);

/* Writes " (did you mean 'X'?)" for the nearest candidate into `hint`, or "". Returns `hint`. */
const char *text_hint(char *hint, size_t size, const char *typed, text_candidate *candidate, const void *of);

/* Candidates from a NULL-terminated array of strings. */
const char *text_of_array(const void *array, size_t index);

/* Copies the first `length` bytes, or fewer: up to a NUL, and as many whole characters of UTF-8 as there is
 * room for. */
void text_copy(char *out, size_t size, const char *from, size_t length);

/* What makes a noun of that many: "" of one, otherwise "s". */
const char *text_plural(uint64_t count);

/* Words, the last of them followed by NULL, with a space between: a command line for people. On the heap;
 * NULL: memory is short. */
char *text_joined(char *const *words);
