/* The keeping of what `run` and `compare` gave, in the file of results. */
#pragma once

#include "options.h"
#include "oracle/suite.h"

struct record {
    const struct options *options;
    char *const *words;          /* of the command line */
    uint64_t started_s;          /* since the epoch */
    const struct result *result; /* one of the two; the other is NULL */
    const struct suite *suite;
};

/* Keeps it, unless the user wants nothing kept. Returns 0 or a negative errno with `error`. */
int record_keep(const struct record *record, struct error *error);
