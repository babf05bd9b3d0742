/* The document of a result: what machines read of it, and the page shows.
 *
 * Format "exeunt-comparison", version 1; of a suite "exeunt-suite", with an array of such objects. A key that
 * does not apply is null, never absent, and a number that is not known is null, never -1. Numbers are exact
 * integers of at most 2^63 - 1, as large as a strict reader of JSON takes them; digests and signatures, which
 * are bits and not quantities, are strings of 16 lower-case hexadecimal digits. Text that is not valid UTF-8
 * has U+FFFD for each broken byte.
 *
 * The rule for raising the version: a new key, or a new value of `ended`, `verdict` or `kind`, leaves it as
 * it is, so readers must pass over what they do not know. A key that is renamed or removed, or that changes
 * its type, unit or meaning, raises it by one. */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "oracle/suite.h"

/* The caller's. NULL if memory is short or a number is too large. */
json_t *document_of_result(const struct result *result);
json_t *document_of_suite(const struct suite *suite);

/* Writes a document on one line. Returns 0 or a negative errno of the stream. */
int document_write(const json_t *document, FILE *out);
