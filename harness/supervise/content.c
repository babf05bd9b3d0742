/* Decides what of a thing in a folder counts as its content. */
#include "supervise/content.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"

enum { READING_MAX = 64 * 1024 };

static uint64_t hash_bytes(uint64_t hash, const char *bytes, size_t count)
{
    for (size_t at = 0; at < count; at += sizeof(uint64_t)) {
        uint64_t word = 0;
        memcpy(&word, bytes + at, count - at < sizeof word ? count - at : sizeof word);
        hash = hash_mix(hash ^ word);
    }
    return hash_add(hash, count);
}

/* Fills the buffer, but at the end of the file. */
static size_t read_full(int file, char *bytes, size_t size, off_t at)
{
    size_t filled = 0;
    ssize_t length;
    while (filled < size && (length = pread(file, bytes + filled, size - filled, at + (off_t)filled)) > 0)
        filled += (size_t)length;
    return filled;
}

static uint64_t hash_file(int folder, const char *name, uint64_t bytes_max)
{
    char bytes[READING_MAX];
    uint64_t hash = 0;
    size_t length = sizeof bytes;
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    for (off_t at = 0; file >= 0 && length == sizeof bytes && (uint64_t)at < bytes_max; at += (off_t)length) {
        length = read_full(file, bytes, sizeof bytes, at);
        hash = hash_bytes(hash, bytes, length);
    }
    if (file >= 0)
        close(file);
    return hash;
}

uint64_t content_hash(int folder, const char *name, const struct stat *status, uint64_t bytes_max)
{
    uint64_t hash = hash_mix(status->st_mode);
    char target[PATH_MAX];
    if (S_ISREG(status->st_mode))
        return hash_add(hash_add(hash, hash_file(folder, name, bytes_max)), (uint64_t)status->st_size);
    if (!S_ISLNK(status->st_mode))
        return hash;
    ssize_t length = readlinkat(folder, name, target, sizeof target);
    return hash_bytes(hash, target, length > 0 ? (size_t)length : 0);
}

static int copy_by_hand(int from, off_t from_at, int to, off_t to_at, uint64_t size)
{
    char bytes[READING_MAX];
    while (size > 0) {
        size_t wanted = size < sizeof bytes ? (size_t)size : sizeof bytes;
        ssize_t length = pread(from, bytes, wanted, from_at);
        if (length <= 0)
            return length == 0 ? 0 : -errno;
        ssize_t written = pwrite(to, bytes, (size_t)length, to_at);
        if (written != length)
            return written < 0 ? -errno : -ENOSPC;
        from_at += length;
        to_at += length;
        size -= (uint64_t)length;
    }
    return 0;
}

int content_copy(int from, off_t from_at, int to, off_t to_at, uint64_t size)
{
    while (size > 0) {
        ssize_t length = copy_file_range(from, &from_at, to, &to_at, size, 0);
        if (length == 0)
            return 0;
        if (length < 0) /* not within this file system, or by this kernel */
            return copy_by_hand(from, from_at, to, to_at, size);
        size -= (uint64_t)length;
    }
    return 0;
}
