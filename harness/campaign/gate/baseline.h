/* The baseline of a gate: a file that is committed and read in a diff. Format "exeunt-baseline", version 1:
 * JSON, sorted, one finding a line, without times and without paths of the machine. The commands are those of
 * a campaign's file, so that it needs nothing but itself. The rule for raising the version is that of
 * document.h.
 */
#pragma once

#include <stdio.h>

#include "base/error.h"
#include "campaign/script.h"
#include "oracle/gate.h"

/* Whether the commands can stand in a baseline. Returns 0 or -EINVAL with `error`. */
int baseline_check(const struct script *script, struct error *error);

/* Writes it. Returns 0, -ENOMEM or the stream's error. */
int baseline_write(const struct gate_parts *parts, FILE *out);

/* Reads the file. Returns 0 with *out the caller's (gate_parts_clear), or a negative errno with an error that
 * names the file and what is wrong with it. */
int baseline_read(const char *path, struct gate_parts *out, struct error *error);
