/* Names of source files: the same wherever a project lies, and wherever in it exeunt is started. */
#pragma once

#include <stddef.h>

/* Names a file as the debug information has it, relative to `folder` (NULL: not known) if it is no absolute
 * path: by its path within its repository, which is the nearest folder with a `.git`; within no repository,
 * by its path below the working folder; else whole. A relative path in an unknown folder stays as it is, but
 * for "." and "..". Returns `out`. */
const char *source_name(const char *folder, const char *file, char *out, size_t size);
