/* Sockets, and waiting for descriptors. */
#include <netdb.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "calls.h"

ssize_t __recv_chk(int file, void *buffer, size_t count, size_t size, int flags);
ssize_t __recvfrom_chk(int file, void *buffer, size_t count, size_t size, int flags, __SOCKADDR_ARG from,
                       socklen_t *length);
int __poll_chk(struct pollfd *files, nfds_t count, int timeout, size_t size);
int __ppoll_chk(struct pollfd *files, nfds_t count, const struct timespec *timeout, const sigset_t *signals,
                size_t size);

static const struct timespec at_once;

void prepare_net_call(struct fixture *f, const char *name)
{
    (void)name;
    network_make(&f->network, FIXTURE_OFFSET);
}

/* A call that listened, bound or connected writes an address and its length here. */
static struct sockaddr *address_result(void)
{
    return (struct sockaddr *)results;
}

static socklen_t *length_result(void)
{
    return (socklen_t *)(results + 256);
}

static const struct sockaddr *loopback(void)
{
    static struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return (const struct sockaddr *)&address;
}

static struct msghdr *message(void)
{
    static struct msghdr made;
    made = (struct msghdr){.msg_iov = vector, .msg_iovlen = 3};
    return &made;
}

/* With room for the descriptor that comes along. */
static struct msghdr *with_room(struct msghdr *message)
{
    static _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    message->msg_control = control;
    message->msg_controllen = sizeof control;
    return message;
}

/* As many as are asked for, of one byte each. */
static struct mmsghdr *messages(void)
{
    static struct mmsghdr made[ASKED_MAX];
    static struct iovec parts[ASKED_MAX];
    for (size_t i = 0; i < asked; i++) {
        parts[i] = (struct iovec){buffer + i, 1};
        made[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &parts[i], .msg_iovlen = 1}};
    }
    return made;
}

static int set_option(int socket)
{
    const int on = 1;
    return setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

static int get_option(int socket)
{
    static socklen_t length = sizeof(int);
    return getsockopt(socket, SOL_SOCKET, SO_TYPE, results, &length);
}

/* What callers are told in place of an errno. */
static const struct {
    int code, error;
} codes[] = {
    {EAI_AGAIN, EAGAIN},
    {EAI_BADFLAGS, EINVAL},
    {EAI_FAIL, ENOTRECOVERABLE},
    {EAI_FAMILY, EAFNOSUPPORT},
    {EAI_MEMORY, ENOMEM},
    {EAI_NONAME, ENOENT},
    {EAI_SERVICE, EPROTONOSUPPORT},
    {EAI_SOCKTYPE, ESOCKTNOSUPPORT},
};

static int resolve(void)
{
    const struct addrinfo hints = {.ai_family = AF_INET, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    int code = getaddrinfo("127.0.0.1", "80", &hints, (struct addrinfo **)results);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].code == code)
            errno = codes[i].error;
        else if (codes[i].error == errno && code == EAI_SYSTEM)
            errno = 0; /* has a code of its own, and did not come by it */
    return code == 0 ? 0 : -1;
}

static int watch_too(struct fixture *f)
{
    struct epoll_event event = {.events = EPOLLIN};
    return epoll_ctl(f->network.epoll, EPOLL_CTL_ADD, f->network.pair[0], &event);
}

static long receive_several(struct fixture *f)
{
    struct mmsghdr *several = messages();
    with_room(&several[0].msg_hdr);
    return recvmmsg(f->network.pair[1], several, (unsigned)asked, MSG_DONTWAIT, NULL);
}

CALL(socket, socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
CALL(socketpair, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, (int *)results))
CALL(bind, bind(f->network.fresh, loopback(), sizeof(struct sockaddr_in)))
CALL(listen, listen(f->network.fresh, 8))
CALL(accept, accept(f->network.listener, address_result(), length_result()))
CALL(accept4, accept4(f->network.listener, address_result(), length_result(), SOCK_CLOEXEC))
CALL(connect,
     connect(f->network.fresh, (const struct sockaddr *)&f->network.address, sizeof f->network.address))
CALL(send, send(f->network.pair[0], buffer, asked, MSG_NOSIGNAL))
CALL(sendto, sendto(f->network.pair[0], buffer, asked, MSG_NOSIGNAL, NULL, 0))
CALL(sendmsg, sendmsg(f->network.pair[0], message(), MSG_NOSIGNAL))
CALL(sendmmsg, sendmmsg(f->network.pair[0], messages(), (unsigned)asked, MSG_NOSIGNAL))
CALL(recv, recv(f->network.pair[1], buffer, asked, 0))
CALL(__recv_chk, __recv_chk(f->network.pair[1], buffer, asked, asked, 0))
CALL(recvfrom, recvfrom(f->network.pair[1], buffer, asked, 0, address_result(), length_result()))
CALL(__recvfrom_chk,
     __recvfrom_chk(f->network.pair[1], buffer, asked, asked, 0, address_result(), length_result()))
CALL(recvmsg, recvmsg(f->network.pair[1], with_room(message()), 0))
CALL(recvmmsg, receive_several(f))
CALL(shutdown, shutdown(f->network.pair[0], SHUT_WR))
CALL(setsockopt, set_option(f->network.fresh))
CALL(getsockopt, get_option(f->network.fresh))
CALL(getaddrinfo, resolve())
CALL(poll, poll(f->network.polled, 2, 0))
CALL(__poll_chk, __poll_chk(f->network.polled, 2, 0, sizeof f->network.polled))
CALL(ppoll, ppoll(f->network.polled, 2, &at_once, NULL))
CALL(__ppoll_chk, __ppoll_chk(f->network.polled, 2, &at_once, NULL, sizeof f->network.polled))
CALL(select, select(FD_SETSIZE, &f->network.selected, NULL, NULL, &(struct timeval){0, 0}))
CALL(pselect, pselect(FD_SETSIZE, &f->network.selected, NULL, NULL, &at_once, NULL))
CALL(epoll_ctl, watch_too(f))
CALL(epoll_wait, epoll_wait(f->network.epoll, (struct epoll_event *)results, 8, 0))
CALL(epoll_pwait, epoll_pwait(f->network.epoll, (struct epoll_event *)results, 8, 0, NULL))
CALL(epoll_pwait2, epoll_pwait2(f->network.epoll, (struct epoll_event *)results, 8, &at_once, NULL))

const struct function net_calls[] = {
    CHANGING(socket),      CHANGING(socketpair), CHANGING(bind),           CHANGING(listen),
    CHANGING(accept),      CHANGING(accept4),    CHANGING(connect),        CHANGING(send),
    CHANGING(sendto),      CHANGING(sendmsg),    CHANGING(sendmmsg),       CHANGING(recv),
    CHANGING(__recv_chk),  CHANGING(recvfrom),   CHANGING(__recvfrom_chk), CHANGING(recvmsg),
    CHANGING(recvmmsg),    CHANGING(shutdown),   CHANGING(setsockopt),     LEAVING(getsockopt),
    LEAVING(getaddrinfo),  CHANGING(poll),       CHANGING(__poll_chk),     CHANGING(ppoll),
    CHANGING(__ppoll_chk), CHANGING(select),     CHANGING(pselect),        CHANGING(epoll_ctl),
    LEAVING(epoll_wait),   LEAVING(epoll_pwait), LEAVING(epoll_pwait2),    {NULL, NULL, LEAVES},
};
