/* Wrappers of the calls on files and descriptors: open and close, read and write, names, directories.
 *
 * Each function is one row of a table below; what its point can return stands in faults.c. The macros
 * give the shapes: a call that takes a descriptor, one that moves bytes, one that does neither. */
#include "preload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Fortified twins have no public declaration. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int folder, const char *path, int flags);
int __openat64_2(int folder, const char *path, int flags);
ssize_t __read_chk(int fd, void *buffer, size_t count, size_t size);
ssize_t __pread_chk(int fd, void *buffer, size_t count, off_t offset, size_t size);
ssize_t __pread64_chk(int fd, void *buffer, size_t count, off64_t offset, size_t size);

/* A call that returns -1 on failure and neither takes nor gives a descriptor. */
#define PLAIN(point, type, name, parameters, arguments)                                                      \
    EXPORT type name parameters                                                                              \
    {                                                                                                        \
        REAL(type, name, parameters);                                                                        \
        struct fault fault;                                                                                  \
        if (fault_due(point, CALL_SITE, &fault)) {                                                           \
            if (fault.done)                                                                                  \
                (void)real_##name arguments;                                                                 \
            errno = fault.error;                                                                             \
            return -1;                                                                                       \
        }                                                                                                    \
        type result = real_##name arguments;                                                                 \
        if (UNLIKELY(result == -1))                                                                          \
            kernel_refused(errno);                                                                           \
        return result;                                                                                       \
    }

/* As PLAIN, but moves up to `count` bytes and can be shortened. */
#define MOVING(point, name, parameters, arguments)                                                           \
    EXPORT ssize_t name parameters                                                                           \
    {                                                                                                        \
        REAL(ssize_t, name, parameters);                                                                     \
        struct fault fault;                                                                                  \
        if (fault_due(point, CALL_SITE, &fault)) {                                                           \
            if (fault.error != 0) {                                                                          \
                errno = fault.error;                                                                         \
                return -1;                                                                                   \
            }                                                                                                \
            count = plan_short_length(count, fault.shorten);                                                 \
        }                                                                                                    \
        ssize_t result = real_##name arguments;                                                              \
        if (UNLIKELY(result == -1))                                                                          \
            kernel_refused(errno);                                                                           \
        return result;                                                                                       \
    }

/* A call that returns a new descriptor; the body's middle, for functions with variable arguments. */
#define TAKE(point, name, arguments)                                                                         \
    struct fault fault;                                                                                      \
    if (fault_due(point, CALL_SITE, &fault)) {                                                               \
        errno = fault.error;                                                                                 \
        return -1;                                                                                           \
    }                                                                                                        \
    int fd = real_##name arguments;                                                                          \
    if (LIKELY(fd >= 0))                                                                                     \
        fd_took(fd, CALL_SITE);                                                                              \
    else                                                                                                     \
        kernel_refused(errno);                                                                               \
    return fd

#define TAKING(point, name, parameters, arguments)                                                           \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        REAL(int, name, parameters);                                                                         \
        TAKE(point, name, arguments);                                                                        \
    }

/* The third argument of open, which is there only if it creates. */
static inline mode_t mode_argument(int flags, va_list arguments)
{
    bool creates = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
    return creates ? va_arg(arguments, mode_t) : 0;
}

#define OPENING(point, name, parameters, arguments)                                                          \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        REAL(int, name, parameters);                                                                         \
        va_list rest;                                                                                        \
        va_start(rest, flags);                                                                               \
        mode_t mode = mode_argument(flags, rest);                                                            \
        va_end(rest);                                                                                        \
        TAKE(point, name, arguments);                                                                        \
    }

OPENING(POINT_OPEN, open, (const char *path, int flags, ...), (path, flags, mode))
OPENING(POINT_OPEN, open64, (const char *path, int flags, ...), (path, flags, mode))
OPENING(POINT_OPENAT, openat, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))
OPENING(POINT_OPENAT, openat64, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))
TAKING(POINT_OPEN, __open_2, (const char *path, int flags), (path, flags))
TAKING(POINT_OPEN, __open64_2, (const char *path, int flags), (path, flags))
TAKING(POINT_OPENAT, __openat_2, (int folder, const char *path, int flags), (folder, path, flags))
TAKING(POINT_OPENAT, __openat64_2, (int folder, const char *path, int flags), (folder, path, flags))
TAKING(POINT_CREAT, creat, (const char *path, mode_t mode), (path, mode))
TAKING(POINT_CREAT, creat64, (const char *path, mode_t mode), (path, mode))
TAKING(POINT_MKSTEMP, mkstemp, (char *pattern), (pattern))
TAKING(POINT_MKSTEMP, mkstemp64, (char *pattern), (pattern))
TAKING(POINT_MKOSTEMP, mkostemp, (char *pattern, int flags), (pattern, flags))
TAKING(POINT_MKOSTEMP, mkostemp64, (char *pattern, int flags), (pattern, flags))
TAKING(POINT_DUP, dup, (int old), (old))

MOVING(POINT_READ, read, (int file, void *buffer, size_t count), (file, buffer, count))
MOVING(POINT_READ, __read_chk, (int file, void *buffer, size_t count, size_t size),
       (file, buffer, count, size))
MOVING(POINT_WRITE, write, (int file, const void *buffer, size_t count), (file, buffer, count))
MOVING(POINT_PREAD, pread, (int file, void *buffer, size_t count, off_t offset),
       (file, buffer, count, offset))
MOVING(POINT_PREAD, pread64, (int file, void *buffer, size_t count, off64_t offset),
       (file, buffer, count, offset))
MOVING(POINT_PREAD, __pread_chk, (int file, void *buffer, size_t count, off_t offset, size_t size),
       (file, buffer, count, offset, size))
MOVING(POINT_PREAD, __pread64_chk, (int file, void *buffer, size_t count, off64_t offset, size_t size),
       (file, buffer, count, offset, size))
MOVING(POINT_PWRITE, pwrite, (int file, const void *buffer, size_t count, off_t offset),
       (file, buffer, count, offset))
MOVING(POINT_PWRITE, pwrite64, (int file, const void *buffer, size_t count, off64_t offset),
       (file, buffer, count, offset))

PLAIN(POINT_LSEEK, off_t, lseek, (int file, off_t offset, int whence), (file, offset, whence))
PLAIN(POINT_LSEEK, off64_t, lseek64, (int file, off64_t offset, int whence), (file, offset, whence))
PLAIN(POINT_FTRUNCATE, int, ftruncate, (int file, off_t length), (file, length))
PLAIN(POINT_FTRUNCATE, int, ftruncate64, (int file, off64_t length), (file, length))
PLAIN(POINT_FSYNC, int, fsync, (int file), (file))
PLAIN(POINT_FDATASYNC, int, fdatasync, (int file), (file))

PLAIN(POINT_RENAME, int, rename, (const char *from, const char *to), (from, to))
PLAIN(POINT_RENAMEAT, int, renameat, (int from_folder, const char *from, int to_folder, const char *to),
      (from_folder, from, to_folder, to))
PLAIN(POINT_RENAMEAT2, int, renameat2,
      (int from_folder, const char *from, int to_folder, const char *to, unsigned flags),
      (from_folder, from, to_folder, to, flags))
PLAIN(POINT_UNLINK, int, unlink, (const char *path), (path))
PLAIN(POINT_UNLINKAT, int, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))

PLAIN(POINT_STAT, int, stat, (const char *path, struct stat *status), (path, status))
PLAIN(POINT_STAT, int, stat64, (const char *path, struct stat64 *status), (path, status))
PLAIN(POINT_LSTAT, int, lstat, (const char *path, struct stat *status), (path, status))
PLAIN(POINT_LSTAT, int, lstat64, (const char *path, struct stat64 *status), (path, status))
PLAIN(POINT_FSTAT, int, fstat, (int file, struct stat *status), (file, status))
PLAIN(POINT_FSTAT, int, fstat64, (int file, struct stat64 *status), (file, status))
PLAIN(POINT_FSTATAT, int, fstatat, (int folder, const char *path, struct stat *status, int flags),
      (folder, path, status, flags))
PLAIN(POINT_FSTATAT, int, fstatat64, (int folder, const char *path, struct stat64 *status, int flags),
      (folder, path, status, flags))
PLAIN(POINT_STATX, int, statx,
      (int folder, const char *path, int flags, unsigned mask, struct statx *status),
      (folder, path, flags, mask, status))

/* A vector that moves fewer bytes: the same buffers up to the shorter length. Returns their number. */
static COLD int shorten_vector(const struct iovec *vector, int count, uint64_t choice, struct iovec *out)
{
    size_t asked = 0;
    for (int i = 0; i < count; i++)
        asked += vector[i].iov_len;
    size_t left = plan_short_length(asked, choice);
    int used = 0;
    for (; used < count && left > 0; used++) {
        out[used] = vector[used];
        if (out[used].iov_len > left)
            out[used].iov_len = left;
        left -= out[used].iov_len;
    }
    return used;
}

#define MOVING_VECTOR(point, name)                                                                           \
    EXPORT ssize_t name(int file, const struct iovec *vector, int count)                                     \
    {                                                                                                        \
        REAL(ssize_t, name, (int, const struct iovec *, int));                                               \
        struct iovec shorter[IOV_MAX];                                                                       \
        struct fault fault;                                                                                  \
        if (fault_due(point, CALL_SITE, &fault)) {                                                           \
            if (fault.error != 0) {                                                                          \
                errno = fault.error;                                                                         \
                return -1;                                                                                   \
            }                                                                                                \
            if (count > 0 && count <= IOV_MAX) {                                                             \
                count = shorten_vector(vector, count, fault.shorten, shorter);                               \
                vector = shorter;                                                                            \
            }                                                                                                \
        }                                                                                                    \
        ssize_t result = real_##name(file, vector, count);                                                   \
        if (UNLIKELY(result == -1))                                                                          \
            kernel_refused(errno);                                                                           \
        return result;                                                                                       \
    }

MOVING_VECTOR(POINT_READV, readv)
MOVING_VECTOR(POINT_WRITEV, writev)

/* A close that is going on. If the thread is cancelled in it before it did anything, the descriptor is
 * still open, and its slot must say so. */
struct closing {
    int fd;
    bool over;
    struct given given;
};

static inline void closing_cancelled(struct closing *closing)
{
    if (UNLIKELY(!closing->over))
        fd_kept(closing->fd, closing->given);
}

/* `result` of a real close of `fd`: was it this operation's to close, and was it open? */
static inline void judge_close(int fd, int result, struct given given, uintptr_t site)
{
    if (UNLIKELY(result == -1 && errno == EBADF && given.released_at != 0))
        fd_closed_wrongly(LEDGER_DOUBLE_CLOSE, fd, given, site);
    else if (UNLIKELY(fd_is_foreign(given.held)))
        fd_closed_wrongly(LEDGER_FOREIGN_CLOSE, fd, given, site);
}

EXPORT int close(int fd)
{
    REAL(int, close, (int));
    struct fault fault;
    bool fails = fault_due(POINT_CLOSE, CALL_SITE, &fault);
    if (UNLIKELY(fails && !fault.done)) {
        errno = fault.error;
        return -1;
    }
    struct closing closing __attribute__((cleanup(closing_cancelled))) = {fd, false, fd_giving(fd, CALL_SITE)};
    int result = real_close(fd);
    closing.over = true;
    judge_close(fd, result, closing.given, CALL_SITE);
    if (UNLIKELY(fails)) {
        errno = fault.error;
        return -1;
    }
    return result;
}

EXPORT DIR *opendir(const char *path)
{
    REAL(DIR *, opendir, (const char *));
    struct fault fault;
    if (fault_due(POINT_OPENDIR, CALL_SITE, &fault)) {
        errno = fault.error;
        return NULL;
    }
    DIR *folder = real_opendir(path);
    if (LIKELY(folder != NULL))
        fd_took(dirfd(folder), CALL_SITE);
    else
        kernel_refused(errno);
    return folder;
}

EXPORT int closedir(DIR *folder)
{
    REAL(int, closedir, (DIR *));
    struct fault fault;
    bool fails = fault_due(POINT_CLOSEDIR, CALL_SITE, &fault);
    if (UNLIKELY(fails && !fault.done)) {
        errno = fault.error;
        return -1;
    }
    DIR *volatile maybe = folder; /* the header swears that it is not NULL, the function allows it */
    int fd = maybe != NULL ? dirfd(folder) : -1;
    struct given given = fd_giving(fd, CALL_SITE);
    int result = real_closedir(folder);
    judge_close(fd, result, given, CALL_SITE);
    if (UNLIKELY(fails)) {
        errno = fault.error;
        return -1;
    }
    return result;
}

/* dup2 and dup3 close `new` within the kernel: its slot changes hands when they have succeeded, since the
 * number is never free in between. */
static inline void replaced(int old, int new, uintptr_t site)
{
    if (old == new)
        return;
    struct given given = fd_giving(new, site);
    if (UNLIKELY(fd_is_foreign(given.held)))
        fd_closed_wrongly(LEDGER_FOREIGN_CLOSE, new, given, site);
    fd_took(new, site);
}

#define REPLACING(point, name, parameters, arguments)                                                        \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        REAL(int, name, parameters);                                                                         \
        struct fault fault;                                                                                  \
        if (fault_due(point, CALL_SITE, &fault)) {                                                           \
            errno = fault.error;                                                                             \
            return -1;                                                                                       \
        }                                                                                                    \
        int fd = real_##name arguments;                                                                      \
        if (LIKELY(fd >= 0))                                                                                 \
            replaced(old, fd, CALL_SITE);                                                                    \
        else                                                                                                 \
            kernel_refused(errno);                                                                           \
        return fd;                                                                                           \
    }

REPLACING(POINT_DUP2, dup2, (int old, int new), (old, new))
REPLACING(POINT_DUP3, dup3, (int old, int new, int flags), (old, new, flags))

#define PIPING(point, name, parameters, arguments)                                                           \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        REAL(int, name, parameters);                                                                         \
        struct fault fault;                                                                                  \
        if (fault_due(point, CALL_SITE, &fault)) {                                                           \
            errno = fault.error;                                                                             \
            return -1;                                                                                       \
        }                                                                                                    \
        int result = real_##name arguments;                                                                  \
        if (UNLIKELY(result == -1)) {                                                                        \
            kernel_refused(errno);                                                                           \
            return -1;                                                                                       \
        }                                                                                                    \
        fd_took(ends[0], CALL_SITE);                                                                         \
        fd_took(ends[1], CALL_SITE);                                                                         \
        return result;                                                                                       \
    }

PIPING(POINT_PIPE, pipe, (int ends[2]), (ends))
PIPING(POINT_PIPE2, pipe2, (int ends[2], int flags), (ends, flags))

/* fcntl's argument is an int or a pointer, according to the command: both pass as a pointer does. Only the
 * commands that make a descriptor can fail. */
#define CONTROLLING(name)                                                                                    \
    EXPORT int name(int file, int command, ...)                                                              \
    {                                                                                                        \
        REAL(int, name, (int, int, ...));                                                                    \
        va_list rest;                                                                                        \
        va_start(rest, command);                                                                             \
        void *argument = va_arg(rest, void *);                                                               \
        va_end(rest);                                                                                        \
        if (command != F_DUPFD && command != F_DUPFD_CLOEXEC)                                                \
            return real_##name(file, command, argument);                                                     \
        TAKE(POINT_FCNTL_DUPFD, name, (file, command, argument));                                            \
    }

CONTROLLING(fcntl)
CONTROLLING(fcntl64)
