/* An allocation under a spin lock, and a return with it when there is no memory.
 * The next thread would spin for ever. */
#include <pthread.h>
#include <stdlib.h>

static pthread_spinlock_t lock;
static char *shared;

static int fill(void)
{
    pthread_spin_lock(&lock); /* blamed */
    shared = malloc(32);
    if (shared == NULL) {
#ifdef MENDED
        pthread_spin_unlock(&lock);
#endif
        return -1;
    }
    shared[0] = 'x';
    pthread_spin_unlock(&lock);
    return 0;
}

static int use(void)
{
    if (fill() != 0)
        return -1;
    free(shared);
    return 0;
}

int main(void)
{
    pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
    return use() != 0;
}
