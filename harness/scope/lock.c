/* Decides when a lock is held: whenever the call says so, and when a robust mutex is inherited from an owner
 * that died. Everything else is a failure to acquire, told by NULL and errno. */
#include "exeunt/scope.h"

pthread_mutex_t *exeunt_mutex_held(pthread_mutex_t *mutex, int error)
{
    if (error)
        errno = error;
    return error == 0 || error == EOWNERDEAD ? mutex : NULL;
}

int exeunt_mutex_release(pthread_mutex_t *mutex)
{
    return mutex ? -pthread_mutex_unlock(mutex) : 0;
}

pthread_rwlock_t *exeunt_rwlock_held(pthread_rwlock_t *lock, int error)
{
    if (error)
        errno = error;
    return error ? NULL : lock;
}

int exeunt_rwlock_release(pthread_rwlock_t *lock)
{
    return lock ? -pthread_rwlock_unlock(lock) : 0;
}
