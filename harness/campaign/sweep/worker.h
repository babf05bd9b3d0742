/* A worker of a sweep: makes one run after the other in folders of its own. Used by one thread. */
#pragma once

#include "campaign/sweep/sweep.h"
#include "ledger/reader.h"
#include "oracle/outcome.h"
#include "oracle/record.h"
#include "supervise/attempt.h"
#include "supervise/scratch.h"

/* What all workers share; the strings stay with the caller. */
struct worker_site {
    const struct sweep_options *options;
    const char *path; /* of the program */
    const char *preload;
    const char *folder; /* the user's working folder */
    const struct plan_points *points;
    int input; /* descriptor of a regular file, or -1 */
};

struct worker {
    const struct worker_site *site;
    struct attempter *attempter;
    struct scratch *folder, *temps;
};

/* One run, as it was seen. */
struct sight {
    struct attempt_seen seen;
    struct record record;
    struct scratch_changes files, temps;
    bool sanitizer_reported; /* as its hook in the target told */
};

int worker_open(const struct worker_site *site, struct worker *out, struct error *error);

/* Runs the plan. Returns 0 with *out the caller's (sight_clear), or a negative errno with `error`. */
int worker_run(struct worker *worker, const struct plan *plan, uint64_t limit_ns, struct sight *out,
               struct error *error);
void sight_clear(struct sight *sight);

/* Whether what that event took is there still after the run, as far as others than the trace can tell. */
bool worker_still_has(const struct worker *worker, const struct sight *sight,
                      const struct record_event *taken);

/* What is held against the steady runs. */
struct run_seen worker_seen(const struct sight *sight);

void worker_close(struct worker *worker, char *leftover, size_t size);
