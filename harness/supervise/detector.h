/* The detector: finds threads that wait for one another, or for a lock that nobody will give back, in what
 * the ledger says of locks. Reads the ledger as untrusted input. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ledger/reader.h"

enum { DEADLOCK_EDGES_MAX = 16 };

enum deadlock_kind {
    DEADLOCK_CYCLE,     /* each waits for a lock that the next one holds */
    DEADLOCK_ABANDONED, /* the owner's thread, or the operation that took the lock, has ended with it; or the
                           owner waits for it itself */
};

/* A thread that waits for a lock, and one that holds it; or for the end of that thread (LEDGER_JOIN). Threads
 * by the number of their record, places by address. */
struct deadlock_edge {
    uint32_t waiter, owner;
    uint32_t sequence; /* of the wait */
    uint64_t lock;
    uint32_t mode; /* enum ledger_lock_mode: of the wait */
    uint64_t waiting_at;
    uint64_t waiting_since_ns;   /* the wait began after this, and before the next look */
    uint64_t taken_at, taken_in; /* where, and in which operation, encoded */
    uint64_t left_ns;            /* when that operation ended with the lock; 0: it did not */
    int32_t point;               /* that had failed in it, -1: none */
    bool owner_ended;            /* its thread has ended */
};

struct deadlock {
    enum deadlock_kind kind;
    uint64_t detected_ns; /* CLOCK_MONOTONIC */
    uint64_t stands_ns;   /* since when: the last of its waits to begin */
    size_t edge_count;
    struct deadlock_edge edges[DEADLOCK_EDGES_MAX];
};

/* What the last look saw: zeroed before the first. */
struct detector {
    uint32_t sequences[LEDGER_THREADS_MAX];
    uint64_t locks[LEDGER_THREADS_MAX];    /* 0: the thread did not wait */
    uint64_t since_ns[LEDGER_THREADS_MAX]; /* the last look before the thread waited for it */
    uint64_t looked_ns;
    bool left[LEDGER_THREADS_MAX]; /* what it waited for had been left by an operation */
};

/* Looks at the ledger. True and *out set if a deadlock stands that stood at the look before, too: the same
 * threads in the same waits, for locks that operations had left by then, if they left them. */
bool detector_look(struct detector *detector, const struct ledger_view *view, uint64_t now_ns,
                   struct deadlock *out);
