/* The chart of a result: open descriptors over time, all variants in one picture, with the limit. */
#pragma once

#include "ink.h"

/* Writes the chart and its legend, at most ink->columns wide; one sentence if there is nothing to draw. */
void chart_write(const struct ink *ink, const struct result *result);
