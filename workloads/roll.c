/* Keeps the sockets in an epoll, whose content the kernel tells. */
#include "roll.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "exeunt/scope.h"

int roll_open(struct roll *out)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0)
        return -errno;
    out->epoll = epoll;
    out->sessions = 0;
    return 0;
}

void roll_close(struct roll *roll)
{
    if (roll->epoll >= 0)
        close(roll->epoll);
    roll->epoll = -1;
}

int roll_add(struct roll *roll, int socket, uint64_t number)
{
    struct epoll_event event = {.events = EPOLLRDHUP, .data.u64 = number};
    return epoll_ctl(roll->epoll, EPOLL_CTL_ADD, socket, &event) == 0 ? 0 : -errno;
}

int roll_remove(struct roll *roll, int socket)
{
    return epoll_ctl(roll->epoll, EPOLL_CTL_DEL, socket, NULL) == 0 ? 0 : -errno;
}

/* One line of the kernel's notes of the epoll each. */
static uint64_t sockets(const struct roll *roll)
{
    char path[64], line[256];
    uint64_t count = 0;
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", roll->epoll);
    EXEUNT_GUARD(file, notes, fopen(path, "re"));
    while (notes != NULL && fgets(line, sizeof line, notes) != NULL)
        count += strncmp(line, "tfd:", 4) == 0;
    return count;
}

uint64_t roll_ghosts(const struct roll *roll)
{
    uint64_t counted = roll->sessions, there = sockets(roll);
    return counted > there ? counted - there : 0;
}
