/* The file of suppressions: read before a sweep, applied to what it found. */
#pragma once

#include "oracle/suppress.h"

/* Reads the file, NULL: there are none. Returns 0 with *out the caller's, or a negative errno with `error`.
 */
int suppressing_read(const char *path, struct suppressions *out, struct error *error);

/* Applies them as of today. */
void suppressing_apply(struct suppressions *suppressions, struct sweep_finding *findings, size_t count);

/* Says on standard error which of them no longer do anything. */
void suppressing_remark(const struct suppressions *suppressions);
