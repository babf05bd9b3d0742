/* Two threads meet at a barrier. When the second cannot be started, the first waits for it all the same.
 * pthread_create fails when there are too many threads: the more load, the likelier. */
#include <pthread.h>
#include <stddef.h>

static pthread_barrier_t barrier;

static void *meet(void *unused)
{
    pthread_barrier_wait(&barrier);
    return unused;
}

int main(void)
{
    pthread_t other;
    pthread_barrier_init(&barrier, NULL, 2);
    int failed = pthread_create(&other, NULL, meet, NULL); /* blamed */
#ifdef MENDED
    if (failed)
        return 1;
#endif
    meet(NULL);
    return failed != 0 || pthread_join(other, NULL) != 0;
}
