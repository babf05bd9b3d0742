/* Locks and semaphores. The pthread functions return their error and leave errno alone. */
#include <time.h>

#include "calls.h"

static const struct timespec *in_time(clockid_t clock)
{
    static struct timespec end;
    clock_gettime(clock, &end);
    end.tv_sec += 100;
    return &end;
}

RETURNS(pthread_mutex_lock, pthread_mutex_lock(&f->mutex))
RETURNS(pthread_mutex_trylock, pthread_mutex_trylock(&f->mutex))
RETURNS(pthread_mutex_timedlock, pthread_mutex_timedlock(&f->mutex, in_time(CLOCK_REALTIME)))
RETURNS(pthread_mutex_clocklock,
        pthread_mutex_clocklock(&f->mutex, CLOCK_MONOTONIC, in_time(CLOCK_MONOTONIC)))
RETURNS(pthread_rwlock_rdlock, pthread_rwlock_rdlock(&f->rwlock))
RETURNS(pthread_rwlock_wrlock, pthread_rwlock_wrlock(&f->rwlock))
RETURNS(pthread_rwlock_tryrdlock, pthread_rwlock_tryrdlock(&f->rwlock))
RETURNS(pthread_rwlock_trywrlock, pthread_rwlock_trywrlock(&f->rwlock))
RETURNS(pthread_rwlock_timedrdlock, pthread_rwlock_timedrdlock(&f->rwlock, in_time(CLOCK_REALTIME)))
RETURNS(pthread_rwlock_timedwrlock, pthread_rwlock_timedwrlock(&f->rwlock, in_time(CLOCK_REALTIME)))
RETURNS(pthread_rwlock_clockrdlock,
        pthread_rwlock_clockrdlock(&f->rwlock, CLOCK_MONOTONIC, in_time(CLOCK_MONOTONIC)))
RETURNS(pthread_rwlock_clockwrlock,
        pthread_rwlock_clockwrlock(&f->rwlock, CLOCK_MONOTONIC, in_time(CLOCK_MONOTONIC)))
CALL(sem_wait, sem_wait(&f->semaphore))
CALL(sem_timedwait, sem_timedwait(&f->semaphore, in_time(CLOCK_REALTIME)))
CALL(sem_clockwait, sem_clockwait(&f->semaphore, CLOCK_MONOTONIC, in_time(CLOCK_MONOTONIC)))

const struct function lock_calls[] = {
    CHANGING(pthread_mutex_lock),
    CHANGING(pthread_mutex_trylock),
    CHANGING(pthread_mutex_timedlock),
    CHANGING(pthread_mutex_clocklock),
    CHANGING(pthread_rwlock_rdlock),
    CHANGING(pthread_rwlock_wrlock),
    CHANGING(pthread_rwlock_tryrdlock),
    CHANGING(pthread_rwlock_trywrlock),
    CHANGING(pthread_rwlock_timedrdlock),
    CHANGING(pthread_rwlock_timedwrlock),
    CHANGING(pthread_rwlock_clockrdlock),
    CHANGING(pthread_rwlock_clockwrlock),
    CHANGING(sem_wait),
    CHANGING(sem_timedwait),
    CHANGING(sem_clockwait),
    {NULL, NULL, LEAVES},
};
