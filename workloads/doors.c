/* Opens the doors, and says what is in the way. */
#include "doors.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "exeunt/scope.h"
#include "protocol.h"
#include "reason.h"

enum { QUEUE_LENGTH = 64 };

static const struct doors closed = {.tcp = -1, .local = -1, .epoll = -1};

static int doors_release(struct doors doors)
{
    doors_close(&doors);
    return 0;
}
EXEUNT_DEFINE_GUARD(doors, struct doors, closed, doors_release);

/* Returns the socket, or -1 with errno. */
static int listen_at(int family, const struct sockaddr *address, socklen_t length)
{
    EXEUNT_GUARD(fd, door, socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    if (door < 0)
        return -1;
    /* Old connections of the same port are no obstacle; and nobody waits for a small rest of an answer. What
     * is accepted inherits the latter. */
    if (family != AF_UNIX && (setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
                              setsockopt(door, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0))
        return -1;
    if (bind(door, address, length) != 0 || listen(door, QUEUE_LENGTH) != 0)
        return -1;
    return EXEUNT_TAKE(fd, door);
}

static int say_why_not(const struct doors_options *options, int error, struct exeunt_reason *reason)
{
    const char *host = options->ipv6 ? "[::1]" : "127.0.0.1";
    if (options->ipv6 && (error == EAFNOSUPPORT || error == EADDRNOTAVAIL))
        return explain(reason, -error,
                       "this system has no IPv6 (cannot listen on [::1]: %s): leave out "
                       "'--set ipv6=1'",
                       strerror(error));
    if (error == EADDRINUSE)
        return explain(reason, -error,
                       "port %u of %s is in use: choose another by '--set port=N', or 0 for "
                       "any that is free",
                       options->port, host);
    return explain(reason, -error, "cannot listen on %s port %u: %s", host, options->port, strerror(error));
}

static int open_tcp(const struct doors_options *options, struct doors *doors, struct exeunt_reason *reason)
{
    doors->address_length = service_address(options->ipv6, options->port, &doors->address);
    struct sockaddr *address = (struct sockaddr *)&doors->address;
    doors->tcp = listen_at(doors->address.ss_family, address, doors->address_length);
    if (doors->tcp < 0 || getsockname(doors->tcp, address, &doors->address_length) != 0)
        return say_why_not(options, errno, reason);
    return 0;
}

/* The folder's path may be longer than the address of a socket can be. */
static int open_local(const struct doors_options *options, struct doors *doors, struct exeunt_reason *reason)
{
    EXEUNT_GUARD(fd, folder, open(options->folder, O_PATH | O_DIRECTORY | O_CLOEXEC));
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/" DOOR_FILE, folder);
    if (folder >= 0)
        doors->local = listen_at(AF_UNIX, (struct sockaddr *)&address, sizeof address);
    if (doors->local < 0)
        return explain(reason, -errno, "cannot listen on the socket '%s/" DOOR_FILE "': %s", options->folder,
                       strerror(errno));
    return 0;
}

static int watch(int epoll, int door)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = door};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, door, &event);
}

static int open_epoll(struct doors *doors, struct exeunt_reason *reason)
{
    doors->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (doors->epoll < 0 || watch(doors->epoll, doors->tcp) != 0 || watch(doors->epoll, doors->local) != 0)
        return explain(reason, -errno, "cannot watch the sockets that listen: epoll: %s", strerror(errno));
    return 0;
}

int doors_open(const struct doors_options *options, struct doors *out, struct exeunt_reason *reason)
{
    EXEUNT_GUARD(doors, doors, closed);
    int failed = open_tcp(options, &doors, reason);
    if (failed == 0)
        failed = open_local(options, &doors, reason);
    if (failed == 0)
        failed = open_epoll(&doors, reason);
    if (failed == 0)
        *out = EXEUNT_TAKE(doors, doors);
    return failed;
}

int doors_try(const struct doors_options *options, struct exeunt_reason *reason)
{
    EXEUNT_GUARD(doors, doors, closed);
    return open_tcp(options, &doors, reason);
}

void doors_close(struct doors *doors)
{
    const int files[] = {doors->tcp, doors->local, doors->epoll};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i] >= 0)
            close(files[i]);
    *doors = closed;
}

int doors_wait(const struct doors *doors)
{
    struct epoll_event event;
    int ready;
    while ((ready = epoll_wait(doors->epoll, &event, 1, -1)) < 0 && errno == EINTR)
        continue;
    return ready == 1 ? event.data.fd : -1;
}

void doors_turn_away(const struct doors *doors)
{
    int saved = errno;
    struct epoll_event event;
    long ready;
    while ((ready = syscall(SYS_epoll_pwait, doors->epoll, &event, 1, -1, NULL, 0)) < 0 && errno == EINTR)
        continue;
    long visitor = ready == 1 ? syscall(SYS_accept4, event.data.fd, NULL, NULL, SOCK_CLOEXEC) : -1;
    if (visitor >= 0)
        syscall(SYS_close, visitor);
    errno = saved;
}
