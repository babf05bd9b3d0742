/* A sweep: every reachable fault point of a program failed once, each run judged. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "exeunt/workload.h"
#include "oracle/sweep.h"

/* How far it goes. */
enum sweep_depth {
    SWEEP_CONTEXTS, /* one call of each context */
    SWEEP_CALLS,    /* every call */
    SWEEP_ALL,      /* every call with every errno */
};

enum { SWEEP_JOBS_MAX = 256 };

struct sweep_progress {
    uint64_t elapsed_ns, runs, planned, findings;
};

struct sweep_options {
    char *const *program;                   /* its command line, ends with NULL */
    const struct exeunt_workload *workload; /* not NULL: that is swept, and `program` only names it */
    const struct exeunt_variant *variant;
    bool heap;          /* of a workload: allocations are watched */
    unsigned rounds;    /* of a workload: how often each fault is met */
    const char *points; /* names and wildcards, separated by commas; NULL: all */
    enum sweep_depth depth;
    bool all_errnos;     /* also those that blame the caller */
    unsigned modes;      /* bit i: enum sweep_mode i */
    unsigned jobs;       /* runs at a time */
    uint64_t budget_ns;  /* 0: until all is done */
    uint64_t limit_fds;  /* 0: as found */
    uint64_t hang_ns;    /* 0: derived from the steady runs */
    uint64_t copy_max;   /* bytes of the working folder that may be copied */
    const char *without; /* SQLite file in the working folder that is not copied; NULL: none */
    bool in_place;       /* the program works in the folder itself: nothing is copied or undone */
    bool without_server;
    bool swallowed;                   /* faults that the program's own code passes over are findings, too */
    const struct sweep_finding *only; /* not NULL: no sweep, but its faults */
    const uint64_t *done;             /* sorted keys of faults that were tried before, and are not again */
    size_t done_count;
    unsigned again; /* how often each new finding is tried again */
    const volatile int *interrupted;
    void (*progress)(void *context, const struct sweep_progress *progress); /* may be NULL; from one thread
                                                                               at a time */
    /* At once; may set the finding's id, which otherwise is its number in this sweep; may be NULL; as
     * progress. */
    void (*found)(void *context, struct sweep_finding *finding);
    /* A fault was tried; as progress. */
    void (*tried)(void *context, uint64_t key, enum sweep_kind outcome);
    void *context;
};

/* Sweeps options->program, or options->variant of a workload. Returns 0 with *out the caller's
 * (sweep_result_clear), or a negative errno with `error`. An interrupted sweep gives what was found. */
int campaign_sweep(const struct sweep_options *options, struct sweep_result *out, struct error *error);
