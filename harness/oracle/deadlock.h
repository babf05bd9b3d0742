/* A deadlock in words. Pure functions. */
#pragma once

#include <stddef.h>

#include "oracle/result.h"

enum { DEADLOCK_WORDS_MAX = 1024 }; /* room for the words of any link */

/* Tells a link as lockdep does: a thread with what it waits for, and where; then who took that, where, and
 * why he will not give it back. `since` is how long it has waited, `ago` when the owner's operation ended, as
 * they are to stand behind a blank: "since 12 ms", "10 ms ago"; "": left out. */
void deadlock_words(const struct deadlock_link *link, const char *since, const char *ago, char *out,
                    size_t size);

/* The whole story without times, the same in every run: links with semicolons between them. */
void deadlock_story(const struct deadlock_result *deadlock, char *out, size_t size);
