/* The story's transaction, class style: a lock that says when it comes and goes. */
#include <exeunt/scope.h>

static int acquire(void *lock)
{
    int error = pthread_mutex_lock(lock);
    if (error == 0)
        puts("Lock acquired");
    return -error;
}

static int release(void *lock, const struct exeunt_failure *failure)
{
    (void)failure;
    int error = pthread_mutex_unlock(lock);
    puts("Lock released");
    return -error;
}

int main(void)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    struct exeunt_context lock = {"lock", acquire, release, &mutex};
    EXEUNT_TRY(failure)
    {
        EXEUNT_WITH(&lock)
        {
            puts("Running transaction...");
            exeunt_throw(-ECONNRESET, "Database connection dropped");
        }
    }
    EXEUNT_CATCH(failure)
    {
        puts("Handled runtime error outside context");
    }
    return pthread_mutex_trylock(&mutex) == 0 ? 0 : 1;
}
