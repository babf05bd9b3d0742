/* An early return keeps the mutex, and the next call of the same thread waits for it for ever.
 * With one file that cannot be read, the program stands still at the second. */
#include <pthread.h>
#include <sys/stat.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static off_t total;

static int add(const char *path)
{
    struct stat found;
    pthread_mutex_lock(&lock);
    if (stat(path, &found) != 0) { /* blamed */
#ifdef MENDED
        pthread_mutex_unlock(&lock);
#endif
        return 1;
    }
    total += found.st_size;
    pthread_mutex_unlock(&lock);
    return 0;
}

int main(void)
{
    int failed = add("one.txt");
    return add("two.txt") != 0 || failed;
}
