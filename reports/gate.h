/* A gate, shown: what its reports have in common. */
#pragma once

#include "ink.h"
#include "oracle/gate.h"

/* The whole for people. */
void gate_write(const struct ink *ink, const struct gate_verdict *verdict);

/* A finding in one line: "leak of descriptor, at upload.c:88, when posix/io/rw/read failed with EIO". Returns
 * `out`. */
char *gate_story(const struct gate_finding *finding, char *out, size_t size);

/* What is left to chance of a subject: "0 leaks in 41,200 faults: below 7.3e-5 per fault at 95 %"; "" if
 * nothing is. Returns `out`. */
char *gate_chance(const struct gate_subject *subject, char *out, size_t size);
