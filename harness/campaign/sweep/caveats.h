/* Caveats: what a sweep of a workload does not prove, for its note. */
#pragma once

#include "campaign/sweep/enumeration.h"
#include "oracle/sweep.h"

/* Processes that came to less than they were started for. Counted while rows are done. */
struct caveats {
    size_t ran_out, ended_early; /* of descriptors; otherwise */
    size_t overflowed;           /* of which not all is known */
};

/* Writes all of it into the result's note, a sentence each. */
void caveats_write(const struct caveats *caveats, const struct sweep_options *options,
                   const struct enumeration *enumeration, struct sweep_result *result);
