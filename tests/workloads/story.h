/* What every comparison must show: the control dies of EMFILE, and its twins survive the very same faults. */
#pragma once

#include "report.h"

/* Runs `exeunt compare WORKLOAD ARGUMENTS` and expects that; guarded and handwritten met at least `faults`.
 */
void story_expect(const char *workload, const char *arguments, json_int_t faults);

/* The digest of the first faults of `exeunt run WORKLOAD/guarded ARGUMENTS`, which must pass. */
void story_digest(const char *workload, const char *arguments, char digest[32]);
