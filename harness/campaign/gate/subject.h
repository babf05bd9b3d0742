/* Subjects of a gate while they are filled. What points into a list is valid until the next is added. */
#pragma once

#include "oracle/gate.h"

/* Adds one to the part: "upload/guarded"; or, without a variant, the base name of a program. NULL: memory is
 * short. */
struct gate_subject *subject_add(struct gate_part *part, const char *name, const char *variant);

/* Adds an empty finding. NULL: memory is short. */
struct gate_finding *subject_finding(struct gate_subject *subject);

/* Adds what was covered. Returns 0 or -ENOMEM. */
int subject_cover(struct gate_subject *subject, const char *point, const char *error);

/* Sets file and line by a place of a report: "workloads/upload.c:88", "libz.so.1+0x40". */
void subject_place(struct gate_finding *finding, const char *place);
