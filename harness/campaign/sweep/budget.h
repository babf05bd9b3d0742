/* How long a sweep may go on. */
#pragma once

#include "campaign/sweep/sweep.h"

/* Whether the user ended it; or that, or its time is over. */
bool budget_was_cut(const struct sweep_options *options);
bool budget_is_spent(const struct sweep_options *options, uint64_t started_ns);

/* How long a run without faults may take, by which the others are measured: what the user says; otherwise as
 * long as the sweep may, but a minute in any case, and ten if that has no end. */
uint64_t budget_of_steady_run_ns(const struct sweep_options *options);
