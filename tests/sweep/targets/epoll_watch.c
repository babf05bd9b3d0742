/* An event loop that cannot add its first descriptor returns without closing the epoll set.
 * The descriptor to be watched is closed: one forgets the set that one never sees. */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int watch(int fd)
{
    struct epoll_event event = {.events = EPOLLIN};
    int set = epoll_create1(EPOLL_CLOEXEC); /* blamed */
    if (set < 0)
        return -1;
    if (epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) != 0) {
#ifdef MENDED
        close(set);
#endif
        return -1;
    }
    int failed = epoll_wait(set, &event, 1, 0) != 1;
    return close(set) | failed;
}

int main(void)
{
    int fd = eventfd(1, EFD_CLOEXEC);
    if (fd < 0)
        return 1;
    int failed = watch(fd);
    return (close(fd) | failed) != 0;
}
