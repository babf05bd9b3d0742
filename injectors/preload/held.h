/* What the calling thread holds and waits for, as its part of the ledger says it. Written by the thread
 * alone, but for entries that another thread empties. All functions are safe against a fork's child. */
#pragma once

#include "preload.h"

/* The thread's part of the ledger, or NULL if nothing is to be noted. While a trace is kept, every call comes
 * by here. */
struct ledger_locks *held_begin(void);

/* The same if it needs no further question; NULL: it may be there all the same. */
static inline struct ledger_locks *held_at_hand(void)
{
    struct ledger_locks *locks = (struct ledger_locks *)((uintptr_t)self.locks & preload.lock_mask);
    return LIKELY(locks != NULL && self.bypass == 0) ? locks : NULL;
}

static inline struct ledger_locks *held_record(void)
{
    struct ledger_locks *locks = held_at_hand();
    return LIKELY(locks != NULL) ? locks : held_begin();
}

/* The last place is used: one that was emptied takes the lock, or it is lost. */
COLD void held_push_aside(struct ledger_locks *locks, const void *lock, enum ledger_lock_mode mode,
                          uintptr_t site);

/* Notes that the lock is taken while others are held. */
void held_in_order(struct ledger_locks *locks, uint64_t lock, uintptr_t site);

/* Writes the lock to the place of that number, the last one from now on. */
static inline void held_put(struct ledger_locks *locks, uint32_t place, const void *lock,
                            enum ledger_lock_mode mode, uintptr_t site)
{
    struct ledger_held *held = &locks->held[place];
    held->taken_at = site;
    held->operation = self.operation;
    held->mode = (uint32_t)mode;
    held->left_ns = 0;
    atomic_store_explicit(&held->lock, (uint64_t)(uintptr_t)lock, memory_order_release);
    atomic_store_explicit(&locks->held_count, place + 1, memory_order_release);
}

/* Notes that the thread has the lock now. */
static inline void held_push(struct ledger_locks *locks, const void *lock, enum ledger_lock_mode mode,
                             uintptr_t site)
{
    uint32_t count = atomic_load_explicit(&locks->held_count, memory_order_relaxed);
    if (LIKELY(count < LEDGER_HELD_MAX))
        held_put(locks, count, lock, mode, site);
    else
        held_push_aside(locks, lock, mode, site);
}

/* The thread gives a lock back that is not its latest: or it is not its own. */
COLD void held_search(struct ledger_locks *locks, const void *lock, uintptr_t site);

/* Notes that the thread is about to give the lock back. */
static inline void held_pop(struct ledger_locks *locks, const void *lock, uintptr_t site)
{
    uint32_t count = atomic_load_explicit(&locks->held_count, memory_order_relaxed);
    if (LIKELY(count > 0 && locks->held[count - 1].lock == (uint64_t)(uintptr_t)lock)) {
        atomic_store_explicit(&locks->held_count, count - 1, memory_order_release);
        locks->last_given = (uint64_t)(uintptr_t)lock;
        return;
    }
    held_search(locks, lock, site);
}

/* As held_give, where there is more to be done. */
void held_give_aside(const void *lock, uintptr_t site);

/* Notes that the calling thread is about to give the lock back. */
static inline void held_give(const void *lock, uintptr_t site)
{
    struct ledger_locks *locks = held_at_hand();
    if (LIKELY(locks != NULL))
        held_pop(locks, lock, site);
    else
        held_give_aside(lock, site);
}

/* A wait on a condition gives the thread's mutex back, and has it again at its end: as it was taken before.
 * Both stay as they are if the thread does not hold it. */
void held_pause(struct ledger_locks *locks, const void *mutex, uint64_t *taken_at, uint64_t *operation);
void held_again(struct ledger_locks *locks, const void *mutex, uint64_t taken_at, uint64_t operation);

/* The thread waits for a lock, unless it is free, or for something that nobody holds (mode LEDGER_WAIT); and
 * no longer. `site` of a lock is the call's own, also in a library: to look for the program's line (site_of)
 * would cost each lock an unwinding. */
static inline void held_wait(struct ledger_locks *locks, const void *lock, enum ledger_lock_mode mode,
                             uintptr_t site)
{
    locks->wait_mode = (uint32_t)mode;
    locks->waiting_at = site;
    uint32_t waits =
        atomic_load_explicit(&locks->wait_sequence, memory_order_relaxed); /* the thread's alone */
    atomic_store_explicit(&locks->wait_sequence, waits + 1, memory_order_relaxed);
    atomic_store_explicit(&locks->waits_for, (uint64_t)(uintptr_t)lock, memory_order_release);
}

static inline void held_wait_over(struct ledger_locks *locks)
{
    atomic_store_explicit(&locks->waits_for, 0, memory_order_release);
}

/* A wait for what nobody holds, or for a thread's end: `plain_wait_over` as the cleanup of what the first
 * returns, since the thread may be cancelled in it. */
static inline struct ledger_locks *begin_wait(const void *on, enum ledger_lock_mode mode, uintptr_t site)
{
    struct ledger_locks *locks = held_record();
    if (locks != NULL)
        held_wait(locks, on, mode, site_of(site));
    return locks;
}

static inline struct ledger_locks *plain_wait(const void *on, uintptr_t site)
{
    return begin_wait(on, LEDGER_WAIT, site);
}

static inline void plain_wait_over(struct ledger_locks **locks)
{
    if (*locks != NULL)
        held_wait_over(*locks);
}

/* A lock is about to be destroyed: news if a thread holds it. It was destroyed: nobody holds it any more. So
 * it is where a new one begins in the memory of one that was never given back. */
bool held_destroying(const void *lock, uintptr_t site);
void held_destroyed(const void *lock);

/* An operation ends, or a thread: locks that it took and still has. The thread's record must stay if true. */
void held_operation_ended(int status);
bool held_thread_ended(void);
