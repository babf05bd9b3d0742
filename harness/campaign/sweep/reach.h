/* The reach of jobs: which of them come to which fault when nothing fails. */
#pragma once

#include "oracle/contexts.h"

enum { REACH_JOBS = 256 };

/* A call that a job makes. The same fault is the same context for the same time in an operation; as which
 * call of its point it comes may differ from job to job. */
struct reach_call {
    uint64_t fault;
    size_t effort; /* calls that the job makes in all */
    uint32_t job;
    struct call call;
};

struct reach {
    struct reach_call
        *calls; /* of one fault beside each other, those first whose job makes the fewest; owned */
    size_t count;
};

/* Lists the calls of jobs that are not unfit, from a row without faults in which operation i did job i.
 * Returns 0 with *out the caller's, or -ENOMEM. */
int reach_make(const struct contexts *contexts, const bool unfit[REACH_JOBS], struct reach *out);
void reach_clear(struct reach *reach);

/* How many calls from `first` on are of the same fault: by so many jobs. */
size_t reach_fits(const struct reach *reach, size_t first);
