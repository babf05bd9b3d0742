/* Wrappers of what threads wait for one another with: mutexes, read-write locks, spin locks; condition
 * variables, barriers, semaphores. pthread functions return their error and leave errno alone.
 *
 * A thread says that it waits before it asks for a lock, also for one that is free: to look first, or to try,
 * would fetch a contended lock's cache line once more, and its holder would pay for it. */
#include "held.h"
#include "trace.h"
#include "wrap.h"

#include <pthread.h>
#include <semaphore.h>
#include <time.h>

/* Whether the lock is the caller's now: a robust mutex is, also when its last owner died. */
static inline bool is_taken(int result)
{
    return LIKELY(result == 0) || result == EOWNERDEAD;
}

/* A lock that was not waited for: no order is broken by it. */
static inline void took_by_try(struct ledger_locks *locks, const void *lock, enum ledger_lock_mode mode,
                               uintptr_t site)
{
    held_push(locks, lock, mode, site);
    if (UNLIKELY(preload.trace != NULL))
        trace_took(TRACE_LOCK, (uintptr_t)lock, site);
}

static inline void took(struct ledger_locks *locks, const void *lock, enum ledger_lock_mode mode,
                        uintptr_t site)
{
    if (UNLIKELY(locks->held_count > 0))
        held_in_order(locks, (uint64_t)(uintptr_t)lock, site);
    took_by_try(locks, lock, mode, site);
}

/* A call that takes a lock, waiting for as long as it takes. Who has it already is told at once if `answers`
 * says so: that is no wait. The ordinary way is that of a thread that holds no other lock; what is else
 * stands aside. */
#define LOCKING(point, mode, type, name, answers)                                                            \
    REAL(int, name, (type * lock), (lock))                                                                   \
    static __attribute__((noinline)) int else_##name(struct ledger_locks *locks, type *lock, int result,     \
                                                     uintptr_t site)                                         \
    {                                                                                                        \
        if (is_taken(result))                                                                                \
            took(locks, lock, mode, site);                                                                   \
        return result;                                                                                       \
    }                                                                                                        \
    static inline __attribute__((always_inline)) int ask_##name(struct ledger_locks *locks, type *lock,      \
                                                                uintptr_t site)                              \
    {                                                                                                        \
        if (UNLIKELY(answers(lock)))                                                                         \
            return real_##name(lock);                                                                        \
        held_wait(locks, lock, mode, site);                                                                  \
        int result = real_##name(lock);                                                                      \
        held_wait_over(locks);                                                                               \
        return result;                                                                                       \
    }                                                                                                        \
    static inline __attribute__((always_inline)) int take_##name(type *lock, uintptr_t site)                 \
    {                                                                                                        \
        struct ledger_locks *locks = held_record();                                                          \
        if (UNLIKELY(locks == NULL))                                                                         \
            return real_##name(lock);                                                                        \
        int result = ask_##name(locks, lock, site);                                                          \
        if (UNLIKELY(((uint32_t)result | locks->held_count) != 0))                                           \
            return else_##name(locks, lock, result, site);                                                   \
        held_put(locks, 0, lock, mode, site);                                                                \
        return 0;                                                                                            \
    }                                                                                                        \
    static __attribute__((noinline)) int decided_##name(type *lock, uintptr_t site)                          \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (fault_decide(point, site, SIZE_MAX, &fault))                                                     \
            return fault.error;                                                                              \
        struct ledger_locks *locks = preload.trace != NULL ? held_record() : NULL;                           \
        return locks != NULL ? else_##name(locks, lock, ask_##name(locks, lock, site), site)                 \
                             : take_##name(lock, site);                                                      \
    }                                                                                                        \
    static __attribute__((noinline)) int armed_##name(type *lock, uintptr_t site)                            \
    {                                                                                                        \
        return LIKELY(fault_passed(point)) ? take_##name(lock, site) : decided_##name(lock, site);           \
    }                                                                                                        \
    EXPORT int name(type *lock)                                                                              \
    {                                                                                                        \
        return fault_armed(point) ? armed_##name(lock, CALL_SITE) : take_##name(lock, CALL_SITE);            \
    }

/* A call that takes a lock or gives up at once. */
#define TRYING(point, mode, type, name)                                                                      \
    REAL(int, name, (type * lock), (lock))                                                                   \
    EXPORT int name(type *lock)                                                                              \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (IF_DUE(point, fault))                                                                            \
            return fault.error;                                                                              \
        int result = real_##name(lock);                                                                      \
        struct ledger_locks *locks = held_record();                                                          \
        if (is_taken(result) && locks != NULL)                                                               \
            took_by_try(locks, lock, mode, CALL_SITE);                                                       \
        return result;                                                                                       \
    }

/* A call that takes a lock or gives up in time: it waits, but not for ever. */
#define TIMING(point, mode, type, name, parameters, arguments)                                               \
    REAL(int, name, parameters, arguments)                                                                   \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (IF_DUE(point, fault))                                                                            \
            return fault.error;                                                                              \
        struct ledger_locks *locks = held_record();                                                          \
        if (UNLIKELY(locks == NULL))                                                                         \
            return real_##name arguments;                                                                    \
        held_wait(locks, lock, LEDGER_WAIT, CALL_SITE);                                                      \
        int result = real_##name arguments;                                                                  \
        held_wait_over(locks);                                                                               \
        if (is_taken(result))                                                                                \
            took(locks, lock, mode, CALL_SITE);                                                              \
        return result;                                                                                       \
    }

/* Noted before: afterwards another thread may have it already. */
#define UNLOCKING(type, name)                                                                                \
    REAL(int, name, (type * lock), (lock))                                                                   \
    EXPORT int name(type *lock)                                                                              \
    {                                                                                                        \
        held_give(lock, CALL_SITE);                                                                          \
        return real_##name(lock);                                                                            \
    }

#define DESTROYING(type, name)                                                                               \
    REAL(int, name, (type * lock), (lock))                                                                   \
    EXPORT int name(type *lock)                                                                              \
    {                                                                                                        \
        held_destroying(lock, CALL_SITE);                                                                    \
        int result = real_##name(lock);                                                                      \
        if (result == 0)                                                                                     \
            held_destroyed(lock);                                                                            \
        return result;                                                                                       \
    }

/* Whoever held what stood there before does not hold the new one. */
#define BEGINNING(type, name, how)                                                                           \
    REAL(int, name, (type * lock, how), (lock, attributes))                                                  \
    EXPORT int name(type *lock, how)                                                                         \
    {                                                                                                        \
        if (UNLIKELY(held_destroying((const void *)(uintptr_t)lock, CALL_SITE)))                             \
            held_destroyed((const void *)(uintptr_t)lock);                                                   \
        return real_##name(lock, attributes);                                                                \
    }

BEGINNING(pthread_mutex_t, pthread_mutex_init, const pthread_mutexattr_t *attributes)
BEGINNING(pthread_rwlock_t, pthread_rwlock_init, const pthread_rwlockattr_t *attributes)
BEGINNING(pthread_spinlock_t, pthread_spin_init, int attributes)

TRYING(POINT_MUTEX_TRYLOCK, LEDGER_LOCK_MUTEX, pthread_mutex_t, pthread_mutex_trylock)

static inline bool is_own(int thread)
{
    return self.record != NULL && thread == self.record->tid;
}

/* Recursive ones count, those that check refuse. */
static __attribute__((noinline)) bool special_mutex_answers(const pthread_mutex_t *lock, int type)
{
    return (type == PTHREAD_MUTEX_RECURSIVE || type == PTHREAD_MUTEX_ERRORCHECK) &&
           is_own(lock->__data.__owner);
}

static inline bool mutex_answers(const pthread_mutex_t *lock)
{
    int type = lock->__data.__kind & 3;
    return UNLIKELY(type != PTHREAD_MUTEX_NORMAL) && special_mutex_answers(lock, type);
}

static inline bool rwlock_answers(const pthread_rwlock_t *lock)
{
    return is_own(lock->__data.__cur_writer);
}

LOCKING(POINT_MUTEX_LOCK, LEDGER_LOCK_MUTEX, pthread_mutex_t, pthread_mutex_lock, mutex_answers)
TIMING(POINT_MUTEX_TIMEDLOCK, LEDGER_LOCK_MUTEX, pthread_mutex_t, pthread_mutex_timedlock,
       (pthread_mutex_t * lock, const struct timespec *end), (lock, end))
TIMING(POINT_MUTEX_TIMEDLOCK, LEDGER_LOCK_MUTEX, pthread_mutex_t, pthread_mutex_clocklock,
       (pthread_mutex_t * lock, clockid_t clock, const struct timespec *end), (lock, clock, end))
UNLOCKING(pthread_mutex_t, pthread_mutex_unlock)

/* A mutex that nobody has is known by its own word: no need to look through all threads. One that somebody
 * has is not destroyed, but refused with EBUSY, unless it is robust. */
REAL(int, pthread_mutex_destroy, (pthread_mutex_t * lock), (lock))
EXPORT int pthread_mutex_destroy(pthread_mutex_t *lock)
{
    bool held = lock->__data.__lock != 0;
    if (held)
        held_destroying(lock, CALL_SITE);
    int result = real_pthread_mutex_destroy(lock);
    if (held && result == 0)
        held_destroyed(lock);
    return result;
}

TRYING(POINT_RWLOCK_TRYRDLOCK, LEDGER_LOCK_READ, pthread_rwlock_t, pthread_rwlock_tryrdlock)
TRYING(POINT_RWLOCK_TRYWRLOCK, LEDGER_LOCK_WRITE, pthread_rwlock_t, pthread_rwlock_trywrlock)
LOCKING(POINT_RWLOCK_RDLOCK, LEDGER_LOCK_READ, pthread_rwlock_t, pthread_rwlock_rdlock, rwlock_answers)
LOCKING(POINT_RWLOCK_WRLOCK, LEDGER_LOCK_WRITE, pthread_rwlock_t, pthread_rwlock_wrlock, rwlock_answers)
TIMING(POINT_RWLOCK_TIMED, LEDGER_LOCK_READ, pthread_rwlock_t, pthread_rwlock_timedrdlock,
       (pthread_rwlock_t * lock, const struct timespec *end), (lock, end))
TIMING(POINT_RWLOCK_TIMED, LEDGER_LOCK_WRITE, pthread_rwlock_t, pthread_rwlock_timedwrlock,
       (pthread_rwlock_t * lock, const struct timespec *end), (lock, end))
TIMING(POINT_RWLOCK_TIMED, LEDGER_LOCK_READ, pthread_rwlock_t, pthread_rwlock_clockrdlock,
       (pthread_rwlock_t * lock, clockid_t clock, const struct timespec *end), (lock, clock, end))
TIMING(POINT_RWLOCK_TIMED, LEDGER_LOCK_WRITE, pthread_rwlock_t, pthread_rwlock_clockwrlock,
       (pthread_rwlock_t * lock, clockid_t clock, const struct timespec *end), (lock, clock, end))
UNLOCKING(pthread_rwlock_t, pthread_rwlock_unlock)
DESTROYING(pthread_rwlock_t, pthread_rwlock_destroy)

/* Spin locks are words; the pointer is volatile in their functions. */
#define SPINNING(pointer) ((const void *)(uintptr_t)(pointer))
REAL(int, pthread_spin_trylock, (pthread_spinlock_t * lock), (lock))
EXPORT int pthread_spin_trylock(pthread_spinlock_t *lock)
{
    int result = real_pthread_spin_trylock(lock);
    struct ledger_locks *locks = held_record();
    if (result == 0 && locks != NULL)
        took_by_try(locks, SPINNING(lock), LEDGER_LOCK_SPIN, CALL_SITE);
    return result;
}

REAL(int, pthread_spin_lock, (pthread_spinlock_t * lock), (lock))
EXPORT int pthread_spin_lock(pthread_spinlock_t *lock)
{
    struct ledger_locks *locks = held_record();
    if (UNLIKELY(locks == NULL))
        return real_pthread_spin_lock(lock);
    held_wait(locks, SPINNING(lock), LEDGER_LOCK_SPIN, CALL_SITE);
    int result = real_pthread_spin_lock(lock);
    held_wait_over(locks);
    if (result == 0)
        took(locks, SPINNING(lock), LEDGER_LOCK_SPIN, CALL_SITE);
    return result;
}

REAL(int, pthread_spin_unlock, (pthread_spinlock_t * lock), (lock))
EXPORT int pthread_spin_unlock(pthread_spinlock_t *lock)
{
    held_give(SPINNING(lock), CALL_SITE);
    return real_pthread_spin_unlock(lock);
}

/* A wait on a condition variable gives the mutex back and takes it again, also when the thread is cancelled
 * in it: the C library's own cleanup does that before ours is run. It stays whose it was. A mutex that
 * refuses the wait was not held and is not afterwards. */
struct cond_wait {
    struct ledger_locks *locks;
    const void *mutex;
    uint64_t taken_at, operation;
    int result; /* 0 if it is cancelled */
};

static inline void cond_wait_over(struct cond_wait *wait)
{
    if (wait->locks == NULL)
        return;
    held_wait_over(wait->locks);
    if (wait->result != EPERM && wait->result != ENOTRECOVERABLE)
        held_again(wait->locks, wait->mutex, wait->taken_at, wait->operation);
}

static inline struct cond_wait cond_wait_begin(const void *condition, const void *mutex, uintptr_t site)
{
    struct cond_wait wait = {.locks = held_record(), .mutex = mutex, .taken_at = site};
    if (wait.locks == NULL)
        return wait;
    wait.operation = self.operation;
    held_pause(wait.locks, mutex, &wait.taken_at, &wait.operation);
    held_wait(wait.locks, condition, LEDGER_WAIT, site_of(site));
    return wait;
}

#define COND_WAITING(name, parameters, arguments)                                                            \
    REAL(int, name, parameters, arguments)                                                                   \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        struct cond_wait wait __attribute__((cleanup(cond_wait_over), unused)) =                             \
            cond_wait_begin(condition, mutex, CALL_SITE);                                                    \
        wait.result = real_##name arguments;                                                                 \
        return wait.result;                                                                                  \
    }

COND_WAITING(pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t *mutex), (condition, mutex))
COND_WAITING(pthread_cond_timedwait,
             (pthread_cond_t * condition, pthread_mutex_t *mutex, const struct timespec *end),
             (condition, mutex, end))
COND_WAITING(pthread_cond_clockwait,
             (pthread_cond_t * condition, pthread_mutex_t *mutex, clockid_t clock,
              const struct timespec *end),
             (condition, mutex, clock, end))

/* Waits for what nobody holds. */
#define PLAIN_WAITING(name, parameters, arguments, on)                                                       \
    REAL(int, name, parameters, arguments)                                                                   \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        struct ledger_locks *locks __attribute__((cleanup(plain_wait_over), unused)) =                       \
            plain_wait(on, CALL_SITE);                                                                       \
        return real_##name arguments;                                                                        \
    }

PLAIN_WAITING(pthread_barrier_wait, (pthread_barrier_t * barrier), (barrier), barrier)

/* Semaphores set errno, and can be interrupted. */
#define SEMAPHORE_WAITING(point, name, parameters, arguments)                                                \
    REAL(int, name, parameters, arguments)                                                                   \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (IF_DUE(point, fault))                                                                            \
            return failed(fault.error);                                                                      \
        struct ledger_locks *locks __attribute__((cleanup(plain_wait_over), unused)) =                       \
            plain_wait(semaphore, CALL_SITE);                                                                \
        return real_##name arguments;                                                                        \
    }

SEMAPHORE_WAITING(POINT_SEM_WAIT, sem_wait, (sem_t * semaphore), (semaphore))
SEMAPHORE_WAITING(POINT_SEM_TIMEDWAIT, sem_timedwait, (sem_t * semaphore, const struct timespec *end),
                  (semaphore, end))
SEMAPHORE_WAITING(POINT_SEM_TIMEDWAIT, sem_clockwait,
                  (sem_t * semaphore, clockid_t clock, const struct timespec *end), (semaphore, clock, end))
