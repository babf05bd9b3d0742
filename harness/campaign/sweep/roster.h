/* The roster of a workload's sweep: which faults are still to be met, and which operations of the next row
 * are to meet them. */
#pragma once

#include "campaign/sweep/agenda.h"
#include "campaign/sweep/reach.h"
#include "campaign/sweep/row.h"

enum { ROSTER_TRIES = 2 };

/* A fault that an operation is to meet. */
struct duty {
    struct task task; /* the call that it is in that job. k = 0: nothing is to fail; context 0: in any */
    uint32_t job;     /* that meets it */
    unsigned round;   /* the same fault is met once in each round */
    unsigned tries;   /* operations in which it did not come; the last try is made behind all jobs that came
                         before the job when nothing failed, since what a job calls may hang on them */
    bool is_fixed;    /* that job alone */
    bool first;       /* only the first operation of a process is to meet it: another's end may have been
                         due to what came before it */
    bool alone;       /* a process is to do nothing else: the workload's check is about this operation */
    bool over;        /* it was met, or never will be */
    enum sweep_kind end;  /* what it came to: SWEEP_DRIFTED if it was not met; once it is over */
    size_t fits, reached; /* jobs that can meet it, and where they stand in the roster's reach */
};

struct roster {
    struct duty *duties; /* owned */
    size_t count, room, left;
    const struct reach *reach; /* NULL: all duties have their jobs */
    bool repeatable;           /* a row may do one job several times, but in the first round */
};

/* Lists every fault that some job reaches with every errno of its point, once for each round, those first
 * that the fewest jobs reach. Returns 0 or -ENOMEM, as roster_add. */
int roster_make(const struct sweep_options *options, const struct setup *setup, const struct reach *reach,
                struct roster *out);
/* Lists only the fault of options->only, once, in the job that its coordinate names. Returns 0, or -EINVAL
 * with `error` if it is no coordinate of an operation. */
int roster_make_only(const struct sweep_options *options, const struct setup *setup, struct roster *out,
                     struct error *error);
int roster_add(struct roster *roster, const struct duty *duty);

/* Gives the operations of the next row their duties, one each: duties[i] is operation i's; NULL: none. Jobs
 * come in the order of their numbers, as they did when they were counted. */
void roster_assign(struct roster *roster, struct duty *duties[ROW_MAX], struct row_plan *plan);

/* Adds an operation to the row: the duty's job, which is to meet it. */
void roster_give(const struct duty *duty, struct row_plan *plan);

/* The duty has come to its end; or it was tried in vain, and comes to its end if that was too often. */
void roster_done(struct roster *roster, struct duty *duty, enum sweep_kind end);
void roster_tried(struct roster *roster, struct duty *duty);
void roster_clear(struct roster *roster);

/* The i-th errno of a point of the preload's or the workload's own, the likeliest first; 0 beyond the last.
 */
int roster_errno(const struct sweep_options *options, const struct setup *setup, size_t point, size_t i);
