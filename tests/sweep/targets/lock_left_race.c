/* Workers that return with the mutex held. Whether another one comes to wait for it hangs on who is faster:
 * the run stands still, or ends. Either way, it is the lock that was left. */
#include <pthread.h>
#include <stdint.h>
#include <sys/stat.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static off_t total;

static void *add(void *path)
{
    struct stat found;
    pthread_mutex_lock(&lock); /* blamed */
    if (stat(path, &found) != 0) {
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
    static char *const paths[] = {"one.txt", "two.txt"};
    pthread_t workers[2];
    intptr_t failed = 0;
    int started = 0;
    while (started < 2 && pthread_create(&workers[started], NULL, add, paths[started]) == 0)
        started++;
    for (int i = 0; i < started; i++) {
        void *result;
        failed |= pthread_join(workers[i], &result) != 0 || result != NULL;
    }
    return started < 2 || failed != 0;
}
