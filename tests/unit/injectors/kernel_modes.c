/* Descriptors that come in other ways than by open, and go in others than by close. */
#include "kernel_modes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "exeunt/mark.h"
#include "target.h"

enum { ROW = 3, ONLY_ON_EXEC = 4, SENT_MAX = 2 };

int pidfd_open(pid_t process, unsigned flags);
int close_range(unsigned first, unsigned last, int flags);
void closefrom(int first);

static sigset_t signals;

void leak_of_each_kind(void)
{
    char pattern[] = "/tmp/exeunt-XXXXXX.end";
    int temp = mkstemps(pattern, 4);
    need(temp >= 0 && unlink(pattern) == 0);
    need(memfd_create("leak", 0) >= 0 && eventfd(0, 0) >= 0 && epoll_create(1) >= 0);
    need(epoll_create1(0) >= 0 && timerfd_create(CLOCK_MONOTONIC, 0) >= 0 && signalfd(-1, &signals, 0) >= 0);
    need(inotify_init() >= 0 && inotify_init1(0) >= 0 && pidfd_open(getpid(), 0) >= 0);
}

/* With a descriptor signalfd makes none. */
void signals_changed(void)
{
    int fd = signalfd(-1, &signals, 0);
    need(fd >= 0 && close(fd) == 0);
    fd = (int)syscall(SYS_signalfd4, -1, &signals, 8, 0);
    need(fd >= 0 && signalfd(fd, &signals, 0) == fd);
}

/* Descriptors of neighbouring numbers, with none behind. Returns the first. */
static int open_row(void)
{
    int first = 200, source = open_null();
    for (int i = 0; i < ROW; i++)
        need(fcntl(source, F_DUPFD, first) == first + i);
    need(close(source) == 0);
    return first;
}

void close_range_in_time(void)
{
    int first = open_row();
    need(close_range((unsigned)first, (unsigned)first + ROW - 1, 0) == 0);
}

void close_range_in_part(void)
{
    int middle = open_row() + 1;
    need(close_range((unsigned)middle, (unsigned)middle, 0) == 0);
}

void close_range_on_exec(void)
{
    int first = open_row();
    need(close_range((unsigned)first, ~0U, ONLY_ON_EXEC) == 0);
}

void close_range_fails(void)
{
    int first = open_row();
    need(close_range((unsigned)first, ~0U, 0) == -1 && errno == ENOMEM);
}

void close_range_refused(void)
{
    int first = open_row();
    need(close_range((unsigned)first + 1, (unsigned)first, 0) == -1 && errno == EINVAL);
}

void close_from_in_time(void)
{
    closefrom(open_row());
}

void close_after_range(void)
{
    int first = open_row();
    closefrom(first);
    need(close(first) == -1 && errno == EBADF);
}

static void *close_range_as_operation(void *first)
{
    exeunt_begin(2);
    closefrom((int)(intptr_t)first);
    exeunt_end(0);
    return NULL;
}

void close_range_of_another_operation(void)
{
    in_thread(close_range_as_operation, (void *)(intptr_t)open_row());
}

struct message {
    struct mmsghdr head;
    struct iovec part;
    char byte;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(SENT_MAX * sizeof(int))];
};

static void message_make(struct message *message)
{
    *message = (struct message){.part = {&message->byte, 1}};
    message->head.msg_hdr = (struct msghdr){.msg_iov = &message->part,
                                            .msg_iovlen = 1,
                                            .msg_control = message->control,
                                            .msg_controllen = sizeof message->control};
}

/* A socket with a message that brings two descriptors along; nothing of it is in the ledger. */
static int socket_with_rights(void)
{
    int ends[2];
    struct message message;
    message_make(&message);
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message.head.msg_hdr);
    *rights = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(SENT_MAX * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(rights), (int[SENT_MAX]){STDIN_FILENO, STDOUT_FILENO}, SENT_MAX * sizeof(int));
    need(syscall(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, ends) == 0 &&
         syscall(SYS_sendmsg, ends[0], &message.head.msg_hdr, 0) == 1 &&
         syscall(SYS_sendmsg, ends[0], &message.head.msg_hdr, 0) == 1);
    return ends[1];
}

static void receive(struct message *message)
{
    message_make(message);
    need(recvmsg(socket_with_rights(), &message->head.msg_hdr, 0) == 1);
}

void receive_and_leak(void)
{
    struct message message;
    receive(&message);
}

void receive_and_close(void)
{
    struct message message;
    int received[SENT_MAX];
    receive(&message);
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message.head.msg_hdr);
    if (rights == NULL)
        _exit(1);
    memcpy(received, CMSG_DATA(rights), sizeof received);
    need(close(received[0]) == 0 && close(received[1]) == 0);
}

void receive_several_and_leak(void)
{
    struct message messages[2];
    struct mmsghdr heads[2];
    for (int i = 0; i < 2; i++) {
        message_make(&messages[i]);
        heads[i] = messages[i].head;
    }
    need(recvmmsg(socket_with_rights(), heads, 2, 0, NULL) == 2);
}

/* The listing has taken the descriptor over: it goes with it. */
static DIR *list(void)
{
    DIR *listing = fdopendir(open("/", O_RDONLY | O_DIRECTORY));
    need(listing != NULL);
    return listing;
}

void list_and_leak(void)
{
    list();
}

void list_and_close(void)
{
    need(closedir(list()) == 0);
}
