/* A mutex held over a file access that can fail, with a return in between.
 * In a program with one thread it stays unseen for years. */
#include <pthread.h>
#include <sys/stat.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static off_t known_size;

static int refresh(const char *path)
{
    struct stat found;
    pthread_mutex_lock(&lock); /* blamed */
    if (stat(path, &found) != 0) {
#ifdef MENDED
        pthread_mutex_unlock(&lock);
#endif
        return -1;
    }
    known_size = found.st_size;
    pthread_mutex_unlock(&lock);
    return 0;
}

int main(void)
{
    return refresh("one.txt") != 0;
}
