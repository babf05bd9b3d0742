/* A sweep's result, shown: the parts of the reports that are about it. */
#pragma once

#include <jansson.h>

#include "ink.h"
#include "oracle/sweep.h"

/* The whole as JSON; NULL if memory is short or a number is too large. */
json_t *sweep_document(const struct sweep_result *result);

/* The whole for people. */
void sweep_write(const struct ink *ink, const struct sweep_result *result);

/* One finding, with its stack if that is asked for. */
void sweep_write_finding(const struct ink *ink, const struct sweep_finding *finding, bool with_stack);
