/* Wrappers of the calls on sockets, and of those that wait for descriptors.
 *
 * What fails is the call: a connection that is said to be reset is still there, for who goes on with it. Of
 * what a call leaves when it fails, the signal that comes with EPIPE comes here too. Datagrams move whole or
 * not at all, so only streams are cut short, and calls that move several messages. Descriptors that come
 * along with a message, sent by another process or by this one, belong to the operation that receives them.
 */
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "wrap.h"

/* Fortified twins have no public declaration. */
ssize_t __recv_chk(int file, void *buffer, size_t count, size_t size, int flags);
ssize_t __recvfrom_chk(int file, void *buffer, size_t count, size_t size, int flags, __SOCKADDR_ARG from,
                       socklen_t *length);
int __poll_chk(struct pollfd *files, nfds_t count, int timeout, size_t size);
int __ppoll_chk(struct pollfd *files, nfds_t count, const struct timespec *timeout, const sigset_t *signals,
                size_t size);

/* A call that exhausts nothing: the ordinary way is a jump. */
#define ASKING(point, name, parameters, arguments)                                                           \
    REAL(int, name, parameters, arguments)                                                                   \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        if (LIKELY(!fault_armed(point)))                                                                     \
            return real_##name arguments;                                                                    \
        struct fault fault;                                                                                  \
        bool due = fault_due(point, CALL_SITE, SIZE_MAX, &fault);                                            \
        int result = !due || fault.done ? real_##name arguments : -1;                                        \
        return due ? failed(fault.error) : result;                                                           \
    }

TAKING(POINT_SOCKET, socket, (int family, int type, int protocol), (family, type, protocol))
TAKING(POINT_ACCEPT, accept, (int file, __SOCKADDR_ARG from, socklen_t *length), (file, from, length))
TAKING(POINT_ACCEPT4, accept4, (int file, __SOCKADDR_ARG from, socklen_t *length, int flags),
       (file, from, length, flags))

REAL(int, socketpair, (int family, int type, int protocol, int ends[2]), (family, type, protocol, ends))
EXPORT int socketpair(int family, int type, int protocol, int ends[2])
{
    struct fault fault;
    if (IF_DUE(POINT_SOCKETPAIR, fault))
        return failed(fault.error);
    int result = real_socketpair(family, type, protocol, ends);
    if (UNLIKELY(result == -1))
        return refused();
    fd_took(ends[0], CALL_SITE);
    fd_took(ends[1], CALL_SITE);
    return result;
}

PLAIN(POINT_BIND, int, bind, (int file, __CONST_SOCKADDR_ARG address, socklen_t length),
      (file, address, length))
ASKING(POINT_LISTEN, listen, (int file, int backlog), (file, backlog))
ASKING(POINT_CONNECT, connect, (int file, __CONST_SOCKADDR_ARG address, socklen_t length),
       (file, address, length))
ASKING(POINT_SHUTDOWN, shutdown, (int file, int how), (file, how))
ASKING(POINT_SETSOCKOPT, setsockopt, (int file, int level, int name, const void *value, socklen_t length),
       (file, level, name, value, length))
ASKING(POINT_GETSOCKOPT, getsockopt, (int file, int level, int name, void *value, socklen_t *length),
       (file, level, name, value, length))

static bool is_stream(int file)
{
    int type = 0, saved = errno;
    socklen_t length = sizeof type;
    bool known = real_getsockopt(file, SOL_SOCKET, SO_TYPE, &type, &length) == 0;
    errno = saved;
    return known && type == SOCK_STREAM;
}

/* Is the call to fail, or to move less of its `count` bytes? */
static COLD bool moving_due(unsigned point, uintptr_t site, int file, size_t count, struct fault *fault)
{
    return fault_decide(point, site, is_stream(file) ? count : 0, fault);
}

/* A call that the plan lets pass. */
#define PASSED(point) (LIKELY(!fault_armed(point)) || fault_passed(point))

/* Who sends to a stream that nobody reads is sent SIGPIPE, unless he forbids it. */
static COLD int not_sent(int file, int flags, int error)
{
    if (error == EPIPE && (flags & MSG_NOSIGNAL) == 0 && is_stream(file))
        syscall(SYS_tgkill, (long)getpid(), (long)gettid(), (long)SIGPIPE);
    return failed(error);
}

#define SENDING(point, name, parameters, arguments)                                                          \
    REAL(ssize_t, name, parameters, arguments)                                                               \
    EXPORT ssize_t name parameters                                                                           \
    {                                                                                                        \
        if (PASSED(point))                                                                                   \
            return real_##name arguments;                                                                    \
        struct fault fault;                                                                                  \
        if (moving_due(point, CALL_SITE, file, count, &fault)) {                                             \
            if (fault.error != 0)                                                                            \
                return not_sent(file, flags, fault.error);                                                   \
            count = plan_short_length(count, fault.shorten);                                                 \
        }                                                                                                    \
        return real_##name arguments;                                                                        \
    }

#define RECEIVING(point, name, parameters, arguments)                                                        \
    REAL(ssize_t, name, parameters, arguments)                                                               \
    EXPORT ssize_t name parameters                                                                           \
    {                                                                                                        \
        if (PASSED(point))                                                                                   \
            return real_##name arguments;                                                                    \
        struct fault fault;                                                                                  \
        if (moving_due(point, CALL_SITE, file, count, &fault)) {                                             \
            if (fault.error != 0)                                                                            \
                return failed(fault.error);                                                                  \
            count = plan_short_length(count, fault.shorten);                                                 \
        }                                                                                                    \
        return real_##name arguments;                                                                        \
    }

SENDING(POINT_SEND, send, (int file, const void *buffer, size_t count, int flags),
        (file, buffer, count, flags))
SENDING(POINT_SENDTO, sendto,
        (int file, const void *buffer, size_t count, int flags, __CONST_SOCKADDR_ARG to, socklen_t length),
        (file, buffer, count, flags, to, length))
RECEIVING(POINT_RECV, recv, (int file, void *buffer, size_t count, int flags), (file, buffer, count, flags))
RECEIVING(POINT_RECV, __recv_chk, (int file, void *buffer, size_t count, size_t size, int flags),
          (file, buffer, count, size, flags))
RECEIVING(POINT_RECVFROM, recvfrom,
          (int file, void *buffer, size_t count, int flags, __SOCKADDR_ARG from, socklen_t *length),
          (file, buffer, count, flags, from, length))
RECEIVING(POINT_RECVFROM, __recvfrom_chk,
          (int file, void *buffer, size_t count, size_t size, int flags, __SOCKADDR_ARG from,
           socklen_t *length),
          (file, buffer, count, size, flags, from, length))

/* Bytes of a message; 0 if the message is none. */
static size_t message_length(const struct msghdr *message)
{
    size_t length = 0;
    for (size_t i = 0; i < message->msg_iovlen && message->msg_iovlen <= IOV_MAX; i++)
        length += message->msg_iov[i].iov_len;
    return length;
}

/* The message with the same buffers up to a shorter length, which stand in `parts`. */
static void shorten_message(struct msghdr *message, uint64_t choice, struct iovec *parts)
{
    size_t left = plan_short_length(message_length(message), choice);
    size_t used = 0;
    for (; left > 0; used++) {
        parts[used] = message->msg_iov[used];
        if (parts[used].iov_len > left)
            parts[used].iov_len = left;
        left -= parts[used].iov_len;
    }
    message->msg_iov = parts;
    message->msg_iovlen = used;
}

REAL(ssize_t, sendmsg, (int file, const struct msghdr *message, int flags), (file, message, flags))
static COLD ssize_t sendmsg_short(int file, const struct msghdr *message, int flags, uint64_t choice)
{
    struct iovec parts[IOV_MAX];
    struct msghdr shorter = *message;
    shorten_message(&shorter, choice, parts);
    return real_sendmsg(file, &shorter, flags);
}

EXPORT ssize_t sendmsg(int file, const struct msghdr *message, int flags)
{
    if (PASSED(POINT_SENDMSG))
        return real_sendmsg(file, message, flags);
    struct fault fault;
    if (!moving_due(POINT_SENDMSG, CALL_SITE, file, message_length(message), &fault))
        return real_sendmsg(file, message, flags);
    if (fault.error != 0)
        return not_sent(file, flags, fault.error);
    return sendmsg_short(file, message, flags, fault.shorten);
}

enum { PIDFD_COMES_ALONG = 4 }; /* SCM_PIDFD, of Linux 6.5 */

static COLD void rights_took(struct msghdr *message, uintptr_t site)
{
    struct cmsghdr *part = CMSG_FIRSTHDR(message);
    for (; part != NULL; part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_level != SOL_SOCKET ||
            (part->cmsg_type != SCM_RIGHTS && part->cmsg_type != PIDFD_COMES_ALONG))
            continue;
        size_t size = part->cmsg_len - CMSG_LEN(0);
        for (size_t at = 0; at + sizeof(int) <= size; at += sizeof(int)) {
            int fd;
            memcpy(&fd, CMSG_DATA(part) + at, sizeof fd);
            fd_took(fd, site);
        }
    }
}

static inline void received(struct msghdr *message, uintptr_t site)
{
    if (UNLIKELY(message->msg_controllen != 0))
        rights_took(message, site);
}

REAL(ssize_t, recvmsg, (int file, struct msghdr *message, int flags), (file, message, flags))
static COLD ssize_t recvmsg_short(int file, struct msghdr *message, int flags, uint64_t choice)
{
    struct iovec parts[IOV_MAX];
    struct iovec *vector = message->msg_iov;
    size_t count = message->msg_iovlen;
    shorten_message(message, choice, parts);
    ssize_t result = real_recvmsg(file, message, flags);
    message->msg_iov = vector;
    message->msg_iovlen = count;
    return result;
}

EXPORT ssize_t recvmsg(int file, struct msghdr *message, int flags)
{
    struct fault fault;
    bool due =
        !PASSED(POINT_RECVMSG) && moving_due(POINT_RECVMSG, CALL_SITE, file, message_length(message), &fault);
    if (UNLIKELY(due && fault.error != 0))
        return failed(fault.error);
    ssize_t result = LIKELY(!due) ? real_recvmsg(file, message, flags)
                                  : recvmsg_short(file, message, flags, fault.shorten);
    if (LIKELY(result != -1))
        received(message, CALL_SITE);
    return result;
}

/* Several messages: a short call moves fewer of them. */
REAL(int, sendmmsg, (int file, struct mmsghdr *messages, unsigned count, int flags),
     (file, messages, count, flags))
EXPORT int sendmmsg(int file, struct mmsghdr *messages, unsigned count, int flags)
{
    if (LIKELY(!fault_armed(POINT_SENDMMSG)))
        return real_sendmmsg(file, messages, count, flags);
    struct fault fault;
    if (fault_due(POINT_SENDMMSG, CALL_SITE, count, &fault)) {
        if (fault.error != 0)
            return not_sent(file, flags, fault.error);
        count = (unsigned)plan_short_length(count, fault.shorten);
    }
    return real_sendmmsg(file, messages, count, flags);
}

REAL(int, recvmmsg, (int file, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout),
     (file, messages, count, flags, timeout))
EXPORT int recvmmsg(int file, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout)
{
    struct fault fault;
    if (fault_armed(POINT_RECVMMSG) && fault_due(POINT_RECVMMSG, CALL_SITE, count, &fault)) {
        if (fault.error != 0)
            return failed(fault.error);
        count = (unsigned)plan_short_length(count, fault.shorten);
    }
    int result = real_recvmmsg(file, messages, count, flags, timeout);
    for (int i = 0; i < result; i++)
        received(&messages[i].msg_hdr, CALL_SITE);
    return result;
}

/* The resolver's own code for what the table has as an errno. */
static int resolver_code(int error)
{
    static const struct {
        int error, code;
    } codes[] = {
        {EAFNOSUPPORT, EAI_FAMILY},     {EAGAIN, EAI_AGAIN},
        {EINVAL, EAI_BADFLAGS},         {ENOENT, EAI_NONAME},
        {ENOMEM, EAI_MEMORY},           {ENOTRECOVERABLE, EAI_FAIL},
        {EPROTONOSUPPORT, EAI_SERVICE}, {ESOCKTNOSUPPORT, EAI_SOCKTYPE},
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].error == error)
            return codes[i].code;
    return EAI_SYSTEM;
}

/* Nobody may look at errno but with EAI_SYSTEM; a real failure changes it all the same. */
static COLD int not_resolved(int error)
{
    errno = error;
    return resolver_code(error);
}

REAL(int, getaddrinfo,
     (const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **out),
     (node, service, hints, out))
EXPORT int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                       struct addrinfo **out)
{
    struct fault fault;
    if (IF_DUE(POINT_GETADDRINFO, fault))
        return not_resolved(fault.error);
    int code = real_getaddrinfo(node, service, hints, out);
    if (UNLIKELY(code == EAI_SYSTEM))
        kernel_refused(errno);
    return code;
}

ASKING(POINT_POLL, poll, (struct pollfd * files, nfds_t count, int timeout), (files, count, timeout))
ASKING(POINT_POLL, __poll_chk, (struct pollfd * files, nfds_t count, int timeout, size_t size),
       (files, count, timeout, size))
ASKING(POINT_PPOLL, ppoll,
       (struct pollfd * files, nfds_t count, const struct timespec *timeout, const sigset_t *signals),
       (files, count, timeout, signals))
ASKING(POINT_PPOLL, __ppoll_chk,
       (struct pollfd * files, nfds_t count, const struct timespec *timeout, const sigset_t *signals,
        size_t size),
       (files, count, timeout, signals, size))
ASKING(POINT_SELECT, select,
       (int count, fd_set *reading, fd_set *writing, fd_set *excepting, struct timeval *timeout),
       (count, reading, writing, excepting, timeout))
ASKING(POINT_PSELECT, pselect,
       (int count, fd_set *reading, fd_set *writing, fd_set *excepting, const struct timespec *timeout,
        const sigset_t *signals),
       (count, reading, writing, excepting, timeout, signals))

REAL(int, epoll_ctl, (int epoll, int command, int file, struct epoll_event *event),
     (epoll, command, file, event))
EXPORT int epoll_ctl(int epoll, int command, int file, struct epoll_event *event)
{
    struct fault fault;
    if (command == EPOLL_CTL_ADD && IF_DUE(POINT_EPOLL_CTL, fault))
        return failed(fault.error);
    return real_epoll_ctl(epoll, command, file, event);
}

ASKING(POINT_EPOLL_WAIT, epoll_wait, (int epoll, struct epoll_event *events, int room, int timeout),
       (epoll, events, room, timeout))
ASKING(POINT_EPOLL_PWAIT, epoll_pwait,
       (int epoll, struct epoll_event *events, int room, int timeout, const sigset_t *signals),
       (epoll, events, room, timeout, signals))
ASKING(POINT_EPOLL_PWAIT2, epoll_pwait2,
       (int epoll, struct epoll_event *events, int room, const struct timespec *timeout,
        const sigset_t *signals),
       (epoll, events, room, timeout, signals))
