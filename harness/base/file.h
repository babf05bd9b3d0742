/* Text files that a person wrote, read whole. */
#pragma once

#include "base/error.h"

/* Reads the file into *out, which is the caller's to free. `what` names it for people: "--suppress",
 * "campaign". More than 1 MiB, and a byte 0 in it, are errors, too. Returns 0 or a negative errno with
 * `error` set. */
int file_read(const char *what, const char *path, char **out, struct error *error);
