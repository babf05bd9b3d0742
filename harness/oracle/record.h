/* The record of a run as the oracle sees it: what its trace tells, checked, with places that mean the same in
 * every run. Plain values. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger/trace.h"

/* A pair of return address and CFA. */
struct record_frame {
    uint64_t address; /* in this run */
    uint64_t cfa;
    uint64_t place; /* hash of module and offset in it: the same in every run */
    bool own;       /* in the program or a library of its own, no system library */
};

struct record_stack {
    uint32_t first, depth; /* of its frames, innermost first */
    uint64_t context;      /* hash of the places; 0: there is no stack */
};

struct record_event {
    enum trace_kind kind;
    enum trace_resource resource;
    uint64_t id;
    uint64_t who; /* the operation as encoded, outside of any the hash of the thread's spawn path */
    bool in_operation;
    bool is_main; /* the thread is its process's first */
    uint64_t
        process;   /* hash of that one's spawn path: numbers and addresses mean something within it alone */
    int32_t path;  /* index of the thread's spawn path */
    int32_t point; /* -1: none */
    uint32_t k;
    uint32_t stack; /* index; 0: none */
};

struct record {
    struct record_frame *frames;
    struct record_stack *stacks; /* the first stands for "none" */
    struct record_event *events;
    size_t frame_count, stack_count, event_count;
    bool lost; /* there was no room for all of it */
};

/* Sets the contexts of all stacks. A function that calls itself counts once, so that the same recursion at
 * another depth is the same context. */
void record_set_contexts(struct record *record);

/* Of the frames in which `taking` happened: how many are still active at `other`, in the same thread.
 * A frame is known by the pair outside of it, so taking's own innermost pair is not compared. */
uint32_t record_active(const struct record *record, uint32_t taking, uint32_t other);

/* How many of the outermost pairs of two stacks are the same. */
uint32_t record_equal(const struct record *record, uint32_t a, uint32_t b);

/* How many pairs lie outside of main's frame (or a thread's first function): what counts at most so much
 * is owned by nothing deeper than main. */
uint32_t record_main_depth(const struct record *record, uint32_t stack);

/* Whether the stack has a pair with that address. */
bool record_has_frame(const struct record *record, uint32_t stack, uint64_t address);

/* Whether the process said that it would end: exit, _exit or main's return. */
bool record_has_ended(const struct record *record, uint64_t process);

void record_clear(struct record *record);
