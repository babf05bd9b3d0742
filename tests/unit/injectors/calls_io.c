/* Files and descriptors. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "calls.h"

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int folder, const char *path, int flags);
int __openat64_2(int folder, const char *path, int flags);
ssize_t __read_chk(int fd, void *buffer, size_t count, size_t size);
ssize_t __pread_chk(int fd, void *buffer, size_t count, off_t offset, size_t size);
ssize_t __pread64_chk(int fd, void *buffer, size_t count, off64_t offset, size_t size);

static char *suffixed(struct fixture *f)
{
    size_t length = strlen(f->pattern);
    snprintf(f->pattern + length, sizeof f->pattern - length, ".end");
    return f->pattern;
}

CALL(open, open(f->from, O_RDWR))
CALL(open64, open64(f->new, O_RDWR | O_CREAT, 0600))
CALL(__open_2, __open_2(f->from, O_RDWR))
CALL(__open64_2, __open64_2(f->from, O_RDWR | O_TRUNC))
CALL(openat, openat(f->folder_fd, "new", O_RDWR | O_CREAT, 0600))
CALL(openat64, openat64(f->folder_fd, "from", O_RDWR))
CALL(__openat_2, __openat_2(f->folder_fd, "from", O_RDWR))
CALL(__openat64_2, __openat64_2(f->folder_fd, "from", O_RDWR))
CALL(creat, creat(f->new, 0600))
CALL(creat64, creat64(f->from, 0600))
CALL(mkstemp, mkstemp(f->pattern))
CALL(mkstemp64, mkstemp64(f->pattern))
CALL(mkostemp, mkostemp(f->pattern, O_CLOEXEC))
CALL(mkostemp64, mkostemp64(f->pattern, O_CLOEXEC))
CALL(mkstemps, mkstemps(suffixed(f), 4))
CALL(mkstemps64, mkstemps64(suffixed(f), 4))
CALL(mkostemps, mkostemps(suffixed(f), 4, O_CLOEXEC))
CALL(mkostemps64, mkostemps64(suffixed(f), 4, O_CLOEXEC))
CALL(mkdtemp, mkdtemp(f->pattern) != NULL ? 0 : -1)
CALL(mkdir, mkdir(f->new, 0700))
CALL(mkdirat, mkdirat(f->folder_fd, "new", 0700))
CALL(link, link(f->from, f->new))
CALL(linkat, linkat(f->folder_fd, "from", f->folder_fd, "new", 0))
CALL(symlink, symlink("from", f->new))
CALL(symlinkat, symlinkat("from", f->folder_fd, "new"))
CALL(dup, dup(f->file))
CALL(dup2, dup2(f->file, f->other))
CALL(dup3, dup3(f->file, f->other, O_CLOEXEC))
CALL(fcntl, fcntl(f->file, F_DUPFD, 50))
CALL(fcntl64, fcntl64(f->file, F_DUPFD_CLOEXEC, 50))
CALL(pipe, pipe(f->ends))
CALL(pipe2, pipe2(f->ends, O_CLOEXEC))
CALL(close, close(f->file))
CALL(read, read(f->file, buffer, asked))
CALL(__read_chk, __read_chk(f->file, buffer, asked, asked))
CALL(pread, pread(f->file, buffer, asked, FIXTURE_OFFSET))
CALL(pread64, pread64(f->file, buffer, asked, FIXTURE_OFFSET))
CALL(__pread_chk, __pread_chk(f->file, buffer, asked, FIXTURE_OFFSET, asked))
CALL(__pread64_chk, __pread64_chk(f->file, buffer, asked, FIXTURE_OFFSET, asked))
CALL(readv, readv(f->file, vector, 3))
CALL(preadv, preadv(f->file, vector, 3, FIXTURE_OFFSET))
CALL(preadv64, preadv64(f->file, vector, 3, FIXTURE_OFFSET))
CALL(write, write(f->other, buffer, asked))
CALL(pwrite, pwrite(f->file, buffer, asked, FIXTURE_LENGTH))
CALL(pwrite64, pwrite64(f->file, buffer, asked, FIXTURE_LENGTH))
CALL(writev, writev(f->file, vector, 3))
CALL(pwritev, pwritev(f->file, vector, 3, FIXTURE_LENGTH))
CALL(pwritev64, pwritev64(f->file, vector, 3, FIXTURE_LENGTH))
CALL(lseek, lseek(f->file, 50, SEEK_SET))
CALL(lseek64, lseek64(f->file, 50, SEEK_SET))
CALL(ftruncate, ftruncate(f->file, 7))
CALL(ftruncate64, ftruncate64(f->file, 7))
CALL(truncate, truncate(f->from, 7))
CALL(truncate64, truncate64(f->from, 7))
CALL(fallocate, fallocate(f->file, 0, 0, 2L * FIXTURE_LENGTH))
CALL(fallocate64, fallocate64(f->file, 0, 0, 2L * FIXTURE_LENGTH))
CALL(posix_fallocate, (errno = posix_fallocate(f->file, 0, 2L * FIXTURE_LENGTH)) == 0 ? 0 : -1)
CALL(posix_fallocate64, (errno = posix_fallocate64(f->file, 0, 2L * FIXTURE_LENGTH)) == 0 ? 0 : -1)
CALL(flock, flock(f->file, LOCK_EX))
CALL(fsync, fsync(f->file))
CALL(fdatasync, fdatasync(f->file))
CALL(rename, rename(f->from, f->to))
CALL(renameat, renameat(f->folder_fd, "from", f->folder_fd, "new"))
CALL(renameat2, renameat2(f->folder_fd, "from", f->folder_fd, "to", 0))
CALL(unlink, unlink(f->from))
CALL(unlinkat, unlinkat(f->folder_fd, "to", 0))
CALL(rmdir, rmdir(f->empty))
CALL(remove, remove(f->from))
CALL(opendir, opendir(f->folder) != NULL ? 0 : -1)
CALL(fdopendir, fdopendir(f->folder_fd) != NULL ? 0 : -1)
CALL(closedir, closedir(f->listing))
CALL(stat, stat(f->from, (struct stat *)results))
CALL(stat64, stat64(f->from, (struct stat64 *)results))
CALL(lstat, lstat(f->from, (struct stat *)results))
CALL(lstat64, lstat64(f->from, (struct stat64 *)results))
CALL(fstat, fstat(f->file, (struct stat *)results))
CALL(fstat64, fstat64(f->file, (struct stat64 *)results))
CALL(fstatat, fstatat(f->folder_fd, "from", (struct stat *)results, 0))
CALL(fstatat64, fstatat64(f->folder_fd, "from", (struct stat64 *)results, 0))
CALL(statx, statx(f->folder_fd, "from", 0, STATX_BASIC_STATS, (struct statx *)results))
CALL(statvfs, statvfs(f->from, (struct statvfs *)results))
CALL(statvfs64, statvfs64(f->from, (struct statvfs64 *)results))
CALL(fstatvfs, fstatvfs(f->file, (struct statvfs *)results))
CALL(fstatvfs64, fstatvfs64(f->file, (struct statvfs64 *)results))

const struct function io_calls[] = {
    CHANGING(open),
    CHANGING(open64),
    CHANGING(__open_2),
    CHANGING(__open64_2),
    CHANGING(openat),
    CHANGING(openat64),
    CHANGING(__openat_2),
    CHANGING(__openat64_2),
    CHANGING(creat),
    CHANGING(creat64),
    CHANGING(mkstemp),
    CHANGING(mkstemp64),
    CHANGING(mkostemp),
    CHANGING(mkostemp64),
    CHANGING(dup),
    CHANGING(dup2),
    CHANGING(dup3),
    CHANGING(fcntl),
    CHANGING(fcntl64),
    CHANGING(pipe),
    CHANGING(pipe2),
    CHANGING(close),
    CHANGING(read),
    CHANGING(__read_chk),
    LEAVING(pread),
    LEAVING(pread64),
    LEAVING(__pread_chk),
    LEAVING(__pread64_chk),
    CHANGING(readv),
    CHANGING(write),
    CHANGING(pwrite),
    CHANGING(pwrite64),
    CHANGING(writev),
    CHANGING(lseek),
    CHANGING(lseek64),
    CHANGING(ftruncate),
    CHANGING(ftruncate64),
    LEAVING(fsync),
    LEAVING(fdatasync),
    CHANGING(rename),
    CHANGING(renameat),
    CHANGING(renameat2),
    CHANGING(unlink),
    CHANGING(unlinkat),
    CHANGING(opendir),
    CHANGING(closedir),
    LEAVING(stat),
    LEAVING(stat64),
    LEAVING(lstat),
    LEAVING(lstat64),
    LEAVING(fstat),
    LEAVING(fstat64),
    LEAVING(fstatat),
    LEAVING(fstatat64),
    LEAVING(statx),
    CHANGING(rmdir),
    CHANGING(remove),
    CHANGING(mkstemps),
    CHANGING(mkstemps64),
    CHANGING(mkostemps),
    CHANGING(mkostemps64),
    CHANGING(mkdtemp),
    CHANGING(mkdir),
    CHANGING(mkdirat),
    CHANGING(link),
    CHANGING(linkat),
    CHANGING(symlink),
    CHANGING(symlinkat),
    CHANGING(truncate),
    CHANGING(truncate64),
    CHANGING(fallocate),
    CHANGING(fallocate64),
    CHANGING(posix_fallocate),
    CHANGING(posix_fallocate64),
    CHANGING(flock),
    LEAVING(fdopendir),
    LEAVING(statvfs),
    LEAVING(statvfs64),
    LEAVING(fstatvfs),
    LEAVING(fstatvfs64),
    LEAVING(preadv),
    LEAVING(preadv64),
    CHANGING(pwritev),
    CHANGING(pwritev64),
    {NULL, NULL, LEAVES},
};
