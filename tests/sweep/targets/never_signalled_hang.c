/* A producer that fails returns without saying so; the consumer waits for its signal for ever.
 * The word "done" must be said in the error path, too. */
#include <pthread.h>
#include <stdbool.h>
#include <sys/stat.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static bool done, failed;

static void *produce(void *path)
{
    struct stat found;
    bool bad = stat(path, &found) != 0; /* blamed */
#ifndef MENDED
    if (bad)
        return NULL;
#endif
    pthread_mutex_lock(&lock);
    failed = bad;
    done = true;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
    return NULL;
}

int main(void)
{
    pthread_t producer;
    if (pthread_create(&producer, NULL, produce, "one.txt") != 0)
        return 1;
    pthread_mutex_lock(&lock);
    while (!done)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    return pthread_join(producer, NULL) != 0 || failed;
}
