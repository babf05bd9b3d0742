/* The one table of points: which errno each call can really return, and whether the call has done its
 * work by then.
 *
 * Realistic errnos are those that a valid request can meet, on any file system and with signals arriving:
 * the outside world's failures. The others (a wrong argument, a wrong descriptor, a non-blocking one) blame
 * the caller, and must be asked for by name. Sources: POSIX.1-2017 and the man pages of Linux 6. */
#include "faults.h"

#include <errno.h>

/* clang-format off */
#define REAL(error)      {error, true, false}  /* for a valid request; nothing was done */
#define REALDONE(error)  {error, true, true}   /* for a valid request; it was done all the same */
#define ASKED(error)     {error, false, false}
#define ASKEDDONE(error) {error, false, true}
#define SHORTENS true  /* takes the kind `short` */
#define WHOLE    false
/* clang-format on */

/* vfork returns twice in one frame: its wrapper is written for these machines alone. */
#if defined __x86_64__ || defined __aarch64__
#define VFORK_CALLS "vfork"
#else
#define VFORK_CALLS ""
#endif

#define OPEN_ERRNOS                                                                                          \
    REAL(EACCES), REAL(EINTR), REAL(EIO), REAL(EMFILE), REAL(ENFILE), REAL(ENOENT), REAL(ENOMEM),            \
        REAL(ENOSPC), ASKED(EEXIST), ASKED(EISDIR), ASKED(ELOOP), ASKED(ENAMETOOLONG), ASKED(ENODEV),        \
        ASKED(ENOTDIR), ASKED(ENXIO), ASKED(EPERM), ASKED(EROFS), ASKED(ETXTBSY), ASKED(EAGAIN),             \
        ASKED(EBUSY), ASKED(EDQUOT), ASKED(EINVAL), ASKED(EOVERFLOW)
#define TEMP_ERRNOS                                                                                          \
    REAL(EACCES), REAL(EIO), REAL(EMFILE), REAL(ENFILE), REAL(ENOENT), REAL(ENOMEM), REAL(ENOSPC),           \
        ASKED(EEXIST), ASKED(EINVAL), ASKED(ENOTDIR), ASKED(EROFS)
#define READ_ERRNOS                                                                                          \
    REAL(EINTR), REAL(EIO), ASKED(EAGAIN), ASKED(EBADF), ASKED(EFAULT), ASKED(EINVAL), ASKED(EISDIR)
#define WRITE_ERRNOS                                                                                         \
    REAL(EDQUOT), REAL(EINTR), REAL(EIO), REAL(ENOSPC), ASKED(EAGAIN), ASKED(EBADF), ASKED(EFAULT),          \
        ASKED(EFBIG), ASKED(EINVAL), ASKED(EPERM), ASKED(EPIPE)
#define STREAM_READ_ERRNOS                                                                                   \
    REAL(EINTR), REAL(EIO), ASKED(EAGAIN), ASKED(EBADF), ASKED(EISDIR), ASKED(ENXIO), ASKED(EOVERFLOW)
#define STREAM_WRITE_ERRNOS                                                                                  \
    REAL(EDQUOT), REAL(EINTR), REAL(EIO), REAL(ENOSPC), ASKED(EAGAIN), ASKED(EBADF), ASKED(EFBIG),           \
        ASKED(ENOMEM), ASKED(ENXIO), ASKED(EPERM), ASKED(EPIPE)
#define STREAM_PRINT_ERRNOS                                                                                  \
    REAL(EDQUOT), REAL(EINTR), REAL(EIO), REAL(ENOMEM), REAL(ENOSPC), ASKED(EAGAIN), ASKED(EBADF),           \
        ASKED(EFBIG), ASKED(EILSEQ), ASKED(EINVAL), ASKED(ENXIO), ASKED(EOVERFLOW), ASKED(EPERM),            \
        ASKED(EPIPE)
#define STREAM_SEEK_ERRNOS                                                                                   \
    REAL(EDQUOT), REAL(EINTR), REAL(EIO), REAL(ENOSPC), ASKED(EAGAIN), ASKED(EBADF), ASKED(EFBIG),           \
        ASKED(EINVAL), ASKED(ENXIO), ASKED(EOVERFLOW), ASKED(EPIPE), ASKED(ESPIPE)
#define SYNC_ERRNOS                                                                                          \
    REAL(EDQUOT), REAL(EIO), REAL(ENOSPC), ASKED(EBADF), ASKED(EINTR), ASKED(EINVAL), ASKED(EROFS)
#define RENAME_ERRNOS                                                                                        \
    REAL(EACCES), REAL(EDQUOT), REAL(EIO), REAL(ENOENT), REAL(ENOMEM), REAL(ENOSPC), ASKED(EBUSY),           \
        ASKED(EEXIST), ASKED(EINVAL), ASKED(EISDIR), ASKED(EMLINK), ASKED(ENOTDIR), ASKED(ENOTEMPTY),        \
        ASKED(EPERM), ASKED(EROFS), ASKED(EXDEV), ASKED(ELOOP), ASKED(ENAMETOOLONG)
#define UNLINK_ERRNOS                                                                                        \
    REAL(EACCES), REAL(EIO), REAL(ENOENT), REAL(ENOMEM), ASKED(EBUSY), ASKED(EISDIR), ASKED(ELOOP),          \
        ASKED(ENAMETOOLONG), ASKED(ENOTDIR), ASKED(EPERM), ASKED(EROFS)
#define STAT_ERRNOS                                                                                          \
    REAL(EACCES), REAL(EIO), REAL(ENOENT), REAL(ENOMEM), ASKED(ELOOP), ASKED(ENAMETOOLONG), ASKED(ENOTDIR),  \
        ASKED(EOVERFLOW)
#define FORMAT_ERRNOS REAL(ENOMEM), ASKED(EILSEQ), ASKED(EOVERFLOW)
#define MKDIR_ERRNOS                                                                                         \
    REAL(EACCES), REAL(EDQUOT), REAL(ENOENT), REAL(ENOMEM), REAL(ENOSPC), ASKED(EEXIST), ASKED(ELOOP),       \
        ASKED(EMLINK), ASKED(ENAMETOOLONG), ASKED(ENOTDIR), ASKED(EPERM), ASKED(EROFS)
#define LINK_ERRNOS                                                                                          \
    REAL(EACCES), REAL(EDQUOT), REAL(EIO), REAL(ENOENT), REAL(ENOMEM), REAL(ENOSPC), ASKED(EEXIST),          \
        ASKED(ELOOP), ASKED(ENAMETOOLONG), ASKED(ENOTDIR), ASKED(EPERM), ASKED(EROFS)
/* Of what is open to the kernel alone: no file system is in it. */
#define ANONYMOUS_ERRNOS REAL(EMFILE), REAL(ENFILE), REAL(ENOMEM)
#define FORK_ERRNOS      REAL(EAGAIN), REAL(ENOMEM), ASKED(ENOSYS)
#define EXEC_ERRNOS                                                                                          \
    REAL(EACCES), REAL(EAGAIN), REAL(EIO), REAL(EMFILE), REAL(ENFILE), REAL(ENOENT), REAL(ENOMEM),           \
        ASKED(E2BIG), ASKED(EFAULT), ASKED(EINVAL), ASKED(EISDIR), ASKED(ELIBBAD), ASKED(ELOOP),             \
        ASKED(ENAMETOOLONG), ASKED(ENOEXEC), ASKED(ENOTDIR), ASKED(EPERM), ASKED(ETXTBSY)
#define SPAWN_ERRNOS                                                                                         \
    REAL(EACCES), REAL(EAGAIN), REAL(EIO), REAL(EMFILE), REAL(ENFILE), REAL(ENOENT), REAL(ENOMEM),           \
        ASKED(E2BIG), ASKED(EBADF), ASKED(EINVAL), ASKED(EISDIR), ASKED(ELIBBAD), ASKED(ELOOP),              \
        ASKED(ENAMETOOLONG), ASKED(ENOEXEC), ASKED(ENOTDIR), ASKED(EPERM), ASKED(ETXTBSY)
#define WAIT_ERRNOS REAL(EINTR), ASKED(ECHILD), ASKED(EINVAL)
#define PIPE_ERRNOS REAL(EMFILE), REAL(ENFILE), ASKED(EFAULT), ASKED(EINVAL)
#define SOCKET_ERRNOS                                                                                        \
    REAL(EMFILE), REAL(ENFILE), REAL(ENOBUFS), REAL(ENOMEM), ASKED(EACCES), ASKED(EAFNOSUPPORT),             \
        ASKED(EINVAL), ASKED(EPERM), ASKED(EPROTONOSUPPORT), ASKED(EPROTOTYPE)
#define ACCEPT_ERRNOS                                                                                        \
    REAL(ECONNABORTED), REAL(EINTR), REAL(EMFILE), REAL(ENFILE), REAL(ENOBUFS), REAL(ENOMEM), ASKED(EAGAIN), \
        ASKED(EBADF), ASKED(EFAULT), ASKED(EHOSTDOWN), ASKED(EHOSTUNREACH), ASKED(EINVAL), ASKED(ENETDOWN),  \
        ASKED(ENETUNREACH), ASKED(ENOTSOCK), ASKED(EOPNOTSUPP), ASKED(EPERM), ASKED(EPROTO)
#define SEND_ERRNOS                                                                                          \
    REAL(ECONNRESET), REAL(EINTR), REAL(ENOBUFS), REAL(ENOMEM), REAL(ETIMEDOUT), ASKED(EACCES),              \
        ASKED(EAGAIN), ASKED(EBADF), ASKED(ECONNREFUSED), ASKED(EDESTADDRREQ), ASKED(EFAULT),                \
        ASKED(EHOSTUNREACH), ASKED(EINVAL), ASKED(EISCONN), ASKED(EMSGSIZE), ASKED(ENETDOWN),                \
        ASKED(ENETUNREACH), ASKED(ENOTCONN), ASKED(ENOTSOCK), ASKED(EPIPE)
#define RECEIVE_ERRNOS                                                                                       \
    REAL(ECONNREFUSED), REAL(ECONNRESET), REAL(EINTR), REAL(EIO), REAL(ENOBUFS), REAL(ENOMEM),               \
        REAL(ETIMEDOUT), ASKED(EAGAIN), ASKED(EBADF), ASKED(EFAULT), ASKED(EINVAL), ASKED(EMSGSIZE),         \
        ASKED(ENOTCONN), ASKED(ENOTSOCK), ASKED(EOPNOTSUPP)
#define POLL_ERRNOS       REAL(EINTR), REAL(ENOMEM), ASKED(EAGAIN), ASKED(EFAULT), ASKED(EINVAL)
#define SELECT_ERRNOS     REAL(EINTR), REAL(ENOMEM), ASKED(EBADF), ASKED(EFAULT), ASKED(EINVAL)
#define EPOLL_WAIT_ERRNOS REAL(EINTR), ASKED(EBADF), ASKED(EFAULT), ASKED(EINVAL)

/* clang-format off */
const struct fault_point fault_points[] = {
    /* io.c. Linux releases a valid descriptor first: whatever close returns, it is closed. */
    [POINT_OPEN] = {"posix/io/oc/open", "open open64 __open_2 __open64_2", "POSIX.1-1988", WHOLE,
        {OPEN_ERRNOS}},
    [POINT_OPENAT] = {"posix/io/oc/openat", "openat openat64 __openat_2 __openat64_2", "POSIX.1-2008", WHOLE,
        {OPEN_ERRNOS, ASKED(EBADF)}},
    [POINT_CREAT] = {"posix/io/oc/creat", "creat creat64", "POSIX.1-1988", WHOLE, {OPEN_ERRNOS}},
    [POINT_CLOSE] = {"posix/io/oc/close", "close", "POSIX.1-1988", WHOLE,
        {REALDONE(EDQUOT), REALDONE(EINTR), REALDONE(EIO), REALDONE(ENOSPC), ASKEDDONE(EBADF)}},
    [POINT_MKSTEMP] = {"posix/io/oc/mkstemp", "mkstemp mkstemp64", "POSIX.1-2001", WHOLE, {TEMP_ERRNOS}},
    [POINT_MKOSTEMP] = {"posix/io/oc/mkostemp", "mkostemp mkostemp64", "glibc 2.7", WHOLE, {TEMP_ERRNOS}},
    [POINT_DUP] = {"posix/io/oc/dup", "dup", "POSIX.1-1988", WHOLE, {REAL(EMFILE), ASKED(EBADF)}},
    [POINT_DUP2] = {"posix/io/oc/dup2", "dup2", "POSIX.1-1988", WHOLE,
        {REAL(EBUSY), REAL(EINTR), ASKED(EBADF), ASKED(EMFILE)}},
    [POINT_DUP3] = {"posix/io/oc/dup3", "dup3", "Linux 2.6.27", WHOLE,
        {REAL(EBUSY), REAL(EINTR), ASKED(EBADF), ASKED(EINVAL), ASKED(EMFILE)}},
    [POINT_FCNTL_DUPFD] = {"posix/io/oc/fcntl/dupfd", "fcntl fcntl64", "POSIX.1-1988", WHOLE,
        {REAL(EMFILE), ASKED(EBADF), ASKED(EINVAL)}},
    [POINT_PIPE] = {"posix/io/oc/pipe", "pipe", "POSIX.1-1988", WHOLE, {PIPE_ERRNOS}},
    [POINT_PIPE2] = {"posix/io/oc/pipe2", "pipe2", "Linux 2.6.27", WHOLE, {PIPE_ERRNOS}},
    [POINT_READ] = {"posix/io/rw/read", "read __read_chk", "POSIX.1-1988", SHORTENS, {READ_ERRNOS}},
    [POINT_WRITE] = {"posix/io/rw/write", "write", "POSIX.1-1988", SHORTENS, {WRITE_ERRNOS}},
    [POINT_PREAD] = {"posix/io/rw/pread", "pread pread64 __pread_chk __pread64_chk", "POSIX.1-2001", SHORTENS,
        {READ_ERRNOS, ASKED(ESPIPE)}},
    [POINT_PWRITE] = {"posix/io/rw/pwrite", "pwrite pwrite64", "POSIX.1-2001", SHORTENS,
        {WRITE_ERRNOS, ASKED(ESPIPE)}},
    [POINT_READV] = {"posix/io/rw/readv", "readv", "POSIX.1-2001", SHORTENS, {READ_ERRNOS}},
    [POINT_WRITEV] = {"posix/io/rw/writev", "writev", "POSIX.1-2001", SHORTENS, {WRITE_ERRNOS}},
    [POINT_LSEEK] = {"posix/io/rw/lseek", "lseek lseek64", "POSIX.1-1988", WHOLE,
        {ASKED(EBADF), ASKED(EINVAL), ASKED(ENXIO), ASKED(EOVERFLOW), ASKED(ESPIPE)}},
    [POINT_FTRUNCATE] = {"posix/io/rw/ftruncate", "ftruncate ftruncate64", "POSIX.1-2001", WHOLE,
        {REAL(EDQUOT), REAL(EINTR), REAL(EIO), REAL(ENOSPC), ASKED(EBADF), ASKED(EFBIG), ASKED(EINVAL),
            ASKED(EPERM)}},
    [POINT_FSYNC] = {"posix/io/sync/fsync", "fsync", "POSIX.1-2001", WHOLE, {SYNC_ERRNOS}},
    [POINT_FDATASYNC] = {"posix/io/sync/fdatasync", "fdatasync", "POSIX.1-2001", WHOLE, {SYNC_ERRNOS}},
    [POINT_RENAME] = {"posix/io/dir/rename", "rename", "POSIX.1-1988", WHOLE, {RENAME_ERRNOS}},
    [POINT_RENAMEAT] = {"posix/io/dir/renameat", "renameat", "POSIX.1-2008", WHOLE,
        {RENAME_ERRNOS, ASKED(EBADF)}},
    [POINT_RENAMEAT2] = {"linux/io/dir/renameat2", "renameat2", "Linux 3.15", WHOLE,
        {RENAME_ERRNOS, ASKED(EBADF)}},
    [POINT_UNLINK] = {"posix/io/dir/unlink", "unlink", "POSIX.1-1988", WHOLE, {UNLINK_ERRNOS}},
    [POINT_UNLINKAT] = {"posix/io/dir/unlinkat", "unlinkat", "POSIX.1-2008", WHOLE,
        {UNLINK_ERRNOS, ASKED(EBADF), ASKED(EINVAL), ASKED(ENOTEMPTY)}},
    [POINT_RMDIR] = {"posix/io/dir/rmdir", "rmdir", "POSIX.1-1988", WHOLE,
        {UNLINK_ERRNOS, ASKED(EINVAL), ASKED(ENOTEMPTY)}},
    [POINT_REMOVE] = {"posix/stdio/remove", "remove", "C89", WHOLE, {UNLINK_ERRNOS, ASKED(ENOTEMPTY)}},
    [POINT_OPENDIR] = {"posix/io/dir/opendir", "opendir", "POSIX.1-1988", WHOLE,
        {REAL(EACCES), REAL(EIO), REAL(EMFILE), REAL(ENFILE), REAL(ENOENT), REAL(ENOMEM), ASKED(ENOTDIR)}},
    [POINT_CLOSEDIR] = {"posix/io/dir/closedir", "closedir", "POSIX.1-1988", WHOLE,
        {REALDONE(EINTR), REALDONE(EIO), ASKEDDONE(EBADF)}},
    [POINT_STAT] = {"posix/io/stat/stat", "stat stat64", "POSIX.1-1988", WHOLE, {STAT_ERRNOS}},
    [POINT_LSTAT] = {"posix/io/stat/lstat", "lstat lstat64", "POSIX.1-2001", WHOLE, {STAT_ERRNOS}},
    [POINT_FSTAT] = {"posix/io/stat/fstat", "fstat fstat64", "POSIX.1-1988", WHOLE,
        {REAL(EIO), REAL(ENOMEM), ASKED(EBADF), ASKED(EOVERFLOW)}},
    [POINT_FSTATAT] = {"posix/io/stat/fstatat", "fstatat fstatat64", "POSIX.1-2008", WHOLE,
        {STAT_ERRNOS, ASKED(EBADF), ASKED(EINVAL)}},
    [POINT_STATX] = {"linux/io/stat/statx", "statx", "Linux 4.11", WHOLE,
        {STAT_ERRNOS, ASKED(EBADF), ASKED(EINVAL)}},

    /* io.c: more descriptors */
    [POINT_MKSTEMPS] = {"posix/io/oc/mkstemps", "mkstemps mkstemps64", "glibc 2.11", WHOLE, {TEMP_ERRNOS}},
    [POINT_MKOSTEMPS] = {"posix/io/oc/mkostemps", "mkostemps mkostemps64", "glibc 2.11", WHOLE,
        {TEMP_ERRNOS}},
    [POINT_MKDTEMP] = {"posix/io/dir/mkdtemp", "mkdtemp", "POSIX.1-2008", WHOLE,
        {MKDIR_ERRNOS, ASKED(EINVAL)}},
    [POINT_MKDIR] = {"posix/io/dir/mkdir", "mkdir", "POSIX.1-1988", WHOLE, {MKDIR_ERRNOS, ASKED(EINVAL)}},
    [POINT_MKDIRAT] = {"posix/io/dir/mkdirat", "mkdirat", "POSIX.1-2008", WHOLE,
        {MKDIR_ERRNOS, ASKED(EBADF), ASKED(EINVAL)}},
    [POINT_LINK] = {"posix/io/dir/link", "link", "POSIX.1-1988", WHOLE,
        {LINK_ERRNOS, ASKED(EMLINK), ASKED(EXDEV)}},
    [POINT_LINKAT] = {"posix/io/dir/linkat", "linkat", "POSIX.1-2008", WHOLE,
        {LINK_ERRNOS, ASKED(EBADF), ASKED(EINVAL), ASKED(EMLINK), ASKED(EXDEV)}},
    [POINT_SYMLINK] = {"posix/io/dir/symlink", "symlink", "POSIX.1-2001", WHOLE, {LINK_ERRNOS}},
    [POINT_SYMLINKAT] = {"posix/io/dir/symlinkat", "symlinkat", "POSIX.1-2008", WHOLE,
        {LINK_ERRNOS, ASKED(EBADF)}},
    [POINT_FDOPENDIR] = {"posix/io/dir/fdopendir", "fdopendir", "POSIX.1-2008", WHOLE,
        {REAL(ENOMEM), ASKED(EBADF), ASKED(ENOTDIR)}},
    [POINT_STATVFS] = {"posix/io/stat/statvfs", "statvfs statvfs64", "POSIX.1-2001", WHOLE,
        {STAT_ERRNOS, REAL(EINTR), ASKED(ENOSYS)}},
    [POINT_FSTATVFS] = {"posix/io/stat/fstatvfs", "fstatvfs fstatvfs64", "POSIX.1-2001", WHOLE,
        {REAL(EINTR), REAL(EIO), REAL(ENOMEM), ASKED(EBADF), ASKED(ENOSYS), ASKED(EOVERFLOW)}},
    [POINT_FLOCK] = {"linux/io/lock/flock", "flock", "4.4BSD", WHOLE,
        {REAL(EINTR), REAL(ENOLCK), ASKED(EBADF), ASKED(EINVAL), ASKED(EWOULDBLOCK)}},
    [POINT_TRUNCATE] = {"posix/io/rw/truncate", "truncate truncate64", "POSIX.1-2001", WHOLE,
        {REAL(EACCES), REAL(EDQUOT), REAL(EINTR), REAL(EIO), REAL(ENOENT), REAL(ENOSPC), ASKED(EFBIG),
            ASKED(EINVAL), ASKED(EISDIR), ASKED(ELOOP), ASKED(ENAMETOOLONG), ASKED(ENOTDIR), ASKED(EPERM),
            ASKED(EROFS), ASKED(ETXTBSY)}},
    [POINT_FALLOCATE] = {"linux/io/rw/fallocate", "fallocate fallocate64", "Linux 2.6.23", WHOLE,
        {REAL(EINTR), REAL(EIO), REAL(ENOSPC), ASKED(EBADF), ASKED(EFBIG), ASKED(EINVAL), ASKED(ENODEV),
            ASKED(ENOSYS), ASKED(EOPNOTSUPP), ASKED(EPERM), ASKED(ESPIPE), ASKED(ETXTBSY)}},
    [POINT_POSIX_FALLOCATE] = {"posix/io/rw/posix_fallocate", "posix_fallocate posix_fallocate64",
        "POSIX.1-2001", WHOLE,
        {REAL(EINTR), REAL(EIO), REAL(ENOSPC), ASKED(EBADF), ASKED(EFBIG), ASKED(EINVAL), ASKED(ENODEV),
            ASKED(EOPNOTSUPP), ASKED(ESPIPE)}},
    [POINT_PREADV] = {"posix/io/rw/preadv", "preadv preadv64", "Linux 2.6.30", SHORTENS,
        {READ_ERRNOS, ASKED(ESPIPE)}},
    [POINT_PWRITEV] = {"posix/io/rw/pwritev", "pwritev pwritev64", "Linux 2.6.30", SHORTENS,
        {WRITE_ERRNOS, ASKED(ESPIPE)}},
    [POINT_SENDFILE] = {"linux/io/rw/sendfile", "sendfile sendfile64", "Linux 2.2", SHORTENS,
        {REAL(EINTR), REAL(EIO), REAL(ENOMEM), REAL(ENOSPC), ASKED(EAGAIN), ASKED(EBADF), ASKED(EFAULT),
            ASKED(EINVAL), ASKED(EOVERFLOW), ASKED(EPIPE), ASKED(ESPIPE)}},
    [POINT_COPY_FILE_RANGE] = {"linux/io/rw/copy_file_range", "copy_file_range", "Linux 4.5", SHORTENS,
        {REAL(EIO), REAL(ENOMEM), REAL(ENOSPC), REAL(EXDEV), ASKED(EBADF), ASKED(EFBIG), ASKED(EINVAL),
            ASKED(EISDIR), ASKED(ENOSYS), ASKED(EOPNOTSUPP), ASKED(EOVERFLOW), ASKED(EPERM), ASKED(ETXTBSY)}},

    /* close_range's only failures are those of what it can be asked for besides; closefrom has none. */
    [POINT_CLOSE_RANGE] = {"linux/io/oc/close_range", "close_range", "Linux 5.9", WHOLE,
        {ASKED(EINVAL), ASKED(EMFILE), ASKED(ENOMEM), ASKED(ENOSYS)}},
    [POINT_CLOSEFROM] = {"linux/io/oc/closefrom", "closefrom", "glibc 2.34", WHOLE, {{0}}},
    [POINT_MEMFD_CREATE] = {"linux/io/oc/memfd_create", "memfd_create", "Linux 3.17", WHOLE,
        {ANONYMOUS_ERRNOS, ASKED(EFAULT), ASKED(EINVAL), ASKED(EPERM)}},
    [POINT_EVENTFD] = {"linux/io/oc/eventfd", "eventfd", "Linux 2.6.22", WHOLE,
        {ANONYMOUS_ERRNOS, ASKED(EINVAL), ASKED(ENODEV)}},
    [POINT_EPOLL_CREATE] = {"linux/io/oc/epoll_create", "epoll_create", "Linux 2.6", WHOLE,
        {ANONYMOUS_ERRNOS, ASKED(EINVAL)}},
    [POINT_EPOLL_CREATE1] = {"linux/io/oc/epoll_create1", "epoll_create1", "Linux 2.6.27", WHOLE,
        {ANONYMOUS_ERRNOS, ASKED(EINVAL)}},
    [POINT_TIMERFD_CREATE] = {"linux/io/oc/timerfd_create", "timerfd_create", "Linux 2.6.25", WHOLE,
        {ANONYMOUS_ERRNOS, ASKED(EINVAL), ASKED(ENODEV), ASKED(EPERM)}},
    [POINT_SIGNALFD] = {"linux/io/oc/signalfd", "signalfd", "Linux 2.6.22", WHOLE,
        {ANONYMOUS_ERRNOS, ASKED(EBADF), ASKED(EINVAL), ASKED(ENODEV)}},
    [POINT_INOTIFY_INIT] = {"linux/io/oc/inotify_init", "inotify_init", "Linux 2.6.13", WHOLE,
        {ANONYMOUS_ERRNOS}},
    [POINT_INOTIFY_INIT1] = {"linux/io/oc/inotify_init1", "inotify_init1", "Linux 2.6.27", WHOLE,
        {ANONYMOUS_ERRNOS, ASKED(EINVAL)}},
    [POINT_PIDFD_OPEN] = {"linux/io/oc/pidfd_open", "pidfd_open", "Linux 5.3", WHOLE,
        {ANONYMOUS_ERRNOS, REAL(ESRCH), ASKED(EINVAL), ASKED(ENODEV), ASKED(ENOSYS)}},
    [POINT_GETRANDOM] = {"linux/io/rw/getrandom", "getrandom", "Linux 3.17", WHOLE,
        {REAL(EINTR), ASKED(EAGAIN), ASKED(EFAULT), ASKED(EINVAL), ASKED(ENOSYS)}},
    [POINT_GETENTROPY] = {"posix/io/rw/getentropy", "getentropy", "POSIX.1-2024", WHOLE,
        {REAL(EIO), ASKED(EFAULT), ASKED(ENOSYS)}},

    /* stdio.c. What fails on a stream fails on its device when the buffer is filled or emptied. fclose and
     * freopen have closed the descriptor, whatever they return. The compiler and glibc's headers turn some
     * into others: printf of mere text into puts or fwrite, putchar into putc, getline into __getdelim. */
    [POINT_FOPEN] = {"posix/stdio/oc/fopen", "fopen fopen64", "C89", WHOLE, {OPEN_ERRNOS}},
    [POINT_FDOPEN] = {"posix/stdio/oc/fdopen", "fdopen", "POSIX.1-1988", WHOLE,
        {REAL(ENOMEM), ASKED(EBADF), ASKED(EINVAL), ASKED(EMFILE)}},
    [POINT_FREOPEN] = {"posix/stdio/oc/freopen", "freopen freopen64", "C89", WHOLE,
        {REALDONE(EACCES), REALDONE(EINTR), REALDONE(EIO), REALDONE(EMFILE), REALDONE(ENFILE),
            REALDONE(ENOENT), REALDONE(ENOMEM), REALDONE(ENOSPC), ASKEDDONE(EBADF), ASKEDDONE(EINVAL),
            ASKEDDONE(EISDIR), ASKEDDONE(ELOOP), ASKEDDONE(ENAMETOOLONG), ASKEDDONE(ENOTDIR),
            ASKEDDONE(ENXIO), ASKEDDONE(EPERM), ASKEDDONE(EOVERFLOW), ASKEDDONE(EROFS), ASKEDDONE(ETXTBSY)}},
    [POINT_FCLOSE] = {"posix/stdio/oc/fclose", "fclose", "C89", WHOLE,
        {REALDONE(EDQUOT), REALDONE(EINTR), REALDONE(EIO), REALDONE(ENOSPC), ASKEDDONE(EAGAIN),
            ASKEDDONE(EBADF), ASKEDDONE(EFBIG), ASKEDDONE(ENOMEM), ASKEDDONE(ENXIO), ASKEDDONE(EPIPE)}},
    [POINT_FMEMOPEN] = {"posix/stdio/oc/fmemopen", "fmemopen", "POSIX.1-2008", WHOLE,
        {REAL(ENOMEM), ASKED(EINVAL), ASKED(EMFILE)}},
    [POINT_OPEN_MEMSTREAM] = {"posix/stdio/oc/open_memstream", "open_memstream", "POSIX.1-2008", WHOLE,
        {REAL(ENOMEM), ASKED(EINVAL), ASKED(EMFILE)}},
    [POINT_POPEN] = {"posix/stdio/oc/popen", "popen", "POSIX.2-1992", WHOLE,
        {REAL(EAGAIN), REAL(EMFILE), REAL(ENFILE), REAL(ENOMEM), ASKED(EINVAL)}},
    [POINT_PCLOSE] = {"posix/stdio/oc/pclose", "pclose", "POSIX.2-1992", WHOLE,
        {REALDONE(ECHILD), ASKEDDONE(EPIPE)}},
    [POINT_TMPFILE] = {"posix/stdio/tmp/tmpfile", "tmpfile tmpfile64", "C89", WHOLE,
        {REAL(EACCES), REAL(EINTR), REAL(EIO), REAL(EMFILE), REAL(ENFILE), REAL(ENOENT), REAL(ENOMEM),
            REAL(ENOSPC), ASKED(EEXIST), ASKED(EOVERFLOW), ASKED(EROFS)}},
    [POINT_FREAD] = {"posix/stdio/rw/fread", "fread fread_unlocked __fread_chk __fread_unlocked_chk",
        "C89", SHORTENS,
        {STREAM_READ_ERRNOS, ASKED(ENOMEM)}},
    [POINT_FWRITE] = {"posix/stdio/rw/fwrite", "fwrite fwrite_unlocked", "C89", SHORTENS,
        {STREAM_WRITE_ERRNOS}},
    [POINT_FGETC] = {"posix/stdio/gp/fgetc", "fgetc fgetc_unlocked", "C89", WHOLE,
        {STREAM_READ_ERRNOS, ASKED(ENOMEM)}},
    [POINT_GETC] = {"posix/stdio/gp/getc", "getc getc_unlocked _IO_getc __uflow", "C89", WHOLE,
        {STREAM_READ_ERRNOS, ASKED(ENOMEM)}},
    [POINT_GETCHAR] = {"posix/stdio/gp/getchar", "getchar getchar_unlocked", "C89", WHOLE,
        {STREAM_READ_ERRNOS, ASKED(ENOMEM)}},
    [POINT_FGETS] = {"posix/stdio/gp/fgets", "fgets fgets_unlocked __fgets_chk __fgets_unlocked_chk",
        "C89", WHOLE,
        {STREAM_READ_ERRNOS, ASKED(ENOMEM)}},
    [POINT_GETLINE] = {"posix/stdio/gp/getline", "getline __getdelim", "POSIX.1-2008", WHOLE,
        {STREAM_READ_ERRNOS, REAL(ENOMEM), ASKED(EINVAL)}},
    [POINT_GETDELIM] = {"posix/stdio/gp/getdelim", "getdelim", "POSIX.1-2008", WHOLE,
        {STREAM_READ_ERRNOS, REAL(ENOMEM), ASKED(EINVAL)}},
    [POINT_FPUTC] = {"posix/stdio/gp/fputc", "fputc fputc_unlocked", "C89", WHOLE, {STREAM_WRITE_ERRNOS}},
    [POINT_PUTC] = {"posix/stdio/gp/putc", "putc putc_unlocked _IO_putc __overflow", "C89", WHOLE,
        {STREAM_WRITE_ERRNOS}},
    [POINT_PUTCHAR] = {"posix/stdio/gp/putchar", "putchar putchar_unlocked", "C89", WHOLE,
        {STREAM_WRITE_ERRNOS}},
    [POINT_FPUTS] = {"posix/stdio/gp/fputs", "fputs fputs_unlocked", "C89", WHOLE, {STREAM_WRITE_ERRNOS}},
    [POINT_PUTS] = {"posix/stdio/gp/puts", "puts", "C89", WHOLE, {STREAM_WRITE_ERRNOS}},
    [POINT_PRINTF] = {"posix/stdio/sp/printf", "printf __printf_chk", "C89", WHOLE, {STREAM_PRINT_ERRNOS}},
    [POINT_FPRINTF] = {"posix/stdio/sp/fprintf", "fprintf __fprintf_chk", "C89", WHOLE,
        {STREAM_PRINT_ERRNOS}},
    [POINT_DPRINTF] = {"posix/stdio/sp/dprintf", "dprintf __dprintf_chk", "POSIX.1-2008", WHOLE,
        {STREAM_PRINT_ERRNOS}},
    [POINT_VPRINTF] = {"posix/stdio/sp/vprintf", "vprintf __vprintf_chk", "C89", WHOLE,
        {STREAM_PRINT_ERRNOS}},
    [POINT_VFPRINTF] = {"posix/stdio/sp/vfprintf", "vfprintf __vfprintf_chk", "C89", WHOLE,
        {STREAM_PRINT_ERRNOS}},
    [POINT_VDPRINTF] = {"posix/stdio/sp/vdprintf", "vdprintf __vdprintf_chk", "POSIX.1-2008", WHOLE,
        {STREAM_PRINT_ERRNOS}},
    [POINT_FFLUSH] = {"posix/stdio/fflush", "fflush fflush_unlocked", "C89", WHOLE, {STREAM_WRITE_ERRNOS}},
    [POINT_FSEEK] = {"posix/stdio/seek/fseek", "fseek", "C89", WHOLE, {STREAM_SEEK_ERRNOS}},
    [POINT_FSEEKO] = {"posix/stdio/seek/fseeko", "fseeko fseeko64", "POSIX.1-2001", WHOLE,
        {STREAM_SEEK_ERRNOS}},
    [POINT_FSETPOS] = {"posix/stdio/seek/fsetpos", "fsetpos fsetpos64", "C89", WHOLE, {STREAM_SEEK_ERRNOS}},
    [POINT_FTELL] = {"posix/stdio/seek/ftell", "ftell", "C89", WHOLE,
        {ASKED(EBADF), ASKED(EOVERFLOW), ASKED(ESPIPE)}},
    [POINT_FTELLO] = {"posix/stdio/seek/ftello", "ftello ftello64", "POSIX.1-2001", WHOLE,
        {ASKED(EBADF), ASKED(EOVERFLOW), ASKED(ESPIPE)}},
    [POINT_FGETPOS] = {"posix/stdio/seek/fgetpos", "fgetpos fgetpos64", "C89", WHOLE,
        {ASKED(EBADF), ASKED(EOVERFLOW), ASKED(ESPIPE)}},

    /* mem.c. A failed realloc leaves the old block as it was, a failed munmap the mapping. */
    [POINT_MALLOC] = {"libc/mm/malloc", "malloc", "C89", WHOLE, {REAL(ENOMEM)}},
    [POINT_CALLOC] = {"libc/mm/calloc", "calloc", "C89", WHOLE, {REAL(ENOMEM)}},
    [POINT_REALLOC] = {"libc/mm/realloc", "realloc", "C89", WHOLE, {REAL(ENOMEM)}},
    [POINT_REALLOCARRAY] = {"libc/mm/reallocarray", "reallocarray", "glibc 2.26", WHOLE, {REAL(ENOMEM)}},
    [POINT_POSIX_MEMALIGN] = {"posix/mm/posix_memalign", "posix_memalign", "POSIX.1-2001", WHOLE,
        {REAL(ENOMEM), ASKED(EINVAL)}},
    [POINT_ALIGNED_ALLOC] = {"libc/mm/aligned_alloc", "aligned_alloc", "C11", WHOLE,
        {REAL(ENOMEM), ASKED(EINVAL)}},
    [POINT_MEMALIGN] = {"libc/mm/memalign", "memalign", "glibc 2.0", WHOLE, {REAL(ENOMEM), ASKED(EINVAL)}},
    [POINT_VALLOC] = {"libc/mm/valloc", "valloc", "glibc 2.0", WHOLE, {REAL(ENOMEM)}},
    [POINT_PVALLOC] = {"libc/mm/pvalloc", "pvalloc", "glibc 2.0", WHOLE, {REAL(ENOMEM)}},
    [POINT_STRDUP] = {"libc/str/strdup", "strdup __strdup", "POSIX.1-2001", WHOLE, {REAL(ENOMEM)}},
    [POINT_STRNDUP] = {"libc/str/strndup", "strndup __strndup", "POSIX.1-2008", WHOLE, {REAL(ENOMEM)}},
    [POINT_ASPRINTF] = {"libc/str/asprintf", "asprintf __asprintf_chk", "glibc 2.0", WHOLE, {FORMAT_ERRNOS}},
    [POINT_VASPRINTF] = {"libc/str/vasprintf", "vasprintf __vasprintf_chk", "glibc 2.0", WHOLE,
        {FORMAT_ERRNOS}},
    [POINT_MMAP] = {"posix/mm/mmap", "mmap mmap64", "POSIX.1-2001", WHOLE,
        {REAL(EAGAIN), REAL(ENFILE), REAL(ENOMEM), ASKED(EACCES), ASKED(EBADF), ASKED(EEXIST), ASKED(EINVAL),
            ASKED(ENODEV), ASKED(EOVERFLOW), ASKED(EPERM)}},
    [POINT_MUNMAP] = {"posix/mm/munmap", "munmap", "POSIX.1-2001", WHOLE, {REAL(ENOMEM), ASKED(EINVAL)}},
    [POINT_MPROTECT] = {"posix/mm/mprotect", "mprotect", "POSIX.1-2001", WHOLE,
        {REAL(ENOMEM), ASKED(EACCES), ASKED(EINVAL)}},
    [POINT_MREMAP] = {"linux/mm/mremap", "mremap", "Linux 1.3.77", WHOLE,
        {REAL(EAGAIN), REAL(ENOMEM), ASKED(EFAULT), ASKED(EINVAL)}},
    [POINT_MADVISE] = {"posix/mm/madvise", "madvise", "Linux 2.4", WHOLE,
        {REAL(EAGAIN), REAL(EIO), REAL(ENOMEM), ASKED(EACCES), ASKED(EBADF), ASKED(EINVAL), ASKED(EPERM)}},

    /* proc.c. What exec and spawn can return beside these is the loader's word on a damaged program. */
    [POINT_FORK] = {"posix/proc/fork", "fork", "POSIX.1-1988", WHOLE, {FORK_ERRNOS}},
    [POINT__FORK] = {"posix/proc/_Fork", "_Fork", "POSIX.1-2024", WHOLE, {FORK_ERRNOS}},
    [POINT_VFORK] = {"posix/proc/vfork", VFORK_CALLS, "4.2BSD", WHOLE, {FORK_ERRNOS}},
    [POINT_CLONE] = {"linux/proc/clone", "clone", "Linux 1.3", WHOLE, {FORK_ERRNOS}},
    [POINT_POSIX_SPAWN] = {"posix/proc/posix_spawn", "posix_spawn", "POSIX.1-2001", WHOLE, {SPAWN_ERRNOS}},
    [POINT_POSIX_SPAWNP] = {"posix/proc/posix_spawnp", "posix_spawnp", "POSIX.1-2001", WHOLE, {SPAWN_ERRNOS}},
    [POINT_EXECVE] = {"posix/proc/execve", "execve", "POSIX.1-1988", WHOLE, {EXEC_ERRNOS}},
    [POINT_EXECV] = {"posix/proc/execv", "execv", "POSIX.1-1988", WHOLE, {EXEC_ERRNOS}},
    [POINT_EXECVP] = {"posix/proc/execvp", "execvp", "POSIX.1-1988", WHOLE, {EXEC_ERRNOS}},
    [POINT_EXECVPE] = {"posix/proc/execvpe", "execvpe", "glibc 2.11", WHOLE, {EXEC_ERRNOS}},
    [POINT_EXECL] = {"posix/proc/execl", "execl", "POSIX.1-1988", WHOLE, {EXEC_ERRNOS}},
    [POINT_EXECLE] = {"posix/proc/execle", "execle", "POSIX.1-1988", WHOLE, {EXEC_ERRNOS}},
    [POINT_EXECLP] = {"posix/proc/execlp", "execlp", "POSIX.1-1988", WHOLE, {EXEC_ERRNOS}},
    [POINT_FEXECVE] = {"posix/proc/fexecve", "fexecve", "POSIX.1-2008", WHOLE, {EXEC_ERRNOS, ASKED(ENOSYS)}},
    [POINT_EXECVEAT] = {"linux/proc/execveat", "execveat", "Linux 3.19", WHOLE, {EXEC_ERRNOS, ASKED(EBADF)}},
    [POINT_WAIT] = {"posix/proc/wait", "wait", "POSIX.1-1988", WHOLE, {REAL(EINTR), ASKED(ECHILD)}},
    [POINT_WAITPID] = {"posix/proc/waitpid", "waitpid", "POSIX.1-1988", WHOLE, {WAIT_ERRNOS}},
    [POINT_WAITID] = {"posix/proc/waitid", "waitid", "POSIX.1-2001", WHOLE, {WAIT_ERRNOS}},
    [POINT_WAIT3] = {"posix/proc/wait3", "wait3", "4.3BSD", WHOLE, {WAIT_ERRNOS}},
    [POINT_WAIT4] = {"posix/proc/wait4", "wait4", "4.3BSD", WHOLE, {WAIT_ERRNOS}},
    [POINT_KILL] = {"posix/proc/kill", "kill", "POSIX.1-1988", WHOLE,
        {REAL(ESRCH), ASKED(EINVAL), ASKED(EPERM)}},

    /* net.c. A connect that a signal interrupts goes on by itself: it is made. EPIPE comes with its signal,
     * so it must be asked for. The resolver has codes of its own: EAGAIN stands for EAI_AGAIN, ENOENT for
     * EAI_NONAME, ENOTRECOVERABLE for EAI_FAIL, and so on (net.c); any other errno comes as EAI_SYSTEM. Of
     * epoll_ctl's commands, only the one that adds needs anything that could be lacking. */
    [POINT_SOCKET] = {"posix/io/net/socket", "socket", "POSIX.1-2001", WHOLE, {SOCKET_ERRNOS}},
    [POINT_SOCKETPAIR] = {"posix/io/net/socketpair", "socketpair", "POSIX.1-2001", WHOLE,
        {SOCKET_ERRNOS, ASKED(EFAULT), ASKED(EOPNOTSUPP)}},
    [POINT_BIND] = {"posix/io/net/bind", "bind", "POSIX.1-2001", WHOLE,
        {REAL(EACCES), REAL(EADDRINUSE), REAL(EADDRNOTAVAIL), REAL(ENOBUFS), REAL(ENOMEM),
            ASKED(EAFNOSUPPORT), ASKED(EBADF), ASKED(EFAULT), ASKED(EINVAL), ASKED(EIO), ASKED(ELOOP),
            ASKED(ENAMETOOLONG), ASKED(ENOENT), ASKED(ENOSPC), ASKED(ENOTDIR), ASKED(ENOTSOCK),
            ASKED(EOPNOTSUPP), ASKED(EPERM), ASKED(EROFS)}},
    [POINT_LISTEN] = {"posix/io/net/listen", "listen", "POSIX.1-2001", WHOLE,
        {REAL(EADDRINUSE), REAL(ENOBUFS), ASKED(EACCES), ASKED(EBADF), ASKED(EDESTADDRREQ), ASKED(EINVAL),
            ASKED(ENOTSOCK), ASKED(EOPNOTSUPP)}},
    [POINT_ACCEPT] = {"posix/io/net/accept", "accept", "POSIX.1-2001", WHOLE, {ACCEPT_ERRNOS}},
    [POINT_ACCEPT4] = {"posix/io/net/accept4", "accept4", "Linux 2.6.28", WHOLE, {ACCEPT_ERRNOS}},
    [POINT_CONNECT] = {"posix/io/net/connect", "connect", "POSIX.1-2001", WHOLE,
        {REAL(EADDRNOTAVAIL), REAL(ECONNREFUSED), REAL(ECONNRESET), REAL(EHOSTUNREACH), REALDONE(EINTR),
            REAL(ENETUNREACH), REAL(ENOBUFS), REAL(ETIMEDOUT), ASKED(EACCES), ASKED(EADDRINUSE),
            ASKED(EAFNOSUPPORT), ASKED(EAGAIN), ASKED(EALREADY), ASKED(EBADF), ASKEDDONE(EINPROGRESS),
            ASKED(EISCONN), ASKED(ENETDOWN), ASKED(ENOENT), ASKED(ENOTSOCK), ASKED(EPROTOTYPE)}},
    [POINT_SEND] = {"posix/io/net/send", "send", "POSIX.1-2001", SHORTENS, {SEND_ERRNOS}},
    [POINT_SENDTO] = {"posix/io/net/sendto", "sendto", "POSIX.1-2001", SHORTENS, {SEND_ERRNOS}},
    [POINT_SENDMSG] = {"posix/io/net/sendmsg", "sendmsg", "POSIX.1-2001", SHORTENS, {SEND_ERRNOS}},
    [POINT_SENDMMSG] = {"linux/io/net/sendmmsg", "sendmmsg", "Linux 3.0", SHORTENS, {SEND_ERRNOS}},
    [POINT_RECV] = {"posix/io/net/recv", "recv __recv_chk", "POSIX.1-2001", SHORTENS, {RECEIVE_ERRNOS}},
    [POINT_RECVFROM] = {"posix/io/net/recvfrom", "recvfrom __recvfrom_chk", "POSIX.1-2001", SHORTENS,
        {RECEIVE_ERRNOS}},
    [POINT_RECVMSG] = {"posix/io/net/recvmsg", "recvmsg", "POSIX.1-2001", SHORTENS, {RECEIVE_ERRNOS}},
    [POINT_RECVMMSG] = {"linux/io/net/recvmmsg", "recvmmsg", "Linux 2.6.33", SHORTENS, {RECEIVE_ERRNOS}},
    [POINT_SHUTDOWN] = {"posix/io/net/shutdown", "shutdown", "POSIX.1-2001", WHOLE,
        {REAL(ENOBUFS), REAL(ENOTCONN), ASKED(EBADF), ASKED(EINVAL), ASKED(ENOTSOCK)}},
    [POINT_SETSOCKOPT] = {"posix/io/net/setsockopt", "setsockopt", "POSIX.1-2001", WHOLE,
        {REAL(ENOBUFS), REAL(ENOMEM), ASKED(EACCES), ASKED(EBADF), ASKED(EDOM), ASKED(EFAULT), ASKED(EINVAL),
            ASKED(EISCONN), ASKED(ENOPROTOOPT), ASKED(ENOTSOCK), ASKED(EPERM)}},
    [POINT_GETSOCKOPT] = {"posix/io/net/getsockopt", "getsockopt", "POSIX.1-2001", WHOLE,
        {REAL(ENOBUFS), ASKED(EACCES), ASKED(EBADF), ASKED(EFAULT), ASKED(EINVAL), ASKED(ENOPROTOOPT),
            ASKED(ENOTSOCK)}},
    [POINT_GETADDRINFO] = {"posix/io/net/getaddrinfo", "getaddrinfo", "POSIX.1-2001", WHOLE,
        {REAL(EAGAIN), REAL(EIO), REAL(EMFILE), REAL(ENFILE), REAL(ENOENT), REAL(ENOMEM),
            REAL(ENOTRECOVERABLE), ASKED(EAFNOSUPPORT), ASKED(ECONNREFUSED), ASKED(EINTR), ASKED(EINVAL),
            ASKED(EPROTONOSUPPORT), ASKED(ESOCKTNOSUPPORT)}},
    [POINT_POLL] = {"posix/io/net/poll", "poll __poll_chk", "POSIX.1-2001", WHOLE, {POLL_ERRNOS}},
    [POINT_PPOLL] = {"posix/io/net/ppoll", "ppoll __ppoll_chk", "Linux 2.6.16", WHOLE, {POLL_ERRNOS}},
    [POINT_SELECT] = {"posix/io/net/select", "select", "POSIX.1-2001", WHOLE, {SELECT_ERRNOS}},
    [POINT_PSELECT] = {"posix/io/net/pselect", "pselect", "POSIX.1-2001", WHOLE, {SELECT_ERRNOS}},
    [POINT_EPOLL_CTL] = {"linux/io/net/epoll_ctl", "epoll_ctl", "Linux 2.6", WHOLE,
        {REAL(ENOMEM), REAL(ENOSPC), ASKED(EBADF), ASKED(EEXIST), ASKED(EFAULT), ASKED(EINVAL), ASKED(ELOOP),
            ASKED(EPERM)}},
    [POINT_EPOLL_WAIT] = {"linux/io/net/epoll_wait", "epoll_wait", "Linux 2.6", WHOLE, {EPOLL_WAIT_ERRNOS}},
    [POINT_EPOLL_PWAIT] = {"linux/io/net/epoll_pwait", "epoll_pwait", "Linux 2.6.19", WHOLE,
        {EPOLL_WAIT_ERRNOS}},
    [POINT_EPOLL_PWAIT2] = {"linux/io/net/epoll_pwait2", "epoll_pwait2", "Linux 5.11", WHOLE,
        {EPOLL_WAIT_ERRNOS}},

    /* lock.c. No EINTR from a mutex. EAGAIN from a read lock takes hundreds of millions of readers. */
    [POINT_MUTEX_LOCK] = {"posix/thread/mutex/lock", "pthread_mutex_lock", "POSIX.1-1995", WHOLE,
        {ASKED(EAGAIN), ASKED(EDEADLK), ASKED(EINVAL), ASKED(ENOTRECOVERABLE)}},
    [POINT_MUTEX_TRYLOCK] = {"posix/thread/mutex/trylock", "pthread_mutex_trylock", "POSIX.1-1995", WHOLE,
        {REAL(EBUSY), ASKED(EAGAIN), ASKED(EINVAL), ASKED(ENOTRECOVERABLE)}},
    [POINT_MUTEX_TIMEDLOCK] = {"posix/thread/mutex/timedlock",
        "pthread_mutex_timedlock pthread_mutex_clocklock", "POSIX.1-2001", WHOLE,
        {REAL(ETIMEDOUT), ASKED(EAGAIN), ASKED(EDEADLK), ASKED(EINVAL), ASKED(ENOTRECOVERABLE)}},
    [POINT_RWLOCK_RDLOCK] = {"posix/thread/rwlock/rdlock", "pthread_rwlock_rdlock", "POSIX.1-2001", WHOLE,
        {ASKED(EAGAIN), ASKED(EDEADLK), ASKED(EINVAL)}},
    [POINT_RWLOCK_WRLOCK] = {"posix/thread/rwlock/wrlock", "pthread_rwlock_wrlock", "POSIX.1-2001", WHOLE,
        {ASKED(EDEADLK), ASKED(EINVAL)}},
    [POINT_RWLOCK_TRYRDLOCK] = {"posix/thread/rwlock/tryrdlock", "pthread_rwlock_tryrdlock",
        "POSIX.1-2001", WHOLE,
        {REAL(EBUSY), ASKED(EAGAIN), ASKED(EINVAL)}},
    [POINT_RWLOCK_TRYWRLOCK] = {"posix/thread/rwlock/trywrlock", "pthread_rwlock_trywrlock",
        "POSIX.1-2001", WHOLE,
        {REAL(EBUSY), ASKED(EINVAL)}},
    [POINT_RWLOCK_TIMED] = {"posix/thread/rwlock/timed",
        "pthread_rwlock_timedrdlock pthread_rwlock_timedwrlock pthread_rwlock_clockrdlock "
        "pthread_rwlock_clockwrlock", "POSIX.1-2001", WHOLE,
        {REAL(ETIMEDOUT), ASKED(EAGAIN), ASKED(EDEADLK), ASKED(EINVAL)}},
    [POINT_SEM_WAIT] = {"posix/thread/sem/wait", "sem_wait", "POSIX.1-1995", WHOLE,
        {REAL(EINTR), ASKED(EINVAL)}},
    [POINT_SEM_TIMEDWAIT] = {"posix/thread/sem/timedwait", "sem_timedwait sem_clockwait",
        "POSIX.1-2001", WHOLE,
        {REAL(EINTR), REAL(ETIMEDOUT), ASKED(EINVAL)}},

    /* thread.c */
    [POINT_PTHREAD_CREATE] = {"posix/thread/create", "pthread_create", "POSIX.1-1995", WHOLE,
        {REAL(EAGAIN), ASKED(EINVAL), ASKED(EPERM)}},
};
/* clang-format on */

const size_t fault_point_count = FAULT_POINTS_COUNT;
