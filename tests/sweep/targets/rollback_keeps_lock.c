/* A journal is cut back when a write to it fails. If that fails as well, the function returns with the mutex.
 * Errors in error paths are the least tested code there is. */
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int append(int fd)
{
    pthread_mutex_lock(&lock); /* blamed */
    int failed = write(fd, "line\n", 5) != 5;
    if (failed && ftruncate(fd, 0) != 0) {
#ifdef MENDED
        pthread_mutex_unlock(&lock);
#endif
        return -1;
    }
    pthread_mutex_unlock(&lock);
    return failed;
}

int main(void)
{
    int fd = open("journal", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0)
        return 1;
    int failed = append(fd);
    return (close(fd) | failed) != 0;
}
