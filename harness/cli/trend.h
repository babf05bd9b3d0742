/* Results over nights, shown. */
#pragma once

#include <jansson.h>

#include "ink.h"
#include "store/store.h"

/* Writes a block for each subject: a line for each day, then its findings with the first and the last day. */
void trend_write(const struct ink *ink, const struct store_trend *trend);

/* The same as a document, format "exeunt-trend", version 1, by the rules of reports/document.h. The caller's.
 * NULL if memory is short or a number is too large. */
json_t *trend_document(const struct store_trend *trend);
