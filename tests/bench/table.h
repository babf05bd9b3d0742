/* What the benchmarks print: Markdown, so that it can be kept as it is; and what they write as JSON. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

/* One figure with its bound; `bound` below 0: nothing is judged. Goes into `into` under its name too. Returns
 * whether the bound holds. */
bool table_figure(json_t *into, const char *name, double value, const char *unit, double bound);

/* The middle of the values, which are sorted. */
double table_median(double *values, int count);

/* Machine and versions, printed and put into `into`. */
void table_environment(json_t *into);
