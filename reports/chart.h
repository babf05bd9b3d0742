/* The charts of a result, all variants in one picture: open descriptors over time, with the limit; and where
 * locks were left held or locked up, the locks that are held and the threads that wait for one. */
#pragma once

#include "ink.h"

/* Writes the charts and their legend, at most ink->columns wide; one sentence if there is nothing to draw. */
void chart_write(const struct ink *ink, const struct result *result);
