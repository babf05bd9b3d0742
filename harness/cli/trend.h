/* Results over nights, as people read them. */
#pragma once

#include "ink.h"
#include "store/store.h"

/* Writes a block for each subject: a line for each day, then its findings with the first and the last day. */
void trend_write(const struct ink *ink, const struct store_trend *trend);
