/* The result as a whole: what its variants have in common. */
#pragma once

#include "campaign/setup.h"
#include "campaign/witness.h"
#include "oracle/result.h"

/* The result's head; the options' `begin` is called. Returns 0 or a negative errno with `error`. */
int summary_begin(const struct setup *setup, bool comparison, struct result *out, struct error *error);

/* Digests, levels and verdicts, once all variants are there: `result->variant_count` witnesses. */
void summary_end(const struct witness *witnesses, struct result *result);
