/* Text files, read whole. */
#pragma once

#include "base/error.h"

enum { FILE_MIB_TYPED = 1 }; /* more than a person writes by hand */

/* Reads the file into *out, which is the caller's to free. `what` names it for people: "--suppress",
 * "campaign". More than `mib_max` MiB, and a byte 0 in it, are errors, too. Returns 0 or a negative errno
 * with `error` set. */
int file_read(const char *what, const char *path, unsigned mib_max, char **out, struct error *error);
