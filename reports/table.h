/* The table of a result: a line per figure, a column per variant. */
#pragma once

#include "ink.h"

/* Writes the table; variants that do not fit beside the others come below them. */
void table_write(const struct ink *ink, const struct result *result);
