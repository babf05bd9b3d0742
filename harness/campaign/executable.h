/* A program of the user's, looked at before it is run: whether the preload can get into it. */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "base/error.h"

struct executable {
    char path[PATH_MAX];
    bool has_libfiu; /* libfiu is linked in statically: its points cannot be reached */
};

/* Finds `typed` as a shell does (by PATH unless it has a slash) and looks at it, and, if it is a script, at
 * its interpreter. Returns 0, -EINVAL (EXIT_USAGE: it is not there or cannot be run) or -ENOEXEC
 * (EXIT_NOT_DONE: static, setuid or foreign), with `error`. */
int executable_find(const char *typed, struct executable *out, struct error *error);
