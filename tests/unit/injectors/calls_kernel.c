/* Objects of the kernel's own, what it copies or draws by itself, ranges of descriptors, messages. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "calls.h"
#include "slots.h"

int pidfd_open(pid_t process, unsigned flags);
int close_range(unsigned first, unsigned last, int flags);
void closefrom(int first);

/* A message of one byte, and room for the descriptors that come along. */
struct message {
    struct msghdr head;
    struct iovec part;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
};

static struct msghdr *message_make(struct message *message, void *byte)
{
    *message = (struct message){.part = {byte, 1}};
    message->head = (struct msghdr){.msg_iov = &message->part,
                                    .msg_iovlen = 1,
                                    .msg_control = message->control,
                                    .msg_controllen = sizeof message->control};
    return &message->head;
}

void prepare_kernel_call(struct fixture *f, const char *name)
{
    struct message message;
    char byte = 1;
    if (strcmp(name, "closefrom") == 0) /* all the others are below */
        f->other = (int)syscall(SYS_fcntl, f->other, F_DUPFD, SLOTS_LOOKED_AT - 1);
    if (strncmp(name, "recv", 4) != 0)
        return;
    struct msghdr *head = message_make(&message, &byte);
    struct cmsghdr *rights = CMSG_FIRSTHDR(head);
    *rights = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(rights), &f->file, sizeof(int));
    if (syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, f->sockets) != 0 ||
        syscall(SYS_sendmsg, f->sockets[0], head, 0) != 1)
        _exit(3);
}

static long receive(struct fixture *f)
{
    struct message message;
    return recvmsg(f->sockets[1], message_make(&message, buffer), 0);
}

static long receive_several(struct fixture *f)
{
    struct message message;
    struct mmsghdr several = {.msg_hdr = *message_make(&message, buffer)};
    return recvmmsg(f->sockets[1], &several, 1, 0, NULL);
}

static const sigset_t *no_signals(void)
{
    static sigset_t signals;
    return &signals;
}

CALL(memfd_create, memfd_create("fixture", MFD_CLOEXEC))
CALL(eventfd, eventfd(0, EFD_CLOEXEC))
CALL(epoll_create, epoll_create(1))
CALL(epoll_create1, epoll_create1(EPOLL_CLOEXEC))
CALL(timerfd_create, timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC))
CALL(signalfd, signalfd(-1, no_signals(), SFD_CLOEXEC))
CALL(inotify_init, inotify_init())
CALL(inotify_init1, inotify_init1(IN_CLOEXEC))
CALL(pidfd_open, pidfd_open(getpid(), 0))
CALL(sendfile, sendfile(f->other, f->file, NULL, asked))
CALL(sendfile64, sendfile64(f->other, f->file, NULL, asked))
CALL(copy_file_range, copy_file_range(f->file, NULL, f->other, NULL, asked, 0))
CALL(getrandom, getrandom(buffer, asked, 0))
CALL(getentropy, getentropy(buffer, asked))
CALL(close_range, close_range((unsigned)f->file, (unsigned)f->file, 0))
CALL(closefrom, (closefrom(f->other), 0))
CALL(recvmsg, receive(f))
CALL(recvmmsg, receive_several(f))

const struct function kernel_calls[] = {
    CHANGING(memfd_create),  CHANGING(eventfd),        CHANGING(epoll_create), CHANGING(epoll_create1),
    CHANGING(signalfd),      CHANGING(timerfd_create), CHANGING(inotify_init), CHANGING(pidfd_open),
    CHANGING(inotify_init1), CHANGING(sendfile),       CHANGING(sendfile64),   CHANGING(copy_file_range),
    LEAVING(getrandom),      LEAVING(getentropy),      CHANGING(close_range),  CHANGING(closefrom),
    CHANGING(recvmsg),       CHANGING(recvmmsg),       {NULL, NULL, LEAVES},
};
