/* Wrappers of the calls on files and descriptors: open and close, read and write, names, directories.
 *
 * Each function is one row of a table below; what its point can return stands in faults.c. */
#include "wrap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Fortified twins have no public declaration. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int folder, const char *path, int flags);
int __openat64_2(int folder, const char *path, int flags);
ssize_t __read_chk(int fd, void *buffer, size_t count, size_t size);
ssize_t __pread_chk(int fd, void *buffer, size_t count, off_t offset, size_t size);
ssize_t __pread64_chk(int fd, void *buffer, size_t count, off64_t offset, size_t size);

/* A call that returns a new descriptor, of a file that it may make. */
#define OPEN(point, name, arguments, folder, flags, site)                                                    \
    struct fault fault;                                                                                      \
    bool makes = false;                                                                                      \
    if (fault_armed(point)) {                                                                                \
        if (fault_due(point, site, SIZE_MAX, &fault))                                                        \
            return failed(fault.error);                                                                      \
        makes = ((flags)&O_CREAT) != 0 && trace_makes(folder, path);                                         \
    }                                                                                                        \
    int fd = real_##name arguments;                                                                          \
    if (UNLIKELY(fd < 0))                                                                                    \
        return refused();                                                                                    \
    fd_took(fd, site);                                                                                       \
    if (UNLIKELY(makes))                                                                                     \
    trace_made(folder, path, site)

/* open has a variable argument, the mode, and fcntl an int or a pointer. Our own functions have them always
 * and go by the C library's names: where the caller left one out, the C library does not look at it. */
#define OPENING(point, name, parameters, arguments, more_parameters, more_arguments, folder)                 \
    int wrapped_##name parameters __asm__(#name);                                                            \
    REAL(int, name, parameters, arguments)                                                                   \
    static COLD int exclusively_##name more_parameters                                                       \
    {                                                                                                        \
        OPEN(point, name, arguments, folder, flags, site);                                                   \
        if ((flags & O_CREAT) != 0 && ((folder) == AT_FDCWD || path[0] == '/'))                              \
            temp_made_below(path, site);                                                                     \
        return fd;                                                                                           \
    }                                                                                                        \
    EXPORT int wrapped_##name parameters                                                                     \
    {                                                                                                        \
        if (UNLIKELY((flags & O_EXCL) != 0))                                                                 \
            return exclusively_##name more_arguments;                                                        \
        OPEN(point, name, arguments, folder, flags, CALL_SITE);                                              \
        return fd;                                                                                           \
    }

/* By the path; by a folder and a path within. */
#define OPENING_PATH(name)                                                                                   \
    OPENING(POINT_OPEN, name, (const char *path, int flags, mode_t mode), (path, flags, mode),               \
            (const char *path, int flags, mode_t mode, uintptr_t site), (path, flags, mode, CALL_SITE),      \
            AT_FDCWD)
#define OPENING_AT(name)                                                                                     \
    OPENING(POINT_OPENAT, name, (int folder, const char *path, int flags, mode_t mode),                      \
            (folder, path, flags, mode),                                                                     \
            (int folder, const char *path, int flags, mode_t mode, uintptr_t site),                          \
            (folder, path, flags, mode, CALL_SITE), folder)

OPENING_PATH(open)
OPENING_PATH(open64)
OPENING_AT(openat)
OPENING_AT(openat64)
TAKING(POINT_OPEN, __open_2, (const char *path, int flags), (path, flags))
TAKING(POINT_OPEN, __open64_2, (const char *path, int flags), (path, flags))
TAKING(POINT_OPENAT, __openat_2, (int folder, const char *path, int flags), (folder, path, flags))
TAKING(POINT_OPENAT, __openat64_2, (int folder, const char *path, int flags), (folder, path, flags))
#define CREATING(name)                                                                                       \
    REAL(int, name, (const char *path, mode_t mode), (path, mode))                                           \
    EXPORT int name(const char *path, mode_t mode)                                                           \
    {                                                                                                        \
        OPEN(POINT_CREAT, name, (path, mode), AT_FDCWD, O_CREAT, CALL_SITE);                                 \
        return fd;                                                                                           \
    }

CREATING(creat)
CREATING(creat64)
MAKING_TEMP(POINT_MKSTEMP, mkstemp, (char *pattern), (pattern))
MAKING_TEMP(POINT_MKSTEMP, mkstemp64, (char *pattern), (pattern))
MAKING_TEMP(POINT_MKOSTEMP, mkostemp, (char *pattern, int flags), (pattern, flags))
MAKING_TEMP(POINT_MKOSTEMP, mkostemp64, (char *pattern, int flags), (pattern, flags))
MAKING_TEMP(POINT_MKSTEMPS, mkstemps, (char *pattern, int suffix), (pattern, suffix))
MAKING_TEMP(POINT_MKSTEMPS, mkstemps64, (char *pattern, int suffix), (pattern, suffix))
MAKING_TEMP(POINT_MKOSTEMPS, mkostemps, (char *pattern, int suffix, int flags), (pattern, suffix, flags))
MAKING_TEMP(POINT_MKOSTEMPS, mkostemps64, (char *pattern, int suffix, int flags), (pattern, suffix, flags))
TAKING(POINT_DUP, dup, (int old), (old))

READING(POINT_READ, read, (int file, void *buffer, size_t count), (file, buffer, count))
READING(POINT_READ, __read_chk, (int file, void *buffer, size_t count, size_t size),
        (file, buffer, count, size))
WRITING(POINT_WRITE, write, (int file, const void *buffer, size_t count), (file, buffer, count))
READING(POINT_PREAD, pread, (int file, void *buffer, size_t count, off_t offset),
        (file, buffer, count, offset))
READING(POINT_PREAD, pread64, (int file, void *buffer, size_t count, off64_t offset),
        (file, buffer, count, offset))
READING(POINT_PREAD, __pread_chk, (int file, void *buffer, size_t count, off_t offset, size_t size),
        (file, buffer, count, offset, size))
READING(POINT_PREAD, __pread64_chk, (int file, void *buffer, size_t count, off64_t offset, size_t size),
        (file, buffer, count, offset, size))
WRITING(POINT_PWRITE, pwrite, (int file, const void *buffer, size_t count, off_t offset),
        (file, buffer, count, offset))
WRITING(POINT_PWRITE, pwrite64, (int file, const void *buffer, size_t count, off64_t offset),
        (file, buffer, count, offset))

PLAIN(POINT_LSEEK, off_t, lseek, (int file, off_t offset, int whence), (file, offset, whence))
PLAIN(POINT_LSEEK, off64_t, lseek64, (int file, off64_t offset, int whence), (file, offset, whence))
PLAIN(POINT_FTRUNCATE, int, ftruncate, (int file, off_t length), (file, length))
PLAIN(POINT_FTRUNCATE, int, ftruncate64, (int file, off64_t length), (file, length))
PLAIN(POINT_TRUNCATE, int, truncate, (const char *path, off_t length), (path, length))
PLAIN(POINT_TRUNCATE, int, truncate64, (const char *path, off64_t length), (path, length))
PLAIN(POINT_FALLOCATE, int, fallocate, (int file, int mode, off_t offset, off_t length),
      (file, mode, offset, length))
PLAIN(POINT_FALLOCATE, int, fallocate64, (int file, int mode, off64_t offset, off64_t length),
      (file, mode, offset, length))
PLAIN(POINT_FLOCK, int, flock, (int file, int operation), (file, operation))
PLAIN(POINT_FSYNC, int, fsync, (int file), (file))
PLAIN(POINT_FDATASYNC, int, fdatasync, (int file), (file))

REMOVING(POINT_RENAME, rename, (const char *from, const char *to), (from, to), AT_FDCWD, from, AT_FDCWD, to)
REMOVING(POINT_RENAMEAT, renameat, (int from_folder, const char *from, int to_folder, const char *to),
         (from_folder, from, to_folder, to), from_folder, from, to_folder, to)
REMOVING(POINT_UNLINK, unlink, (const char *path), (path), AT_FDCWD, path, AT_FDCWD, NULL)
REMOVING(POINT_UNLINKAT, unlinkat, (int folder, const char *path, int flags), (folder, path, flags), folder,
         path, AT_FDCWD, NULL)
REMOVING(POINT_RMDIR, rmdir, (const char *path), (path), AT_FDCWD, path, AT_FDCWD, NULL)
REMOVING(POINT_REMOVE, remove, (const char *path), (path), AT_FDCWD, path, AT_FDCWD, NULL)

/* Two names that change places both stay. */
REAL(int, renameat2, (int from_folder, const char *from, int to_folder, const char *to, unsigned flags),
     (from_folder, from, to_folder, to, flags))
EXPORT int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    struct fault fault;
    if (IF_DUE(POINT_RENAMEAT2, fault))
        return failed(fault.error);
    bool moves = (flags & RENAME_EXCHANGE) == 0;
    bool makes = moves && UNLIKELY(preload.trace != NULL) && trace_makes(to_folder, to);
    int result = real_renameat2(from_folder, from, to_folder, to, flags);
    if (UNLIKELY(result == -1))
        return refused();
    if (moves)
        name_gone(from_folder, from);
    if (UNLIKELY(makes))
        trace_made(to_folder, to, CALL_SITE);
    return result;
}

/* A call that makes a name which must not have been there. */
#define MAKING(point, name, parameters, arguments, folder, made)                                             \
    REAL(int, name, parameters, arguments)                                                                   \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (IF_DUE(point, fault))                                                                            \
            return failed(fault.error);                                                                      \
        int result = real_##name arguments;                                                                  \
        if (UNLIKELY(result == -1))                                                                          \
            return refused();                                                                                \
        if (UNLIKELY(preload.trace != NULL))                                                                 \
            trace_made(folder, made, CALL_SITE);                                                             \
        return result;                                                                                       \
    }

MAKING(POINT_MKDIR, mkdir, (const char *path, mode_t mode), (path, mode), AT_FDCWD, path)
MAKING(POINT_MKDIRAT, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode), folder,
       path)
MAKING(POINT_LINK, link, (const char *from, const char *to), (from, to), AT_FDCWD, to)
MAKING(POINT_LINKAT, linkat, (int from_folder, const char *from, int to_folder, const char *to, int flags),
       (from_folder, from, to_folder, to, flags), to_folder, to)
MAKING(POINT_SYMLINK, symlink, (const char *target, const char *path), (target, path), AT_FDCWD, path)
MAKING(POINT_SYMLINKAT, symlinkat, (const char *target, int folder, const char *path), (target, folder, path),
       folder, path)

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
PLAIN(POINT_STATX, int, statx, (int folder, const char *path, int flags, unsigned mask, struct statx *status),
      (folder, path, flags, mask, status))
PLAIN(POINT_STATVFS, int, statvfs, (const char *path, struct statvfs *status), (path, status))
PLAIN(POINT_STATVFS, int, statvfs64, (const char *path, struct statvfs64 *status), (path, status))
PLAIN(POINT_FSTATVFS, int, fstatvfs, (int file, struct statvfs *status), (file, status))
PLAIN(POINT_FSTATVFS, int, fstatvfs64, (int file, struct statvfs64 *status), (file, status))

/* Says its errno as its result. */
#define ALLOCATING(name, parameters, arguments)                                                              \
    REAL(int, name, parameters, arguments)                                                                   \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (IF_DUE(POINT_POSIX_FALLOCATE, fault))                                                            \
            return fault.error;                                                                              \
        int error = real_##name arguments;                                                                   \
        if (UNLIKELY(error != 0))                                                                            \
            kernel_refused(error);                                                                           \
        return error;                                                                                        \
    }

ALLOCATING(posix_fallocate, (int file, off_t offset, off_t length), (file, offset, length))
ALLOCATING(posix_fallocate64, (int file, off64_t offset, off64_t length), (file, offset, length))

REAL(char *, mkdtemp, (char *pattern), (pattern))
EXPORT char *mkdtemp(char *pattern)
{
    struct fault fault;
    if (IF_DUE(POINT_MKDTEMP, fault)) {
        errno = fault.error;
        return NULL;
    }
    char *made = real_mkdtemp(pattern);
    if (UNLIKELY(made == NULL)) {
        kernel_refused(errno);
        return NULL;
    }
    temp_made(pattern, CALL_SITE);
    trace_made(AT_FDCWD, pattern, CALL_SITE);
    return made;
}

/* The numbers in a row that this thread tried to close at one place, and that were not open. */
static void follow_row(struct closed_row *row, int fd, uintptr_t site)
{
    if (site == row->site && (fd == row->last + 1 || fd == row->last - 1))
        row->length++;
    else
        *row = (struct closed_row){.site = site, .length = 1};
    row->last = fd;
}

/* A slot that was open was closed by somebody unseen; and who closes numbers in a row that never were open
 * closes all that there are. */
COLD void judge_failed_close(int fd, uint64_t held, uintptr_t site)
{
    enum { ROW_MIN = 3 };
    struct ledger_fd *slot = slot_of(fd);
    struct closed_row *row = &self.row;
    if (errno != EBADF || slot == NULL)
        return;
    follow_row(row, fd, site);
    bool ever_open = held != 0 || slot->released_at != 0;
    if (!ever_open && row->length >= ROW_MIN && !row->is_sweep) {
        row->is_sweep = true;
        fd_closed_wrongly(LEDGER_CLOSE_SWEEP, fd, site);
    }
    if (ever_open && (held & LEDGER_FD_OPEN) == 0 && !row->is_sweep)
        fd_closed_wrongly(LEDGER_DOUBLE_CLOSE, fd, site);
}

REAL(int, close, (int fd), (fd))
static inline int close_noted(int fd, uintptr_t site)
{
    struct closing closing __attribute__((cleanup(closing_cancelled))) = closing_begin(fd, site);
    int result = real_close(fd);
    closing_end(&closing, result == -1);
    return result;
}

EXPORT int close(int fd)
{
    if (LIKELY(!fault_armed(POINT_CLOSE)))
        return close_noted(fd, CALL_SITE);
    struct fault fault;
    if (!fault_due(POINT_CLOSE, CALL_SITE, SIZE_MAX, &fault))
        return close_noted(fd, CALL_SITE);
    if (fault.done)
        (void)close_noted(fd, CALL_SITE);
    return failed(fault.error);
}

REAL(DIR *, opendir, (const char *path), (path))
EXPORT DIR *opendir(const char *path)
{
    struct fault fault;
    if (IF_DUE(POINT_OPENDIR, fault)) {
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

/* The listing takes over the descriptor, which stays put down to the call that took it. */
REAL(DIR *, fdopendir, (int file), (file))
EXPORT DIR *fdopendir(int file)
{
    struct fault fault;
    if (LIKELY(!IF_DUE(POINT_FDOPENDIR, fault)))
        return real_fdopendir(file);
    errno = fault.error;
    return NULL;
}

REAL(int, closedir, (DIR * folder), (folder))
static int closedir_noted(DIR *folder, uintptr_t site)
{
    DIR *volatile maybe = folder; /* the header swears that it is not NULL, the function allows it */
    int fd = maybe != NULL ? dirfd(folder) : -1;
    struct closing closing = closing_begin(fd, site);
    int result = real_closedir(folder);
    closing_end(&closing, result == -1);
    return result;
}

EXPORT int closedir(DIR *folder)
{
    struct fault fault;
    if (!IF_DUE(POINT_CLOSEDIR, fault))
        return closedir_noted(folder, CALL_SITE);
    if (fault.done)
        (void)closedir_noted(folder, CALL_SITE);
    return failed(fault.error);
}

/* Whether a call closes that number, if it gets another descriptor now. Without a trace its slot tells. */
static inline bool gives_up(int fd)
{
    if (LIKELY(preload.trace == NULL))
        return true;
    int saved = errno;
    bool open = syscall(SYS_fcntl, fd, F_GETFD) != -1;
    errno = saved;
    return open;
}

/* dup2 and dup3 close `new` within the kernel: its slot changes hands when they have succeeded, since the
 * number is never free in between. */
static inline void replaced(int old, int new, bool was_open, uintptr_t site)
{
    if (old == new)
        return;
    if (was_open && UNLIKELY(fd_is_foreign(fd_giving(new, site))))
        fd_closed_wrongly(LEDGER_FOREIGN_CLOSE, new, site);
    fd_took(new, site);
}

#define REPLACING(point, name, parameters, arguments)                                                        \
    REAL(int, name, parameters, arguments)                                                                   \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (IF_DUE(point, fault))                                                                            \
            return failed(fault.error);                                                                      \
        bool was_open = gives_up(new);                                                                       \
        int fd = real_##name arguments;                                                                      \
        if (LIKELY(fd >= 0))                                                                                 \
            replaced(old, fd, was_open, CALL_SITE);                                                          \
        else                                                                                                 \
            kernel_refused(errno);                                                                           \
        return fd;                                                                                           \
    }

REPLACING(POINT_DUP2, dup2, (int old, int new), (old, new))
REPLACING(POINT_DUP3, dup3, (int old, int new, int flags), (old, new, flags))

#define PIPING(point, name, parameters, arguments)                                                           \
    REAL(int, name, parameters, arguments)                                                                   \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (IF_DUE(point, fault))                                                                            \
            return failed(fault.error);                                                                      \
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

/* Of fcntl's commands, only those that make a descriptor can fail. */
#define CONTROLLING(name)                                                                                    \
    int wrapped_##name(int file, int command, void *argument) __asm__(#name);                                \
    REAL(int, name, (int file, int command, void *argument), (file, command, argument))                      \
    EXPORT int wrapped_##name(int file, int command, void *argument)                                         \
    {                                                                                                        \
        if (command != F_DUPFD && command != F_DUPFD_CLOEXEC)                                                \
            return real_##name(file, command, argument);                                                     \
        TAKE(POINT_FCNTL_DUPFD, name, (file, command, argument));                                            \
    }

CONTROLLING(fcntl)
CONTROLLING(fcntl64)
