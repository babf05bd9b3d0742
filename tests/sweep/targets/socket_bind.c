/* A server's socket whose name is taken: the error is reported, the socket forgotten.
 * A service that tries again every second runs out of descriptors. */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int listen_at(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); /* blamed */
    if (fd < 0)
        return -1;
    if (bind(fd, (struct sockaddr *)&name, sizeof name) != 0) {
#ifdef MENDED
        close(fd);
#endif
        return -1;
    }
    int failed = listen(fd, 8);
    failed |= unlink(path);
    return close(fd) | failed;
}

int main(void)
{
    return listen_at("service.sock") != 0;
}
