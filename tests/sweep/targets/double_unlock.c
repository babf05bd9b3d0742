/* The error path unlocks and leaves the loop, and behind the loop it is unlocked again.
 * The second unlock lets a third thread into a second one's section. */
#include <pthread.h>
#include <sys/stat.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int sum_sizes(const char *const *paths, int count, off_t *sum)
{
    int failed = 0;
    pthread_mutex_lock(&lock); /* blamed */
    for (int i = 0; i < count && !failed; i++) {
        struct stat found;
        if (stat(paths[i], &found) != 0) {
            failed = -1;
#ifndef MENDED
            pthread_mutex_unlock(&lock);
#endif
            break;
        }
        *sum += found.st_size;
    }
    pthread_mutex_unlock(&lock); /* blamed */
    return failed;
}

int main(void)
{
    static const char *const paths[] = {"one.txt", "two.txt"};
    off_t sum = 0;
    return sum_sizes(paths, 2, &sum) != 0;
}
