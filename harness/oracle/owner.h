/* Who owns a resource, learnt from steady runs: the deepest frame common to the stack that took it and the
 * stack that gave it back. If a run goes on after that frame has returned, and the resource is still there,
 * it has leaked; if the run ends while the frame is active, the kernel cleans up. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oracle/record.h"

/* What steady runs tell of the resources that one context takes. */
struct owner {
    uint64_t key;        /* hash of resource and context of the taking */
    uint32_t active;     /* the least number of frames still active at a release */
    uint32_t held_most;  /* by one thread at once */
    uint64_t held_last;  /* the last event of a steady run at which one was held */
    bool released;       /* each was given back */
    bool by_same_thread; /* by the thread that took it */
};

struct owners {
    struct owner *list; /* sorted by key; owned */
    size_t count;
};

/* Learns from a steady run. Returns 0 or -ENOMEM. */
int owners_learn(const struct record *record, struct owners *out);

/* Keeps what both runs tell, the weaker of the two. */
void owners_join(struct owners *owners, const struct owners *other);
void owners_clear(struct owners *owners);

enum leak_witness {
    LEAK_BY_FRAME,   /* the owner has returned */
    LEAK_BY_CONTEXT, /* the run passed a place that steady runs pass only after the release */
    LEAK_BY_NUMBER,  /* the context holds more at once than in steady runs */
    LEAK_BY_STAY,    /* a file: steady runs never leave it, and it outlives the process */
};

struct leak {
    size_t event; /* of the record: that took it */
    enum leak_witness witness;
};

/* When contexts are first passed by the steady run: sorted by context. */
struct first_passed {
    uint64_t context;
    uint64_t event;
};
struct passed {
    struct first_passed *list; /* owned */
    size_t count;
};
int passed_learn(const struct record *record, struct passed *out);
void passed_clear(struct passed *passed);

/* What a run had taken and not given back, and should have. Whether it really is still there is for the
 * caller to see. *out is the caller's to free. Returns 0 or -ENOMEM. */
int owners_judge(const struct owners *owners, const struct passed *passed, const struct record *record,
                 struct leak **out, size_t *count);

/* What a steady run never gives back, the first taking of each context: descriptors above 2, locks, children.
 * *out is the caller's to free. Returns 0 or -ENOMEM. */
int owners_unreleased(const struct record *record, size_t **out, size_t *count);
