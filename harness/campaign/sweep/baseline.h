/* The baseline: two runs without faults, and what is steady of them. */
#pragma once

#include "campaign/sweep/worker.h"
#include "campaign/sweep/wrong.h"
#include "oracle/contexts.h"
#include "oracle/owner.h"

struct baseline {
    struct contexts contexts;
    struct owners owners;
    struct passed passed;
    struct steady steady;
    bool leaves_children;
    uint32_t image;                   /* the program that the process ends as: see struct plan */
    uint64_t limit_ns;                /* for a faulting run */
    struct wrongs wrongs;             /* that come without a fault */
    struct sweep_finding *unreleased; /* what is never given back, for information; owned */
    size_t unreleased_count;
    bool lost; /* there were more calls than a trace holds */
};

/* Runs the target twice. Returns 0 with *out the caller's, or a negative errno with `error`: also if the
 * target does not end, or is ended by a signal, without any fault. */
int baseline_learn(struct worker *worker, struct baseline *out, struct error *error);
void baseline_clear(struct baseline *baseline);
