/* A socket pair whose second end is closed "by the other side", which does so only once it has read.
 * When the message cannot be sent, nobody closes it. */
#include <sys/socket.h>
#include <unistd.h>

static int receive(int fd)
{
    char byte;
    int failed = recv(fd, &byte, 1, 0) != 1;
    return close(fd) | failed;
}

static int talk(void)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) /* blamed */
        return -1;
    if (send(ends[0], "x", 1, MSG_NOSIGNAL) != 1) {
        close(ends[0]);
#ifdef MENDED
        close(ends[1]);
#endif
        return -1;
    }
    int failed = receive(ends[1]);
    return close(ends[0]) | failed;
}

int main(void)
{
    return talk() != 0;
}
