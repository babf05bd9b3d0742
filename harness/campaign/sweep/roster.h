/* The roster of a workload's sweep: which faults are still to be met, and which operations of the next row
 * are to meet them. */
#pragma once

#include "campaign/sweep/agenda.h"
#include "campaign/sweep/row.h"

enum { ROSTER_JOBS = 256, ROSTER_TRIES = 2 };

/* What each job calls when nothing fails. */
struct roster_reach {
    size_t point_count;
    uint32_t *calls;             /* of job j at point p: [j * point_count + p]; owned */
    uint32_t order[ROSTER_JOBS]; /* jobs, those that make the fewest calls first */
    bool unfit[ROSTER_JOBS];     /* it leaves something behind even so: no fault can be blamed for that */
};

/* A fault that an operation is to meet. */
struct duty {
    struct task task; /* of the call, point and k count, and the context that it is likely to come in */
    uint32_t job;     /* that meets it */
    unsigned round;   /* the same fault is met once in each round */
    unsigned tries;   /* operations in which it did not come; the last try is made behind all jobs that came
                         before the job when nothing failed, since what a job calls may hang on them */
    bool is_fixed;    /* that job alone */
    bool first;       /* only the first operation of a process is to meet it: another's end may have been
                         due to what came before it */
    bool alone;       /* a process is to do nothing else: the workload's check is about this operation */
    bool over;        /* it was met, or never will be */
    enum sweep_kind end; /* what it came to: SWEEP_DRIFTED if it was not met; once it is over */
    size_t fits;         /* jobs that can meet it */
};

struct roster {
    struct duty *duties; /* owned */
    size_t count, room, left;
    const struct roster_reach *reach; /* NULL: all duties have their jobs */
    bool repeatable;                  /* a row may do one job several times, but in the first round */
};

/* Counts the calls of a row without faults, in which operation i did job i. Returns 0 or -ENOMEM. */
int roster_reach_of(const struct contexts *contexts, size_t point_count, struct roster_reach *out);
void roster_reach_clear(struct roster_reach *reach);

/* Lists every call that some job reaches with every errno of its point, once for each round, those first that
 * the fewest jobs reach. Returns 0 or -ENOMEM, as roster_add. */
int roster_make(const struct sweep_options *options, const struct setup *setup,
                const struct contexts *contexts, const struct roster_reach *reach, struct roster *out);
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
