/* Where the report of a sweep goes. */
#pragma once

#include "output.h"
#include "sweep_options.h"

/* Writes JSON, if that is asked for, and the report for people. Returns 0 or a negative errno with `error`.
 */
int sweep_report(const struct sweep_result *result, const struct sweep_command *command, struct output *json,
                 struct error *error);
