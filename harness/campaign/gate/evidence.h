/* What a part's documents say for the gate: its subjects, what they met, and what was found. */
#pragma once

#include <stdio.h>

#include "base/error.h"
#include "oracle/gate.h"

/* Reads all documents of the stream (formats exeunt-sweep, exeunt-comparison, exeunt-suite and exeunt-exits)
 * and sets subjects and trouble of *part. Returns 0 or -ENOMEM with `error`. */
int evidence_read(FILE *stream, struct gate_part *part, struct error *error);
