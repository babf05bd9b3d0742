/* Folders of our own below TMPDIR, or /tmp. */
#pragma once

#include <limits.h>

#include "base/error.h"

/* Makes an empty one, which is the caller's to remove. Returns 0 or a negative errno with `error`. */
int folder_make(char folder[PATH_MAX], struct error *error);

/* Removes it with all that is in it. Returns 0 or a negative errno; what could be removed is gone. */
int folder_remove(const char *folder);
