/* One run of one variant: from the ledger to its part of the result. */
#pragma once

#include "campaign/setup.h"
#include "campaign/witness.h"
#include "oracle/result.h"

/* Runs `variant` for `operations` (0: without end) or options->for_ns. Returns 0 with *out and *witness the
 * caller's, or a negative errno with `error`. */
int variant_run(const struct setup *setup, const struct exeunt_variant *variant, uint64_t operations,
                struct variant_result *out, struct witness *witness, struct error *error);
