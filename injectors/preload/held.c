/* Decides what is news about locks: left held, given back by another thread or twice, destroyed while held,
 * taken in two orders. */
#include "held.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "exeunt/mark.h"
#include "trace.h"

EXPORT void exeunt_mark_transfer_lock(void *lock);

struct ledger_locks *held_begin(void)
{
    struct ledger *ledger = preload.ledger;
    if (ledger == NULL || self.bypass != 0 || self.end_rounds >= PTHREAD_DESTRUCTOR_ITERATIONS)
        return NULL; /* the thread's last destructors are no longer watched: nobody would free a new record */
    struct ledger_thread *record = thread_record();
    if (record == NULL)
        return NULL;
    struct ledger_locks *locks = &ledger->locks[record - ledger->threads];
    if (preload.trace == NULL)
        self.locks = locks;
    return locks;
}

/* The thread's part of the ledger, if it has one by now. */
static struct ledger_locks *own_locks(void)
{
    struct ledger *ledger = preload.ledger;
    return ledger != NULL && self.record != NULL ? &ledger->locks[self.record - ledger->threads] : NULL;
}

void held_give_aside(const void *lock, uintptr_t site)
{
    struct ledger_locks *locks = held_begin();
    if (locks == NULL)
        return;
    trace_gave(TRACE_LOCK, (uintptr_t)lock);
    held_pop(locks, lock, site);
}

void held_push_aside(struct ledger_locks *locks, const void *lock, enum ledger_lock_mode mode, uintptr_t site)
{
    for (unsigned i = 0; i < LEDGER_HELD_MAX; i++)
        if (locks->held[i].lock == 0) {
            held_put(locks, i, lock, mode, site);
            atomic_store_explicit(&locks->held_count, LEDGER_HELD_MAX, memory_order_release);
            return;
        }
    atomic_fetch_add_explicit(&locks->lost, 1, memory_order_relaxed);
}

static void tell(enum ledger_event_kind kind, const void *lock, uint64_t taken_at, uintptr_t site)
{
    event_write((struct ledger_event){.kind = kind,
                                      .fd = -1,
                                      .lock = (uint64_t)(uintptr_t)lock,
                                      .taken_at = taken_at,
                                      .site = site_of(site),
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

/* The latest place that holds the lock, or NULL. */
static struct ledger_held *find(struct ledger_locks *locks, const void *lock)
{
    for (uint32_t i = locks->held_count; i > 0; i--)
        if (i <= LEDGER_HELD_MAX && locks->held[i - 1].lock == (uint64_t)(uintptr_t)lock)
            return &locks->held[i - 1];
    return NULL;
}

/* Empties that place, unless another thread did in the meantime. */
static bool empty(struct ledger_locks *locks, const void *lock, struct ledger_held *out)
{
    struct ledger_held *held = find(locks, lock);
    uint64_t wanted = (uint64_t)(uintptr_t)lock;
    if (held == NULL)
        return false;
    memcpy(out, held, sizeof *out);
    return atomic_compare_exchange_strong(&held->lock, &wanted, 0);
}

/* The locks of whichever thread has this one, or NULL. */
static struct ledger_locks *holder_of(const void *lock)
{
    struct ledger *ledger = preload.ledger;
    for (uint32_t i = 0; i < ledger->thread_count && i < LEDGER_THREADS_MAX; i++)
        if (find(&ledger->locks[i], lock) != NULL)
            return &ledger->locks[i];
    return NULL;
}

/* Takes the lock off whatever other thread has it. */
static bool empty_anywhere(const void *lock, struct ledger_held *out)
{
    struct ledger_locks *holder = holder_of(lock);
    return holder != NULL && empty(holder, lock, out);
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

void held_pause(struct ledger_locks *locks, const void *mutex, uint64_t *taken_at, uint64_t *operation)
{
    struct ledger_held found;
    if (!empty(locks, mutex, &found))
        return;
    trim(locks);
    *taken_at = found.taken_at;
    *operation = found.operation;
}

void held_again(struct ledger_locks *locks, const void *mutex, uint64_t taken_at, uint64_t operation)
{
    held_push(locks, mutex, LEDGER_LOCK_MUTEX, taken_at);
    struct ledger_held *held = find(locks, mutex);
    if (held != NULL)
        held->operation = operation;
}

bool held_destroying(const void *lock, uintptr_t site)
{
    if (preload.ledger == NULL || self.bypass != 0 || preload.is_followed)
        return false; /* a forked child does away with copies of its parent's */
    struct ledger_locks *holder = holder_of(lock);
    struct ledger_held *held = holder != NULL ? find(holder, lock) : NULL;
    if (held != NULL)
        tell(LEDGER_HELD_DESTROYED, lock, held->taken_at, site);
    return held != NULL;
}

void held_destroyed(const void *lock)
{
    struct ledger_held found;
    while (preload.ledger != NULL && self.bypass == 0 && !preload.is_followed && empty_anywhere(lock, &found))
        trace_gave(TRACE_LOCK, (uintptr_t)lock);
}

/* The place of a pair in the table of orders; NULL if it is full. Entered if it is new. */
static struct ledger_order *order_of(uint64_t first, uint64_t second, bool enter)
{
    struct ledger *ledger = preload.ledger;
    uint64_t hash =
        hash_add(hash_add(0, first), second) | 1; /* hash_mix(first) would make both orders equal */
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
        if (order->second_at == 0) /* not written again: others' locks would pay for it */
            order->second_at = site_of(site);
        struct ledger_order *reverse = order_of(lock, first, false);
        if (reverse == NULL || atomic_exchange(&order->told, 1) != 0)
            continue;
        reverse->told = 1;
        event_write((struct ledger_event){.kind = LEDGER_INVERSION,
                                          .fd = -1,
                                          .lock = lock,
                                          .taken_at = site_of(site),
                                          .site = reverse->second_at,
                                          .point = -1});
    }
}

static void leave(struct ledger_held *held, int status)
{
    struct ledger *ledger = preload.ledger;
    held->point = self.last_point;
    held->left_ns = clock_now_ns();
    atomic_fetch_add_explicit(&ledger->locks_left, 1, memory_order_relaxed);
    if (ledger->stop_if_lock_left != 0)
        ledger->stop = 1;
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
    struct ledger_locks *locks = own_locks();
    if (LIKELY(locks == NULL || locks->held_count == 0))
        return;
    for (uint32_t i = 0; i < locks->held_count; i++)
        if (locks->held[i].lock != 0 && locks->held[i].operation == self.operation &&
            locks->held[i].left_ns == 0)
            leave(&locks->held[i], status);
}

/* A robust mutex tells its next owner that the last one died: that is its purpose. The memory of a lock that
 * was left may be gone: the kernel reads it for us. */
static bool is_robust(const struct ledger_held *held)
{
    enum { ROBUST = 16 }; /* of glibc's kinds */
    const pthread_mutex_t *mutex = (const pthread_mutex_t *)(uintptr_t)held->lock;
    int kind = 0;
    struct iovec here = {&kind, sizeof kind}, there = {(void *)(uintptr_t)&mutex->__data.__kind, sizeof kind};
    return held->mode == LEDGER_LOCK_MUTEX &&
           syscall(SYS_process_vm_readv, getpid(), &here, 1L, &there, 1L, 0L) == (long)sizeof kind &&
           (kind & ROBUST) != 0;
}

bool held_thread_ended(void)
{
    struct ledger_locks *locks = own_locks();
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
    if (locks != NULL)
        held_wait_over(locks); /* a signal's handler may have ended it in a wait */
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
