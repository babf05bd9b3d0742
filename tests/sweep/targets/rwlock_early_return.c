/* A read-write lock taken for writing; the error path of the update returns with it.
 * Every later reader would wait. */
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int generation;

static int update(int fd)
{
    pthread_rwlock_wrlock(&lock); /* blamed */
    if (lseek(fd, 0, SEEK_SET) != 0 || pread(fd, &generation, 1, 0) != 1) {
#ifdef MENDED
        pthread_rwlock_unlock(&lock);
#endif
        return -1;
    }
    pthread_rwlock_unlock(&lock);
    return 0;
}

int main(void)
{
    int fd = open("one.txt", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 1;
    int failed = update(fd);
    return (close(fd) | failed) != 0;
}
