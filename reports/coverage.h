/* What the sweep of a workload covered: a line for each errno of each point, a column for each variant. */
#pragma once

#include "ink.h"
#include "oracle/sweep.h"

/* Writes the table. Points that no variant calls come last, by name alone. */
void coverage_write(const struct ink *ink, const struct sweep_result *results, size_t count);
