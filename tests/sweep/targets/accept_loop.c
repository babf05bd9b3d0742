/* A server that goes on with the next client when one connection breaks, and never closes the broken one.
 * Each bad client costs a descriptor, until nobody can connect. */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "loop.sock"};

/* The client's part, in the same process: it sends one byte and hangs up. */
static int call_in(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int failed =
        connect(fd, (struct sockaddr *)&name, sizeof name) != 0 || send(fd, "x", 1, MSG_NOSIGNAL) != 1;
    return close(fd) | failed;
}

static int serve(int listener, int clients)
{
    int bad = 0;
    for (int i = 0; i < clients; i++) {
        char byte;
        if (call_in() != 0)
            return -1;
        int fd = accept(listener, NULL, NULL); /* blamed */
        if (fd < 0)
            return -1;
        if (recv(fd, &byte, 1, 0) != 1) {
            bad++;
#ifdef MENDED
            close(fd);
#endif
            continue;
        }
        bad += close(fd) != 0;
    }
    return bad;
}

int main(void)
{
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&name, sizeof name) != 0)
        return 1;
    int bad = listen(listener, 8) != 0 ? -1 : serve(listener, 3);
    bad |= unlink(name.sun_path);
    return (close(listener) | bad) != 0;
}
