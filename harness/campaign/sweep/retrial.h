/* The retrial of what a run was the first to show: it is put into words, shrunk to the fewest faults,
 * and tried again. */
#pragma once

#include "campaign/sweep/faulting.h"
#include "campaign/sweep/tally.h"
#include "campaign/sweep/worker.h"

/* One task's. Not to be copied once it has run: what stands in it points to its tasks. */
struct retrial {
    const struct sweep_options *options;
    const struct baseline *baseline;
    struct tally *tally;
    struct worker *worker;
    struct novelty novelties[SHOWN_MAX]; /* each the caller's, to hand to the tally */
    size_t count;
    struct task singles[2]; /* the task with one of its faults */
};

/* Confirms what the run of the task showed, in further runs. The first four members are set, all others zero.
 * Returns 0 or a negative errno with `error`. */
int retrial_run(struct retrial *retrial, const struct task *task, const struct faulting *faulting,
                struct error *error);

/* All that was to be tried again was: what was cut short is to be done again by a sweep that goes on. */
bool retrial_is_whole(const struct retrial *retrial);
