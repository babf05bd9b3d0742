/* Near miss: a descriptor is handed to a thread, which closes it on all of its ways.
 * Taker and releaser are two threads; no frame owns it. */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

static void *serve(void *argument)
{
    char text[64];
    int fd = (int)(intptr_t)argument;
    int failed = read(fd, text, sizeof text) < 0;
    return (void *)(intptr_t)((close(fd) | failed) != 0);
}

static int start(pthread_t *server)
{
    int fd = open("one.txt", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    if (pthread_create(server, NULL, serve, (void *)(intptr_t)fd) == 0)
        return 0;
    close(fd);
    return -1;
}

int main(void)
{
    pthread_t server;
    void *failed;
    if (start(&server) != 0 || pthread_join(server, &failed) != 0)
        return 1;
    return failed != NULL;
}
