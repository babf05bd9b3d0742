/* Decides how a file is read. SQLite makes two files beside it, a log and its index, even for who only reads:
 * so where nobody writes, a copy in memory is read, which needs no right to write and leaves nothing. While
 * somebody does, the file is opened as by one who may, since the last of those removes the two. */
#include "store/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPIES_MAX = 5 };

/* Of SQLite's format: which journal it has, as two bytes. A copy in memory has none. */
enum { JOURNAL_AT = 18, JOURNAL_LOG = 2, JOURNAL_NONE = 1 };

static bool has(const char *path, const char *suffix)
{
    char beside[PATH_MAX];
    snprintf(beside, sizeof beside, "%s%s", path, suffix);
    return access(beside, F_OK) == 0;
}

/* There is more of it than the file itself: somebody writes, or was killed. */
static bool has_journal(const char *path)
{
    return has(path, "-wal") || has(path, "-journal");
}

static int read_all(int fd, unsigned char *bytes, size_t size)
{
    size_t got = 0;
    while (got < size) {
        ssize_t more = read(fd, bytes + got, size - got);
        if (more <= 0)
            return more < 0 ? -errno : -EAGAIN; /* it was longer just now */
        got += (size_t)more;
    }
    return 0;
}

/* Reads it into memory of SQLite's, the caller's. Returns 0, -EAGAIN if it was written to meanwhile, or
 * another negative errno. */
static int copy_file(const char *path, unsigned char **out, size_t *size)
{
    struct stat before, after;
    EXEUNT_GUARD(fd, fd, open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (fd < 0 || fstat(fd, &before) != 0)
        return -errno;
    *size = (size_t)before.st_size;
    unsigned char *bytes = sqlite3_malloc64(*size + 1);
    if (bytes == NULL)
        return -ENOMEM;
    int failed = read_all(fd, bytes, *size);
    if (failed == 0 && stat(path, &after) != 0)
        failed = -errno;
    if (failed == 0 && (after.st_ino != before.st_ino || after.st_mtim.tv_sec != before.st_mtim.tv_sec ||
                        after.st_mtim.tv_nsec != before.st_mtim.tv_nsec || has_journal(path)))
        failed = -EAGAIN;
    if (failed != 0)
        sqlite3_free(bytes);
    else
        *out = bytes;
    return failed;
}

static int open_copy(struct store *store, struct error *error)
{
    unsigned char *bytes = NULL;
    size_t size = 0;
    int failed = copy_file(store->path, &bytes, &size);
    if (failed == -EAGAIN)
        return failed;
    errno = -failed;
    if (failed != 0)
        return database_failed(store, failed == -ENOMEM ? SQLITE_NOMEM : SQLITE_CANTOPEN, error);
    if (size > JOURNAL_AT + 1 && bytes[JOURNAL_AT] == JOURNAL_LOG)
        bytes[JOURNAL_AT] = bytes[JOURNAL_AT + 1] = JOURNAL_NONE;
    int rc = sqlite3_open_v2(":memory:", &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_deserialize(store->db, "main", bytes, (sqlite3_int64)size, (sqlite3_int64)size,
                                 SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY);
    else
        sqlite3_free(bytes);
    return rc == SQLITE_OK ? 0 : database_failed(store, rc, error);
}

static int open_file(struct store *store, struct error *error)
{
    int failed = database_open(store, SQLITE_OPEN_READWRITE, error);
    return failed != 0 ? failed : database_execute(store, "pragma query_only = on", error);
}

int reader_open(struct store *store, struct error *error)
{
    for (int i = 0; i < COPIES_MAX && !has_journal(store->path); i++) {
        int failed = open_copy(store, error);
        if (failed != -EAGAIN)
            return failed;
    }
    return open_file(store, error);
}
