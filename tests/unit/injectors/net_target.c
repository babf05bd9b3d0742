/* A program in miniature on sockets: each mode does one thing that the ledger must note, or meets one fault
 * that must be as the real failure is. */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "exeunt/mark.h"
#include "target.h"

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
    (void)number;
    signals++;
}

static void make_pair(int type, int ends[2])
{
    need(socketpair(AF_UNIX, type, 0, ends) == 0);
}

/* A listener on loopback with one connection that waits in it. */
static int listener_with_one(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    need(bind(listener, (struct sockaddr *)&address, length) == 0 && listen(listener, 1) == 0 &&
         getsockname(listener, (struct sockaddr *)&address, &length) == 0 &&
         connect(client, (struct sockaddr *)&address, length) == 0);
    exeunt_transfer(listener);
    exeunt_transfer(client);
    return listener;
}

static void leak_socket(void)
{
    need(socket(AF_INET, SOCK_DGRAM, 0) >= 0);
}

static void leak_accepted(void)
{
    need(accept(listener_with_one(), NULL, NULL) >= 0);
}

static void leak_end_of_pair(void)
{
    int ends[2];
    make_pair(SOCK_STREAM, ends);
    need(close(ends[0]) == 0);
}

static void close_in_time(void)
{
    int ends[2], accepted = accept4(listener_with_one(), NULL, NULL, SOCK_CLOEXEC);
    make_pair(SOCK_STREAM, ends);
    need(close(ends[0]) == 0 && close(ends[1]) == 0 && close(accepted) == 0);
}

static void exhaust(void)
{
    int listener = listener_with_one();
    struct rlimit limit = {0, 0};
    need(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    need(accept(listener, NULL, NULL) == -1 && errno == EMFILE && !exeunt_injected(EMFILE));
}

/* The plan lets the send fail with EPIPE: who asks for no signal, or sends a datagram, gets none. */
static void send_in_vain(int type, int flags, int expected)
{
    int ends[2];
    make_pair(type, ends);
    signal(SIGPIPE, count_signal);
    need(send(ends[0], "bytes", 5, flags) == -1 && errno == EPIPE && signals == expected);
    need(close(ends[0]) == 0 && close(ends[1]) == 0);
}

static void epipe(void)
{
    send_in_vain(SOCK_STREAM, 0, 1);
}

static void epipe_without_signal(void)
{
    send_in_vain(SOCK_STREAM, MSG_NOSIGNAL, 0);
}

static void epipe_of_datagram(void)
{
    send_in_vain(SOCK_DGRAM, 0, 0);
}

static void datagram(void)
{
    int ends[2];
    char bytes[8] = "message";
    struct iovec part = {bytes, sizeof bytes};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    make_pair(SOCK_DGRAM, ends);
    need(send(ends[0], bytes, sizeof bytes, 0) == sizeof bytes &&
         sendmsg(ends[0], &message, 0) == sizeof bytes);
    memset(bytes, 0, sizeof bytes);
    need(recv(ends[1], bytes, sizeof bytes, 0) == sizeof bytes && strcmp(bytes, "message") == 0);
    need(recvmsg(ends[1], &message, 0) == sizeof bytes);
    need(close(ends[0]) == 0 && close(ends[1]) == 0);
}

static void leave_epoll(void)
{
    int ends[2], epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN};
    make_pair(SOCK_STREAM, ends);
    need(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event) == 0);
    need(epoll_ctl(epoll, EPOLL_CTL_MOD, ends[0], &event) == 0);
    need(epoll_ctl(epoll, EPOLL_CTL_DEL, ends[0], NULL) == 0);
    need(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event) == -1);
    need(close(ends[0]) == 0 && close(ends[1]) == 0 && close(epoll) == 0);
}

static const struct mode modes[] = {
    {"leak-socket", leak_socket},
    {"leak-accepted", leak_accepted},
    {"leak-end-of-pair", leak_end_of_pair},
    {"close-in-time", close_in_time},
    {"exhaust", exhaust},
    {"epipe", epipe},
    {"epipe-without-signal", epipe_without_signal},
    {"epipe-of-datagram", epipe_of_datagram},
    {"datagram", datagram},
    {"leave-epoll", leave_epoll},
};

int main(int argc, char **argv)
{
    run_mode(modes, sizeof modes / sizeof *modes, argc > 1 ? argv[1] : NULL);
}
