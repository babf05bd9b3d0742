/* The agenda of a sweep: which faults are still to be tried, in which order. */
#pragma once

#include "campaign/sweep/sweep.h"
#include "ledger/reader.h"
#include "oracle/contexts.h"

/* A run that is to be made: its fault, or both of a pair. */
struct task {
    enum sweep_mode mode;
    struct call calls[2]; /* the second of SWEEP_PAIR only */
    int errors[2];        /* positive errnos */
};

struct agenda {
    struct task *tasks; /* owned */
    size_t count, room, next;
    uint64_t *seconds; /* contexts of second faults that are listed already; owned */
    size_t second_count;
};

/* The errno that a call of the point fails with first: what the outside world is likeliest to refuse with,
 * and no program may just try again. 0: the point has none. */
int agenda_errno(const char *point);

/* The i-th errno of a point of the preload's, that one first; all that the call can return or only the
 * realistic ones. 0 beyond the last. */
int agenda_errno_at(const char *point, size_t i, bool hostile);

/* Lists the tasks of a sweep in the order of their worth: a call of each context, then the same for good,
 * then (as deep as asked for) further calls and further errnos. `points` gives the points' names. Returns 0
 * or -ENOMEM. */
int agenda_make(const struct sweep_options *options, const struct plan_points *points,
                const struct contexts *contexts, struct agenda *out);

/* Lists only the faults of options->only, once. Returns 0, or -ENOENT with `error` if the program does not
 * come past their coordinates. */
int agenda_make_only(const struct sweep_options *options, const struct plan_points *points,
                     const struct contexts *contexts, struct agenda *out, struct error *error);

/* Adds pairs: of what the run of `first` came past only after its fault. Returns 0 or -ENOMEM. */
int agenda_add_pairs(struct agenda *agenda, const struct plan_points *points, const struct task *first,
                     const struct call *calls, size_t count);

/* Keeps of the calls the one that the second fault of `only` is about. Returns how many: 0 or 1. */
size_t agenda_keep_second(const struct plan_points *points, const struct sweep_finding *only,
                          struct call *calls, size_t count);

/* What tells the task from all others of this program. */
uint64_t agenda_key(const struct plan_points *points, const struct task *task);

void agenda_clear(struct agenda *agenda);
