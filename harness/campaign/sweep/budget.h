/* How long a sweep may go on. */
#pragma once

#include "campaign/sweep/sweep.h"

/* Whether the user ended it; or that, or its time is over. */
bool budget_was_cut(const struct sweep_options *options);
bool budget_is_spent(const struct sweep_options *options, uint64_t started_ns);
