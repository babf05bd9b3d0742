/* The sweep of a workload's variant: not a run for each fault, but an operation, many of them in one process.
 */
#pragma once

#include "campaign/sweep/sweep.h"

/* Sweeps options->variant of options->workload, or with options->only makes that one fault again. Returns as
 * campaign_sweep. */
int operations_sweep(const struct sweep_options *options, struct sweep_result *out, struct error *error);
