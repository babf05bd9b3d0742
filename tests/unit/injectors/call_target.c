/* Calls one function under a plan that fails its k-th call with the k-th errno of its profile, and looks by
 * the kernel's eyes whether nothing happened, or, where the table says so, all of it.
 *
 * Usage: call_target FUNCTION [short]. Exit status 0: all as declared; 1: not so; 2: no such function. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "exeunt/mark.h"
#include "faults.h"
#include "fixture.h"
#include "slots.h"

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int folder, const char *path, int flags);
int __openat64_2(int folder, const char *path, int flags);
ssize_t __read_chk(int fd, void *buffer, size_t count, size_t size);
ssize_t __pread_chk(int fd, void *buffer, size_t count, off_t offset, size_t size);
ssize_t __pread64_chk(int fd, void *buffer, size_t count, off64_t offset, size_t size);

enum { ASKED_MAX = 40, UNTOUCHED = 0xaa };

static size_t asked; /* bytes that a call is to move */
static unsigned char buffer[ASKED_MAX];
static struct iovec vector[3]; /* the same, in pieces */
static struct stat status;
static struct stat64 status64;
static struct statx statusx;

#define CALL(name, ...)                                                                                      \
    static long call_##name(struct fixture *f)                                                               \
    {                                                                                                        \
        (void)f;                                                                                             \
        return (long)(__VA_ARGS__);                                                                          \
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
CALL(write, write(f->other, buffer, asked))
CALL(pwrite, pwrite(f->file, buffer, asked, FIXTURE_LENGTH))
CALL(pwrite64, pwrite64(f->file, buffer, asked, FIXTURE_LENGTH))
CALL(writev, writev(f->file, vector, 3))
CALL(lseek, lseek(f->file, 50, SEEK_SET))
CALL(lseek64, lseek64(f->file, 50, SEEK_SET))
CALL(ftruncate, ftruncate(f->file, 7))
CALL(ftruncate64, ftruncate64(f->file, 7))
CALL(fsync, fsync(f->file))
CALL(fdatasync, fdatasync(f->file))
CALL(rename, rename(f->from, f->to))
CALL(renameat, renameat(f->folder_fd, "from", f->folder_fd, "new"))
CALL(renameat2, renameat2(f->folder_fd, "from", f->folder_fd, "to", 0))
CALL(unlink, unlink(f->from))
CALL(unlinkat, unlinkat(f->folder_fd, "to", 0))
CALL(opendir, opendir(f->folder) != NULL ? 0 : -1)
CALL(closedir, closedir(f->listing))
CALL(stat, stat(f->from, &status))
CALL(stat64, stat64(f->from, &status64))
CALL(lstat, lstat(f->from, &status))
CALL(lstat64, lstat64(f->from, &status64))
CALL(fstat, fstat(f->file, &status))
CALL(fstat64, fstat64(f->file, &status64))
CALL(fstatat, fstatat(f->folder_fd, "from", &status, 0))
CALL(fstatat64, fstatat64(f->folder_fd, "from", &status64, 0))
CALL(statx, statx(f->folder_fd, "from", 0, STATX_BASIC_STATS, &statusx))

/* What a call does to the picture when it succeeds. */
enum effect { CHANGES, LEAVES };

static const struct function {
    const char *name;
    long (*call)(struct fixture *f);
    enum effect effect;
} functions[] = {
#define CHANGING(name)                                                                                       \
    {                                                                                                        \
#name, call_##name, CHANGES                                                                          \
    }
#define LEAVING(name)                                                                                        \
    {                                                                                                        \
#name, call_##name, LEAVES                                                                           \
    }
    CHANGING(open),        CHANGING(open64),     CHANGING(__open_2),   CHANGING(__open64_2),
    CHANGING(openat),      CHANGING(openat64),   CHANGING(__openat_2), CHANGING(__openat64_2),
    CHANGING(creat),       CHANGING(creat64),    CHANGING(mkstemp),    CHANGING(mkstemp64),
    CHANGING(mkostemp),    CHANGING(mkostemp64), CHANGING(dup),        CHANGING(dup2),
    CHANGING(dup3),        CHANGING(fcntl),      CHANGING(fcntl64),    CHANGING(pipe),
    CHANGING(pipe2),       CHANGING(close),      CHANGING(read),       CHANGING(__read_chk),
    LEAVING(pread),        LEAVING(pread64),     LEAVING(__pread_chk), LEAVING(__pread64_chk),
    CHANGING(readv),       CHANGING(write),      CHANGING(pwrite),     CHANGING(pwrite64),
    CHANGING(writev),      CHANGING(lseek),      CHANGING(lseek64),    CHANGING(ftruncate),
    CHANGING(ftruncate64), LEAVING(fsync),       LEAVING(fdatasync),   CHANGING(rename),
    CHANGING(renameat),    CHANGING(renameat2),  CHANGING(unlink),     CHANGING(unlinkat),
    CHANGING(opendir),     CHANGING(closedir),   LEAVING(stat),        LEAVING(stat64),
    LEAVING(lstat),        LEAVING(lstat64),     LEAVING(fstat),       LEAVING(fstat64),
    LEAVING(fstatat),      LEAVING(fstatat64),   LEAVING(statx),
};

static bool right = true;

static void expect(bool condition, const char *function, const char *errno_name, const char *what)
{
    if (condition)
        return;
    right = false;
    printf("%s, %s: %s\n", function, errno_name, what);
}

static const struct function *function_named(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    return NULL;
}

static const struct fault_point *point_of(const char *function)
{
    for (size_t i = 0; i < FAULT_POINTS_COUNT; i++) {
        char calls[128], *rest = NULL;
        snprintf(calls, sizeof calls, "%s", fault_points[i].calls);
        for (char *call = strtok_r(calls, " ", &rest); call != NULL; call = strtok_r(NULL, " ", &rest))
            if (strcmp(call, function) == 0)
                return &fault_points[i];
    }
    return NULL;
}

static void ask_for(size_t count)
{
    asked = count;
    memset(buffer, UNTOUCHED, sizeof buffer);
    vector[0] = (struct iovec){buffer, asked / 3};
    vector[1] = (struct iovec){buffer + asked / 3, 0};
    vector[2] = (struct iovec){buffer + asked / 3, asked - asked / 3};
}

static bool all_bytes(const void *memory, size_t size, int value)
{
    const unsigned char *bytes = memory;
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

/* Whatever a call writes its results to is as it was. */
static bool results_untouched(void)
{
    return all_bytes(buffer, sizeof buffer, UNTOUCHED) && all_bytes(&status, sizeof status, 0) &&
           all_bytes(&status64, sizeof status64, 0) && all_bytes(&statusx, sizeof statusx, 0);
}

static void fail_once(const struct function *function, const struct fault_errno *expected)
{
    struct fixture fixture;
    const char *name = strerrorname_np(expected->error);
    fixture_make(&fixture);
    struct picture before = fixture_picture(&fixture);
    errno = 0;
    long result = function->call(&fixture);
    int error = errno;
    struct picture after = fixture_picture(&fixture);
    expect(result == -1, function->name, name, "did not fail");
    expect(error == expected->error, function->name, name,
           strerrorname_np(error) ? strerrorname_np(error) : "0");
    if (expected->done)
        expect(after.fds == before.fds - 1, function->name, name, "is not closed");
    else
        expect(picture_equal(&before, &after), function->name, name, "did something all the same");
    expect(results_untouched(), function->name, name, "wrote a result");
    expect(slots_agree(), function->name, name, "the ledger holds what the kernel does not");
    fixture_remove(&fixture);
}

/* Delayed, and behind the last fault, the call must do its work: the picture can tell the two apart. */
static void succeed_once(const struct function *function)
{
    struct fixture fixture;
    fixture_make(&fixture);
    ask_for(ASKED_MAX);
    struct picture before = fixture_picture(&fixture);
    struct slots open_before = slots_now();
    expect(function->call(&fixture) >= 0, function->name, "no fault", "failed");
    expect(slots_taken_since(&open_before), function->name, "no fault",
           "the kernel has a new descriptor that the ledger does not hold");
    expect(slots_agree(), function->name, "no fault", "the ledger holds what the kernel does not");
    struct picture after = fixture_picture(&fixture);
    expect(picture_equal(&before, &after) == (function->effect == LEAVES), function->name, "no fault",
           "has another effect on the picture than the table says");
    fixture_remove(&fixture);
}

/* A short call: some bytes really moved, fewer than asked, and no others. */
static void shorten_once(const struct function *function, size_t count)
{
    struct fixture fixture;
    fixture_make(&fixture);
    ask_for(count);
    bool writes = strstr(function->name, "write") != NULL;
    bool moves_offset =
        writes ? strcmp(function->name, "writev") == 0 : strstr(function->name, "pread") == NULL;
    long moved = function->call(&fixture);
    expect(moved >= 1, function->name, "short", "moved nothing");
    expect(count == 1 || moved < (long)count, function->name, "short", "moved all");
    for (long i = 0; i < ASKED_MAX && !writes; i++)
        expect(buffer[i] == (i < moved ? FIXTURE_OFFSET + i : UNTOUCHED), function->name, "short",
               "what it says is not what it read");
    expect(!writes || fixture_count(&fixture, UNTOUCHED) == moved, function->name, "short",
           "what it says is not what it wrote");
    struct picture after = fixture_picture(&fixture);
    expect(after.offset == FIXTURE_OFFSET + (moves_offset ? moved : 0), function->name, "short",
           "left the offset elsewhere");
    fixture_remove(&fixture);
}

int main(int argc, char **argv)
{
    const struct function *function = argc > 1 ? function_named(argv[1]) : NULL;
    const struct fault_point *point = function != NULL ? point_of(function->name) : NULL;
    if (point == NULL)
        return 2;
    exeunt_begin(1);
    if (argc > 2) {
        static const size_t counts[] = {1, 2, 3, 7, ASKED_MAX};
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            shorten_once(function, counts[i]);
    } else {
        ask_for(ASKED_MAX);
        for (const struct fault_errno *expected = point->errnos; expected->error != 0; expected++)
            fail_once(function, expected);
        succeed_once(function);
        succeed_once(function);
    }
    fflush(stdout);
    _exit(right ? 0 : 1);
}
