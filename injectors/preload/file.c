/* Files that the program makes and removes, for the trace: each under its absolute path, so that it is known
 * by whichever name it is removed. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/hash.h"
#include "trace.h"

/* Path of a folder: the working folder, or one that is open. Not of one that was removed. */
static size_t folder_path(int folder, char out[PATH_MAX])
{
    char link[40];
    long length;
    if (folder == AT_FDCWD) {
        length = syscall(SYS_getcwd, out, (size_t)PATH_MAX) - 1;
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        length = syscall(SYS_readlinkat, AT_FDCWD, link, out, (size_t)PATH_MAX - 1);
    }
    return length > 0 && out[0] == '/' ? (size_t)length : 0;
}

/* Adds the parts of `path` to the folder in `out`, of that length. False: too long. */
static bool add_parts(char out[PATH_MAX], size_t length, const char *path)
{
    if (length == 1)
        length = 0; /* "/" */
    for (path += strspn(path, "/"); *path != '\0'; path += strspn(path, "/")) {
        size_t part = strcspn(path, "/");
        bool is_up = part == 2 && memcmp(path, "..", 2) == 0;
        while (is_up && length > 0 && out[--length] != '/')
            continue;
        if (!is_up && !(part == 1 && *path == '.')) {
            if (length + part + 2 > PATH_MAX)
                return false;
            out[length++] = '/';
            memcpy(out + length, path, part);
            length += part;
        }
        path += part;
    }
    out[length] = '\0';
    return true;
}

/* 0: it has no absolute path that could be told. Keeps errno. */
static uint64_t file_id(int folder, const char *path)
{
    char full[PATH_MAX];
    int saved = errno;
    size_t length = path[0] != '/' ? folder_path(folder, full) : 0;
    bool known = (path[0] == '/' || length > 0) && add_parts(full, length, path);
    errno = saved;
    return known ? hash_text(full) : 0;
}

bool trace_makes(int folder, const char *path)
{
    struct stat status;
    if (preload.trace == NULL || self.bypass != 0 || path == NULL)
        return false;
    int saved = errno;
    bool there = syscall(SYS_newfstatat, folder, path, &status, AT_SYMLINK_NOFOLLOW) == 0;
    errno = saved;
    return !there;
}

void trace_made(int folder, const char *path, uintptr_t site)
{
    uint64_t id = preload.trace != NULL ? file_id(folder, path) : 0;
    if (id != 0)
        trace_took(TRACE_FILE, id, site);
}

void trace_removed(int folder, const char *path)
{
    uint64_t id = preload.trace != NULL ? file_id(folder, path) : 0;
    if (id != 0)
        trace_gave(TRACE_FILE, id);
}
