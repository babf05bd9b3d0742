/* The last words of a program: the last line with something on it that it wrote to its standard error.
 * The stream may be endless and anything may be in it; the memory for it is fixed. */
#pragma once

#include <stddef.h>

enum { WORDS_MAX = 256 }; /* bytes, with the closing NUL; what is longer is cut */

struct words {
    char line[WORDS_MAX]; /* as written; the line that is not yet at its end */
    size_t length;
    char last[WORDS_MAX]; /* fit to be shown */
};

/* Takes the next bytes of the stream, cut anywhere. Starts from a zeroed struct. */
void words_add(struct words *words, const char *bytes, size_t count);

/* The stream is over. The last words, "" if there were none: printable UTF-8, without what could move a
 * terminal's cursor or turn the direction of writing; each byte that is neither stands as '?'. */
const char *words_end(struct words *words);
