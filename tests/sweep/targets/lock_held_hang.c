/* A worker returns with the mutex held; the main thread wants it next and waits for ever.
 * The classic end of an early return in threaded code. */
#include <pthread.h>
#include <stdint.h>
#include <sys/stat.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static off_t total;

static void *add(void *path)
{
    struct stat found;
    pthread_mutex_lock(&lock);
    if (stat(path, &found) != 0) { /* blamed */
#ifdef MENDED
        pthread_mutex_unlock(&lock);
#endif
        return (void *)1;
    }
    total += found.st_size;
    pthread_mutex_unlock(&lock);
    return NULL;
}

int main(void)
{
    pthread_t worker;
    void *failed;
    if (pthread_create(&worker, NULL, add, "one.txt") != 0 || pthread_join(worker, &failed) != 0)
        return 1;
    return add("two.txt") != NULL || failed != NULL;
}
