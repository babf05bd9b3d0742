/* A worker thread that returns when its job's file cannot be read. Its stack goes, its descriptors stay.
 * A pool that starts a new thread for each job loses one each time. */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

static void *work(void *path)
{
    char text[64];
    int fd = open(path, O_RDONLY | O_CLOEXEC); /* blamed */
    if (fd < 0)
        return (void *)1;
    if (read(fd, text, sizeof text) < 0) {
#ifdef MENDED
        close(fd);
#endif
        return (void *)1;
    }
    return (void *)(intptr_t)(close(fd) != 0);
}

int main(void)
{
    pthread_t worker;
    void *failed;
    if (pthread_create(&worker, NULL, work, "one.txt") != 0 || pthread_join(worker, &failed) != 0)
        return 1;
    return failed != NULL;
}
