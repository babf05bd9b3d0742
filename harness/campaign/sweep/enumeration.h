/* The enumeration of what there is to fail in a variant: what its operations call when nothing fails. */
#pragma once

#include "campaign/sweep/roster.h"

struct enumeration {
    struct contexts contexts; /* of calls within operations */
    struct roster_reach reach;
    size_t unfit, jobs; /* jobs that leave something behind even so, of so many */
};

/* Does jobs without a fault, and learns what they call. Returns 0 with *out the caller's, empty if the user
 * cut it short, or a negative errno with `error`. */
int enumeration_make(struct rows *rows, const struct sweep_options *options, struct enumeration *out,
                     struct error *error);
void enumeration_clear(struct enumeration *enumeration);
