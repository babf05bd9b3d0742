/* What the calling thread holds and waits for, as its part of the ledger says it. Written by the thread
 * alone, but for entries that another thread empties. All functions are safe against a fork's child. */
#pragma once

#include "preload.h"

/* The thread's part of the ledger, or NULL if nothing is to be noted. */
struct ledger_locks *held_begin(void);

static inline struct ledger_locks *held_record(void)
{
    return LIKELY(self.locks != NULL && self.bypass == 0) ? self.locks : held_begin();
}

/* Room was short, or others are held: rare. */
void held_lost(struct ledger_locks *locks);
void held_in_order(struct ledger_locks *locks, uint64_t lock, uintptr_t site);

/* Notes that the thread has the lock now. */
static inline void held_push(struct ledger_locks *locks, const void *lock, enum ledger_lock_mode mode,
                             uintptr_t site)
{
    uint32_t count = atomic_load_explicit(&locks->held_count, memory_order_relaxed);
    if (UNLIKELY(count == LEDGER_HELD_MAX)) {
        held_lost(locks);
        return;
    }
    struct ledger_held *held = &locks->held[count];
    held->taken_at = site;
    held->operation = self.operation;
    held->mode = (uint32_t)mode;
    held->left_ns = 0;
    atomic_store_explicit(&held->lock, (uint64_t)(uintptr_t)lock, memory_order_relaxed);
    atomic_store_explicit(&locks->held_count, count + 1, memory_order_release);
}

/* The thread gives a lock back that is not its latest: or it is not its own. */
void held_search(struct ledger_locks *locks, const void *lock, uintptr_t site);

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

/* The thread waits for a lock, or for something that nobody holds (mode LEDGER_WAIT); and no longer. */
void held_wait(struct ledger_locks *locks, const void *lock, enum ledger_lock_mode mode, uintptr_t site);
void held_wait_over(struct ledger_locks *locks);

/* Whether any thread holds the lock; and that it is destroyed all the same. */
void held_destroyed(const void *lock, uintptr_t site);

/* An operation ends, or a thread: locks that it took and still has. The thread's record must stay if true. */
void held_operation_ended(int status);
bool held_thread_ended(void);
