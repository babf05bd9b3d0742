/* The table of exit paths, for people and for machines. */
#pragma once

#include <jansson.h>

#include "ink.h"

/* Writes the table of result->exits, and what its words mean. */
void exits_write(const struct ink *ink, const struct result *result);

/* Format "exeunt-exits", version 1; the rules are those of the comparison's. NULL: no memory. */
json_t *exits_document(const struct result *result);
