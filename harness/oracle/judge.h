/* Verdicts: what was seen against what was expected. Pure functions. */
#pragma once

#include "oracle/result.h"

/* Judges each variant, then the whole; sets verdicts, exit status and the sentence. */
void judge(struct result *result);

/* Sets the figures at the largest number of operations that all variants reached. */
void judge_levels(struct result *result);

/* The exit status that says the verdict. */
enum exit_status judge_exit_status(enum verdict verdict);
