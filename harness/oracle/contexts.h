/* The calls that can be made to fail: as two steady runs agree on them, sorted into contexts. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oracle/record.h"

/* A call of a point, by its coordinate. */
struct call {
    uint64_t who; /* as the record has it */
    bool in_operation;
    int32_t path; /* index of the thread's spawn path, in the first steady run */
    int32_t point;
    uint32_t k;
    uint32_t number;  /* among the calls of its context: 0 the first */
    uint64_t context; /* hash of its stack */
    uint32_t stack;   /* in the record of the first steady run */
};

struct contexts {
    struct call *calls; /* in the order of the first steady run; owned */
    size_t call_count;
    size_t count;    /* different contexts */
    size_t unsteady; /* calls that only one of the runs made, or made in another context: not in the list */
};

/* Numbers the calls of each context anew, and counts the contexts. Returns 0 or -ENOMEM. */
int contexts_number(struct contexts *contexts);

/* The context of a call or a fault. */
uint64_t contexts_of(const struct record *record, const struct record_event *event);

/* Calls of the first run that the second one makes, too, in the same context. Returns 0 or -ENOMEM. */
int contexts_learn(const struct record *first, const struct record *second, struct contexts *out);
void contexts_clear(struct contexts *contexts);

/* Calls of `record` behind its last fault, in contexts that `steady` has not: what only runs after a fault.
 * Of each context the first. *out is the caller's to free. Returns 0 or -ENOMEM. */
int contexts_after_fault(const struct record *record, const struct contexts *steady, struct call **out,
                         size_t *count);
