/* Decides whether a program may be forked before its main: not if what its libraries did until there would be
 * shared by the runs, or seen once where it is to be seen in each. */
#include "supervise/server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* The libraries of a program may take their time to load, but not for ever. */
enum { READY_WITHIN_MS = 10000 };

static bool is_empty(int pipe_end)
{
    int length = 0;
    return ioctl(pipe_end, FIONREAD, &length) == 0 && length == 0;
}

/* Waits until the server says that it serves. False: it does not. */
static bool is_ready(const struct server *server)
{
    struct serve_report report;
    struct pollfd polled = {.fd = server->socket, .events = POLLIN};
    int ready;
    while ((ready = poll(&polled, 1, READY_WITHIN_MS)) < 0 && errno == EINTR)
        ;
    return ready == 1 && server_report(server, &report) && report.stage == SERVE_READY;
}

/* Starts the program between these streams and looks whether it serves, having left them alone. */
static int start_between(const struct child_options *options, const int streams[3], int words,
                         struct server *server, struct error *error)
{
    int theirs[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, theirs) != 0)
        return error_not_done(error, -errno, "cannot connect to a program: %s", strerror(errno));
    server->socket = theirs[0];
    struct child_options serving = *options;
    serving.streams = streams;
    serving.serve = &theirs[1];
    options->ledger->ledger->serve = 1;
    int code = child_start(&serving, &server->child, error);
    close(theirs[1]);
    if (code != 0)
        server->child.channel = -1;
    else if (!server->child.namespaced || !is_ready(server) || !is_empty(words) ||
             lseek(streams[0], 0, SEEK_CUR) != 0)
        code = error_not_done(error, -EOPNOTSUPP, "'%s' cannot be forked before its main", options->path);
    options->ledger->ledger->serve = 0;
    return code;
}

int server_start(const struct child_options *options, int input, struct server *out, struct error *error)
{
    int words[2];
    struct server server = {.child = {.channel = -1, .errors = -1}, .socket = -1};
    server.proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (server.proc < 0 || pipe2(words, O_CLOEXEC) != 0) {
        server_end(&server);
        return error_not_done(error, -errno, "cannot connect to a program: %s", strerror(errno));
    }
    int code = start_between(options, (int[]){input, words[1], words[1]}, words[0], &server, error);
    close(words[0]);
    close(words[1]);
    if (code != 0)
        server_end(&server);
    else
        *out = server;
    return code;
}

bool server_run(const struct server *server, const int streams[3])
{
    uint32_t order = SERVE_RUN;
    int given[SERVE_DESCRIPTORS] = {streams[0], streams[1], streams[2], server->proc};
    union {
        char bytes[CMSG_SPACE(sizeof given)];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec part = {&order, sizeof order};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof given);
    memcpy(CMSG_DATA(header), given, sizeof given);
    return sendmsg(server->socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof order;
}

void server_end_run(const struct server *server)
{
    uint32_t order = SERVE_END;
    send(server->socket, &order, sizeof order, MSG_NOSIGNAL | MSG_DONTWAIT);
}

bool server_report(const struct server *server, struct serve_report *out)
{
    ssize_t length;
    while ((length = recv(server->socket, out, sizeof *out, MSG_DONTWAIT)) < 0 && errno == EINTR)
        ;
    return length == (ssize_t)sizeof *out;
}

static void close_if_open(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void server_end(struct server *server)
{
    if (server->child.channel >= 0)
        child_end(&server->child);
    close_if_open(&server->socket);
    close_if_open(&server->proc);
}
