/* Decides what is news about locks: left held, given back by another thread or twice, destroyed while held,
 * taken in two orders. */
#include "held.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "exeunt/mark.h"

EXPORT void exeunt_mark_transfer_lock(void *lock);

struct ledger_locks *held_begin(void)
{
    struct ledger *ledger = preload.ledger;
    if (ledger == NULL || self.bypass != 0)
        return NULL;
    struct ledger_thread *record = thread_record();
    if (record == NULL)
        return NULL;
    struct ledger_locks *locks = &ledger->locks[record - ledger->threads];
    self.locks = locks;
    return locks;
}

void held_lost(struct ledger_locks *locks)
{
    atomic_fetch_add_explicit(&locks->lost, 1, memory_order_relaxed);
}

static void tell(enum ledger_event_kind kind, const void *lock, uint64_t taken_at, uintptr_t site)
{
    event_write((struct ledger_event){.kind = kind,
                                      .fd = -1,
                                      .lock = (uint64_t)(uintptr_t)lock,
                                      .taken_at = taken_at,
                                      .site = site,
                                      .point = self.last_point,
                                      .error = self.last_point >= 0 ? self.last_error : 0,
                                      .k = self.last_k});
}

/* Emptied places at the end are free again. */
static void trim(struct ledger_locks *locks)
{
    uint32_t count = locks->held_count;
    while (count > 0 && locks->held[count - 1].lock == 0)
        count--;
    atomic_store_explicit(&locks->held_count, count, memory_order_release);
}

/* Empties the latest place that holds the lock. */
static bool empty(struct ledger_locks *locks, const void *lock, struct ledger_held *out)
{
    uint32_t count = locks->held_count < LEDGER_HELD_MAX ? locks->held_count : LEDGER_HELD_MAX;
    for (uint32_t i = count; i > 0; i--) {
        struct ledger_held *held = &locks->held[i - 1];
        uint64_t wanted = (uint64_t)(uintptr_t)lock;
        if (held->lock != wanted)
            continue;
        memcpy(out, held, sizeof *out);
        if (atomic_compare_exchange_strong(&held->lock, &wanted, 0))
            return true;
    }
    return false;
}

/* Takes the lock off whatever other thread has it. */
static bool empty_anywhere(const void *lock, struct ledger_held *out)
{
    struct ledger *ledger = preload.ledger;
    for (uint32_t i = 0; i < ledger->thread_count && i < LEDGER_THREADS_MAX; i++)
        if (empty(&ledger->locks[i], lock, out))
            return true;
    return false;
}

/* A lock whose owner declared that another thread may give it back. */
static bool was_transferred(const void *lock)
{
    struct ledger *ledger = preload.ledger;
    for (unsigned i = 0; i < LEDGER_TRANSFERRED_MAX; i++) {
        uint64_t wanted = (uint64_t)(uintptr_t)lock;
        if (ledger->transferred[i] == wanted &&
            atomic_compare_exchange_strong(&ledger->transferred[i], &wanted, 0))
            return true;
    }
    return false;
}

void held_search(struct ledger_locks *locks, const void *lock, uintptr_t site)
{
    struct ledger_held found;
    if (empty(locks, lock, &found)) {
        trim(locks);
        locks->last_given = (uint64_t)(uintptr_t)lock;
    } else if (was_transferred(lock) || locks->lost > 0) {
        return;
    } else if (empty_anywhere(lock, &found)) {
        tell(LEDGER_FOREIGN_UNLOCK, lock, found.taken_at, site);
    } else if (locks->last_given == (uint64_t)(uintptr_t)lock) {
        tell(LEDGER_DOUBLE_UNLOCK, lock, 0, site);
    }
}

void held_wait(struct ledger_locks *locks, const void *lock, enum ledger_lock_mode mode, uintptr_t site)
{
    locks->wait_mode = (uint32_t)mode;
    locks->waiting_at = site;
    locks->waiting_since_ns = clock_now_ns();
    atomic_fetch_add_explicit(&locks->wait_sequence, 1, memory_order_relaxed);
    atomic_store_explicit(&locks->waits_for, (uint64_t)(uintptr_t)lock, memory_order_release);
}

void held_wait_over(struct ledger_locks *locks)
{
    atomic_store_explicit(&locks->waits_for, 0, memory_order_release);
}

void held_destroyed(const void *lock, uintptr_t site)
{
    struct ledger_held found;
    if (preload.ledger != NULL && self.bypass == 0 && empty_anywhere(lock, &found))
        tell(LEDGER_HELD_DESTROYED, lock, found.taken_at, site);
}

/* The place of a pair in the table of orders; NULL if it is full. Entered if it is new. */
static struct ledger_order *order_of(uint64_t first, uint64_t second, bool enter)
{
    struct ledger *ledger = preload.ledger;
    uint64_t hash = hash_add(hash_mix(first), second) | 1;
    for (unsigned probe = 0; probe < 16; probe++) {
        struct ledger_order *order = &ledger->orders[(hash + probe) % LEDGER_ORDERS_MAX];
        uint64_t known = atomic_load_explicit(&order->pair, memory_order_acquire);
        if (known == hash)
            return order;
        if (known != 0)
            continue;
        if (!enter)
            return NULL;
        if (atomic_compare_exchange_strong(&order->pair, &known, hash) || known == hash)
            return order;
    }
    return NULL;
}

void held_in_order(struct ledger_locks *locks, uint64_t lock, uintptr_t site)
{
    for (uint32_t i = 0; i < locks->held_count; i++) {
        uint64_t first = locks->held[i].lock;
        if (first == 0 || first == lock)
            continue;
        struct ledger_order *order = order_of(first, lock, true);
        if (order == NULL || order->told != 0)
            continue;
        order->second_at = site;
        struct ledger_order *reverse = order_of(lock, first, false);
        if (reverse == NULL || atomic_exchange(&order->told, 1) != 0)
            continue;
        reverse->told = 1;
        event_write((struct ledger_event){.kind = LEDGER_INVERSION,
                                          .fd = -1,
                                          .lock = lock,
                                          .taken_at = locks->held[i].taken_at,
                                          .site = site,
                                          .released_at = reverse->second_at,
                                          .point = -1});
    }
}

static void leave(struct ledger_held *held, int status)
{
    struct ledger *ledger = preload.ledger;
    held->point = self.last_point;
    held->left_ns = clock_now_ns();
    atomic_fetch_add_explicit(&ledger->locks_left, 1, memory_order_relaxed);
    event_write((struct ledger_event){.kind = LEDGER_LOCK_LEFT,
                                      .fd = -1,
                                      .lock = held->lock,
                                      .taken_at = held->taken_at,
                                      .point = self.last_point,
                                      .error = self.last_point >= 0 ? self.last_error : -status,
                                      .k = self.last_k});
}

void held_operation_ended(int status)
{
    struct ledger_locks *locks = self.locks;
    if (LIKELY(locks == NULL || locks->held_count == 0))
        return;
    for (uint32_t i = 0; i < locks->held_count; i++)
        if (locks->held[i].lock != 0 && locks->held[i].operation == self.operation &&
            locks->held[i].left_ns == 0)
            leave(&locks->held[i], status);
}

/* A robust mutex tells its next owner that the last one died: that is its purpose. */
static bool is_robust(const struct ledger_held *held)
{
    const pthread_mutex_t *mutex = (const pthread_mutex_t *)(uintptr_t)held->lock;
    return held->mode == LEDGER_LOCK_MUTEX && (mutex->__data.__kind & 16) != 0;
}

bool held_thread_ended(void)
{
    struct ledger_locks *locks = self.locks;
    bool any = false;
    for (uint32_t i = 0; locks != NULL && i < locks->held_count; i++) {
        struct ledger_held *held = &locks->held[i];
        if (held->lock == 0)
            continue;
        if (is_robust(held)) {
            held->lock = 0;
            continue;
        }
        any = true;
        if (held->left_ns == 0)
            leave(held, 0);
    }
    if (!any && locks != NULL) {
        locks->held_count = 0;
        locks->last_given = 0;
        locks->lost = 0;
    }
    self.locks = NULL;
    return any;
}

void exeunt_mark_transfer_lock(void *lock)
{
    struct ledger_locks *locks = held_record();
    struct ledger_held found;
    if (locks == NULL || !empty(locks, lock, &found))
        return;
    trim(locks);
    for (unsigned i = 0; i < LEDGER_TRANSFERRED_MAX; i++) {
        uint64_t nothing = 0;
        if (atomic_compare_exchange_strong(&preload.ledger->transferred[i], &nothing,
                                           (uint64_t)(uintptr_t)lock))
            return;
    }
}
