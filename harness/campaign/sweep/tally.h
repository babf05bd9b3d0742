/* The tally of a sweep: outcomes, coverage, and every finding once. */
#pragma once

#include "campaign/sweep/agenda.h"
#include "oracle/contexts.h"
#include "oracle/sweep.h"

/* Something that a run was the first to show, or the first in so simple a mode. */
struct novelty {
    const struct task *task; /* that shows it */
    uint64_t thing, key;     /* see struct shown */
    struct sweep_finding finding;
};

struct tally {
    uint64_t runs, outcomes[SWEEP_OUTCOMES];
    struct tally_key {
        uint64_t key, count;
        size_t finding;       /* its number, once it is one; SIZE_MAX before */
        enum sweep_mode mode; /* the simplest that showed it */
    } * keys;                 /* owned */
    size_t key_count;
    struct sweep_finding *findings; /* owned */
    size_t finding_count;
    struct sweep_point *points; /* by index in the ledger; owned */
    size_t point_count;
    uint64_t *failed_contexts; /* that were made to fail, sorted by nothing; owned */
    size_t failed_count;
    uint64_t left_out; /* things that runs showed beside too many others */
    uint64_t too_long; /* runs with more calls than a trace holds */
};

/* Counts what the steady run reached. Returns 0 or -ENOMEM with `error`, as all below. */
int tally_begin(struct tally *tally, const struct plan_points *points, const struct contexts *contexts,
                struct error *error);

/* Counts one more run that shows the thing. *is_new: no run did before, or only in modes less simple. */
int tally_see(struct tally *tally, uint64_t key, enum sweep_mode mode, bool *is_new, struct error *error);

/* Makes a finding of it, which is the tally's now. The same signature is the same finding, found by two ways:
 * then the simpler mode counts, or else the first one. *out is what is new to be told; NULL: nothing. */
int tally_add(struct tally *tally, struct novelty *novelty, struct sweep_finding **out, struct error *error);

/* The same, and tells the sweep's owner at once if there is something new; a finding that gets no id from
 * there has its number in this sweep. */
int tally_tell(struct tally *tally, const struct sweep_options *options, struct novelty *novelty,
               struct error *error);

/* Counts a run. */
void tally_run(struct tally *tally, const struct task *task, enum sweep_kind outcome);

/* Hands counts and findings to the result, worst first. */
int tally_fill(struct tally *tally, struct sweep_result *out, struct error *error);
void tally_clear(struct tally *tally);
