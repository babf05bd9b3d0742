/* Lists of words that options take: "once,pair". */
#pragma once

#include "base/error.h"

/* Name of word number `index`, NULL beyond the last. */
typedef const char *words_name(unsigned index);

/* Sets bit i of *bits for each word number i in `typed`, separated by commas. `option` is what complains.
 * Returns 0 or -EINVAL with `error`, which names what can be chosen. */
int words_read(const char *option, const char *typed, words_name *name, unsigned *bits, struct error *error);

/* Reads one of the words. As words_read. */
int words_read_one(const char *option, const char *typed, words_name *name, unsigned *index,
                   struct error *error);
