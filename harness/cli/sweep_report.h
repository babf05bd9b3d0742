/* Where the report of a sweep goes. */
#pragma once

#include <stdio.h>

#include "output.h"
#include "sweep_options.h"

/* Writes the report for people: of one sweep, or of a workload's variants, with what they covered. Returns 0
 * or a negative errno. */
int sweep_report_write(const struct sweep_result *results, size_t count, FILE *out);

/* Writes JSON, if that is asked for, and the report for people: of one sweep, or of a workload's variants.
 * Returns 0 or a negative errno with `error`. */
int sweep_report(const struct sweep_result *results, size_t count, const struct sweep_command *command,
                 struct output *json, struct error *error);
