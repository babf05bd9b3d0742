/* The trace: what a run came past, call by call, with the stack of each call. A sweep asks for it; it stands
 * behind the ledger's slots, in the same shared memory, and is as little believed as the rest.
 *
 * A stack is interned: its pairs of return address and CFA, innermost first, without the preload's own
 * frames at the inner end. The first pair's address is where the wrapped call returns to. The CFA of a pair
 * is what the stack pointer is behind that return (as _Unwind_GetCFA has it), so an activation, frame i, is
 * known by pair i + 1, the place in its caller where it returns to; never by the start of its function.
 * A trace of faults only (trace_faults_only of the ledger) has TRACE_FAULT events and nothing else.
 * Within one run equal pairs mean the same frame as long as it has not returned; between runs only the
 * addresses mean something, relative to their modules. */
#pragma once

#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>

enum {
    TRACE_STACKS_MAX = 1 << 15, /* a power of two: stacks are found by hash */
    TRACE_FRAMES_MAX = 1 << 19,
    TRACE_EVENTS_MAX = 1 << 19,
    TRACE_DEPTH_MAX = 128, /* deeper stacks keep their innermost and outermost halves */
    TRACE_STACK_NONE = 0,  /* of an event without a stack, or for which there was no room */
    TRACE_STACK_BUSY = 1,  /* instead of the hash of a stack that is being written */
};

struct trace_frame {
    uint64_t address, cfa;
};

struct trace_stack {
    _Atomic uint64_t hash; /* of the pairs; 0: free; TRACE_STACK_BUSY. Written last */
    uint32_t first;        /* of its frames */
    uint32_t depth;
};

enum trace_kind {
    TRACE_CALL = 1, /* a call of `point`, number k in its thread (or operation) */
    TRACE_FAULT,    /* the same call fails; follows its TRACE_CALL, if all is traced. id 1: in code that is
                       marked benign */
    TRACE_TOOK,     /* `resource` `id` was taken */
    TRACE_GAVE,     /* and given back, whoever took it; the id may never have been taken */
    TRACE_KEPT,     /* it was not given back after all: the call that was to do it failed */
    TRACE_THREAD_ENDED, /* `path`: all its frames are gone */
    TRACE_EXITING, /* the process ends in order: exit, _exit or main's return, with the stack of the call */
    TRACE_KINDS,
};

enum trace_resource {
    TRACE_NOTHING,
    TRACE_DESCRIPTOR, /* id: its number */
    TRACE_LOCK,       /* id: its address */
    TRACE_CHILD,      /* id: its process number */
    TRACE_FILE,       /* id: hash_text of its absolute path, without ".", ".." and doubled slashes as far as
                         text can tell; made, removed, or renamed away */
    TRACE_MEMORY,     /* id: its address */
    TRACE_CONNECTION, /* whatever the program tells of by exeunt_took; id: hash_add(hash_text(kind), id) */
    TRACE_RESOURCES,
};

struct trace_event {
    _Atomic uint32_t kind; /* enum trace_kind; 0: not written yet. Written last */
    int32_t path;          /* index of the thread's spawn path */
    int32_t point;         /* -1: none */
    uint32_t k;
    uint32_t stack;    /* index; TRACE_STACK_NONE: none */
    uint32_t resource; /* enum trace_resource */
    uint64_t id;
    uint64_t operation; /* encoded as in the ledger */
};

struct trace {
    _Alignas(64) _Atomic uint32_t event_count; /* may pass TRACE_EVENTS_MAX: those beyond are lost */
    _Atomic uint32_t frame_count;
    _Atomic uint32_t stacks_lost;
    struct trace_stack stacks[TRACE_STACKS_MAX];
    struct trace_frame frames[TRACE_FRAMES_MAX];
    struct trace_event events[TRACE_EVENTS_MAX];
};

static_assert(sizeof(struct trace_event) == 40, "layout version 3");
