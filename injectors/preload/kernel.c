/* Wrappers of the calls on objects of the kernel's own, which have no name in a file system: memory, events,
 * timers, signals, processes; and what is copied or drawn within the kernel. */
#include <errno.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "wrap.h"

/* Not every C library declares it. */
int pidfd_open(pid_t process, unsigned flags);

TAKING(POINT_MEMFD_CREATE, memfd_create, (const char *name, unsigned flags), (name, flags))
TAKING(POINT_EVENTFD, eventfd, (unsigned count, int flags), (count, flags))
TAKING(POINT_EPOLL_CREATE, epoll_create, (int size), (size))
TAKING(POINT_EPOLL_CREATE1, epoll_create1, (int flags), (flags))
TAKING(POINT_TIMERFD_CREATE, timerfd_create, (clockid_t clock, int flags), (clock, flags))
TAKING(POINT_INOTIFY_INIT, inotify_init, (void), ())
TAKING(POINT_INOTIFY_INIT1, inotify_init1, (int flags), (flags))
TAKING(POINT_PIDFD_OPEN, pidfd_open, (pid_t process, unsigned flags), (process, flags))

/* Makes a descriptor only if it is not given one to change. */
REAL(int, signalfd, (int file, const sigset_t *signals, int flags), (file, signals, flags))
EXPORT int signalfd(int file, const sigset_t *signals, int flags)
{
    struct fault fault;
    if (IF_DUE(POINT_SIGNALFD, fault))
        return failed(fault.error);
    int fd = real_signalfd(file, signals, flags);
    if (UNLIKELY(fd < 0))
        return refused();
    if (file == -1)
        fd_took(fd, CALL_SITE);
    return fd;
}

WRITING(POINT_SENDFILE, sendfile, (int to, int from, off_t *offset, size_t count), (to, from, offset, count))
WRITING(POINT_SENDFILE, sendfile64, (int to, int from, off64_t *offset, size_t count),
        (to, from, offset, count))
WRITING(POINT_COPY_FILE_RANGE, copy_file_range,
        (int from, off64_t *from_offset, int to, off64_t *to_offset, size_t count, unsigned flags),
        (from, from_offset, to, to_offset, count, flags))

PLAIN(POINT_GETRANDOM, ssize_t, getrandom, (void *buffer, size_t count, unsigned flags),
      (buffer, count, flags))
PLAIN(POINT_GETENTROPY, int, getentropy, (void *buffer, size_t count), (buffer, count))
