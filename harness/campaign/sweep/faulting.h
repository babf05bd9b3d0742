/* A faulting run: one task tried, and what it shows. */
#pragma once

#include "campaign/sweep/agenda.h"
#include "campaign/sweep/baseline.h"
#include "campaign/sweep/worker.h"

enum { SHOWN_MAX = 32 };

/* Something wrong that a run shows, before its places have names. */
struct shown {
    enum sweep_kind kind;
    enum trace_resource resource;
    enum sweep_severity severity;
    uint64_t taken_at;              /* address in this run, of what was released twice that of the second
                                       release; 0: does not apply */
    uint32_t taken_by;              /* stack of the record; 0: not known */
    uint32_t released_by, again_by; /* of what was released twice: the same of both releases */
    uint64_t id;                    /* of the resource */
    uint64_t thing;                 /* the same for what is wrong, whichever fault led to it */
    uint64_t key; /* the same for the same thing by the same fault, in every run of this sweep */
};

struct faulting {
    enum sweep_kind outcome;
    struct sight sight;
    struct record_event faults[2]; /* as they came; the second of a pair only */
    struct shown shown[SHOWN_MAX];
    size_t shown_count;
    size_t left_out; /* for which there was no room */
    bool too_long;   /* its trace holds not all of its calls: drifted, unless it was ended by force */
};

/* Tries the task. Returns 0 with *out the caller's (faulting_clear), or a negative errno with `error`. */
int faulting_run(struct worker *worker, const struct baseline *baseline, const struct task *task,
                 struct faulting *out, struct error *error);
/* What it shows of that thing, by whichever fault; NULL: nothing. */
const struct shown *faulting_shown(const struct faulting *faulting, uint64_t thing);

/* Whether it shows the thing of that key. */
bool faulting_shows(const struct faulting *faulting, uint64_t key);
void faulting_clear(struct faulting *faulting);

/* The first frame of the program's own on a stack of the run's record, as an address; 0: there is none. */
uint64_t faulting_site(const struct record *record, uint32_t stack);
