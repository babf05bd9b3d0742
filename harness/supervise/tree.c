/* Decides how a tree of any shape is gone through and removed: folder by folder, each opened anew from the
 * root, and what lies deep is first moved to the surface. */
#include "supervise/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

void names_clear(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->list[i]);
    free(names->list);
    *names = (struct names){0};
}

int names_add(struct names *names, const char *name)
{
    if (names->count == names->room) {
        size_t room = names->room == 0 ? 16 : 2 * names->room;
        char **list = realloc(names->list, room * sizeof *list);
        if (list == NULL)
            return -ENOMEM;
        names->list = list;
        names->room = room;
    }
    char *copy = strdup(name);
    if (copy == NULL)
        return -ENOMEM;
    names->list[names->count++] = copy;
    return 0;
}

/* The folder is known by a descriptor that gives no access: its permissions are changed by that one's name
 * in /proc, since a path could lead elsewhere. */
static int unlock(int known)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", known);
    return chmod(path, S_IRWXU) == 0 ? 0 : -errno;
}

/* Closes `known` and returns a descriptor that gives access. */
static int access_to(int known)
{
    int fd = openat(known, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int code = fd >= 0 || errno != EACCES ? -errno : unlock(known);
    if (fd < 0 && code == 0) {
        fd = openat(known, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        code = -errno;
    }
    close(known);
    return fd >= 0 ? fd : code;
}

int tree_folder(int root, const char *path)
{
    struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    int known = (int)syscall(SYS_openat2, root, path[0] != '\0' ? path : ".", &how, sizeof how);
    return known >= 0 ? access_to(known) : -errno;
}

int tree_names(int folder, struct names *out)
{
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = copy >= 0 ? fdopendir(copy) : NULL;
    int code = listing != NULL ? 0 : -errno;
    if (listing == NULL && copy >= 0)
        close(copy);
    for (struct dirent *entry; listing != NULL && code == 0 && (entry = readdir(listing)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            code = names_add(out, entry->d_name);
    if (listing != NULL)
        closedir(listing);
    return code;
}

/* To another folder, though its own permissions may forbid that. */
static int move_to_trash(int folder, const char *name, int trash, uint64_t *number)
{
    char to[24];
    snprintf(to, sizeof to, "%" PRIu64, (*number)++);
    if (renameat(folder, name, trash, to) == 0)
        return 0;
    int known = errno == EACCES ? openat(folder, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    if (known < 0)
        return -errno;
    int code = unlock(known);
    close(known);
    return code == 0 && renameat(folder, name, trash, to) != 0 ? -errno : code;
}

int tree_discard(int folder, const char *name, int trash, uint64_t *number)
{
    if (unlinkat(folder, name, 0) == 0)
        return 0;
    if (errno != EISDIR)
        return -errno;
    if (unlinkat(folder, name, AT_REMOVEDIR) == 0)
        return 0;
    return errno == ENOTEMPTY || errno == EEXIST ? move_to_trash(folder, name, trash, number) : -errno;
}

/* Empties a folder of the trash and removes it. */
static int empty_folder(int trash, const char *name, uint64_t *number)
{
    struct names names = {0};
    int folder = tree_folder(trash, name);
    int code = folder >= 0 ? tree_names(folder, &names) : folder;
    if (code == 0 && fchmod(folder, S_IRWXU) != 0)
        code = -errno;
    for (size_t i = 0; code == 0 && i < names.count; i++)
        code = tree_discard(folder, names.list[i], trash, number);
    names_clear(&names);
    if (folder >= 0)
        close(folder);
    return code == 0 && unlinkat(trash, name, AT_REMOVEDIR) != 0 ? -errno : code;
}

int tree_empty(int trash, uint64_t *number)
{
    bool more = true;
    int code = 0;
    while (code == 0 && more) {
        struct names names = {0};
        code = tree_names(trash, &names);
        more = names.count > 0;
        for (size_t i = 0; code == 0 && i < names.count; i++)
            code = empty_folder(trash, names.list[i], number);
        names_clear(&names);
    }
    return code;
}
