/* The enumeration of what there is to fail in a variant: what its operations call when nothing fails. */
#pragma once

#include "campaign/sweep/reach.h"
#include "campaign/sweep/row.h"
#include "campaign/sweep/sweep.h"

struct enumeration {
    struct contexts contexts;  /* of calls within operations */
    struct reach reach;        /* of them, but in jobs that leave something behind even so */
    size_t unfit, jobs, begun; /* jobs that leave something behind even so, of so many that came to their end,
                                  of so many */
    bool torn;                 /* the workload's own check finds something wrong even so */
    bool overflowed;           /* they call or leave more than could be noted */
};

/* Does jobs without a fault, and learns what they call. Returns 0 with *out and the row, traced, the
 * caller's, *out empty if the user cut it short, or a negative errno with `error`, if they do not come to
 * their end even so for one. */
int enumeration_make(struct rows *rows, const struct sweep_options *options, struct enumeration *out,
                     struct row *row, struct error *error);

/* Does the job without a fault, behind all that come before it, and learns only whether something is torn.
 * Returns as enumeration_make; an error, too, if the job leaves something behind even so. */
int enumeration_of_one(struct rows *rows, uint32_t job, struct enumeration *out, struct error *error);
void enumeration_clear(struct enumeration *enumeration);
