/* Decides when a lock is held: whenever the call says so, and when a robust mutex is inherited from an owner
 * that died. Everything else is a failure to acquire, told by NULL and errno. */
#include "exeunt/scope.h"

static pthread_mutex_t *held_mutex(pthread_mutex_t *mutex, int error)
{
    if (error)
        errno = error;
    return error == 0 || error == EOWNERDEAD ? mutex : NULL;
}

pthread_mutex_t *exeunt_mutex_lock(pthread_mutex_t *mutex)
{
    return held_mutex(mutex, pthread_mutex_lock(mutex));
}

pthread_mutex_t *exeunt_mutex_trylock(pthread_mutex_t *mutex)
{
    return held_mutex(mutex, pthread_mutex_trylock(mutex));
}

int exeunt_mutex_release(pthread_mutex_t *mutex)
{
    return mutex ? -pthread_mutex_unlock(mutex) : 0;
}

static pthread_rwlock_t *held_rwlock(pthread_rwlock_t *lock, int error)
{
    if (error)
        errno = error;
    return error ? NULL : lock;
}

pthread_rwlock_t *exeunt_rwlock_read(pthread_rwlock_t *lock)
{
    return held_rwlock(lock, pthread_rwlock_rdlock(lock));
}

pthread_rwlock_t *exeunt_rwlock_write(pthread_rwlock_t *lock)
{
    return held_rwlock(lock, pthread_rwlock_wrlock(lock));
}

pthread_rwlock_t *exeunt_rwlock_tryread(pthread_rwlock_t *lock)
{
    return held_rwlock(lock, pthread_rwlock_tryrdlock(lock));
}

pthread_rwlock_t *exeunt_rwlock_trywrite(pthread_rwlock_t *lock)
{
    return held_rwlock(lock, pthread_rwlock_trywrlock(lock));
}

int exeunt_rwlock_release(pthread_rwlock_t *lock)
{
    return lock ? -pthread_rwlock_unlock(lock) : 0;
}
