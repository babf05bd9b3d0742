/* Objects of the kernel's own, what it copies or draws by itself, ranges of descriptors. */
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
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "calls.h"
#include "slots.h"

int pidfd_open(pid_t process, unsigned flags);
int close_range(unsigned first, unsigned last, int flags);
void closefrom(int first);

void prepare_kernel_call(struct fixture *f, const char *name)
{
    if (strcmp(name, "closefrom") == 0) /* all the others are below */
        f->other = (int)syscall(SYS_fcntl, f->other, F_DUPFD, SLOTS_LOOKED_AT - 1);
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

const struct function kernel_calls[] = {
    CHANGING(memfd_create),  CHANGING(eventfd),        CHANGING(epoll_create), CHANGING(epoll_create1),
    CHANGING(signalfd),      CHANGING(timerfd_create), CHANGING(inotify_init), CHANGING(pidfd_open),
    CHANGING(inotify_init1), CHANGING(sendfile),       CHANGING(sendfile64),   CHANGING(copy_file_range),
    LEAVING(getrandom),      LEAVING(getentropy),      CHANGING(close_range),  CHANGING(closefrom),
    {NULL, NULL, LEAVES},
};
