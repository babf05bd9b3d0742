/* The story's transaction, generator style: one function takes the lock, runs the block, and lets go. */
#include <exeunt/scope.h>

static int unlock(pthread_mutex_t *mutex)
{
    int code = exeunt_mutex_release(mutex);
    if (mutex)
        puts("Lock released");
    return code;
}
EXEUNT_DEFINE_GUARD(lock, pthread_mutex_t *, NULL, unlock);

static int locked(struct exeunt_yield *yield, void *mutex)
{
    EXEUNT_GUARD(lock, held, exeunt_mutex_lock(mutex));
    if (!held)
        return -errno;
    puts("Lock acquired");
    exeunt_yield(yield);
    return 0;
}

static int transaction(void *arg)
{
    (void)arg;
    puts("Running transaction...");
    exeunt_throw(-ECONNRESET, "Database connection dropped");
}

int main(void)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    EXEUNT_TRY(failure)
    {
        exeunt_with_generator(locked, &mutex, transaction, NULL);
    }
    EXEUNT_CATCH(failure)
    {
        puts("Handled runtime error outside context");
    }
    return pthread_mutex_trylock(&mutex) == 0 ? 0 : 1;
}
