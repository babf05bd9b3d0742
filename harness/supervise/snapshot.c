/* Decides what can be copied, and keeps it where a hostile run does not find it. */
#include "supervise/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervise/content.h"
#include "supervise/tree.h"

/* Contents begin at blocks, so that a file system that can share them does. */
enum { BLOCK = 4096 };

/* Others may work in the folder: what they remove meanwhile is not of it. */
enum { GONE = 1 };

static int failed(int code, const char *from, const char *path, struct error *error)
{
    return error_not_done(error, code, "cannot copy '%s%s%s': %s", from, path[0] != '\0' ? "/" : "", path,
                          strerror(-code));
}

/* Adds an entry for `name` in the folder of that path; name "" is the folder itself. */
static struct entry *add(struct snapshot *snapshot, const char *folder, const char *name)
{
    if (snapshot->count == snapshot->room) {
        size_t room = snapshot->room == 0 ? 64 : 2 * snapshot->room;
        struct entry *entries = realloc(snapshot->entries, room * sizeof *entries);
        if (entries == NULL)
            return NULL;
        snapshot->entries = entries;
        snapshot->room = room;
    }
    char *path;
    const char *slash = folder[0] != '\0' ? "/" : "";
    if (asprintf(&path, "%s%s%s", folder, slash, name) < 0)
        return NULL;
    struct entry *entry = &snapshot->entries[snapshot->count++];
    *entry = (struct entry){.path = path, .name = strlen(path) - strlen(name)};
    return entry;
}

static void drop_last(struct snapshot *snapshot)
{
    free(snapshot->entries[--snapshot->count].path);
}

static int store_file(struct snapshot *snapshot, int folder, struct entry *entry)
{
    int file = openat(folder, entry->path + entry->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return -errno;
    entry->place = snapshot->store_end;
    uint64_t size = (uint64_t)entry->was.st_size;
    int code = content_copy(file, 0, snapshot->store, entry->place, size);
    close(file);
    snapshot->store_end += (off_t)((size + BLOCK - 1) / BLOCK * BLOCK);
    return code;
}

static int store_link(int folder, struct entry *entry)
{
    char target[PATH_MAX];
    ssize_t length = readlinkat(folder, entry->path + entry->name, target, sizeof target - 1);
    if (length < 0)
        return -errno;
    entry->target = strndup(target, (size_t)length);
    return entry->target != NULL ? 0 : -ENOMEM;
}

/* Keeps what the entry in the folder is. Returns GONE if it has gone since it was listed. */
static int keep(struct snapshot *snapshot, const char *from, int folder, struct entry *entry,
                struct error *error)
{
    const char *name = entry->path + entry->name;
    if (fstatat(folder, name, &entry->was, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? GONE : failed(-errno, from, entry->path, error);
    mode_t type = entry->was.st_mode & S_IFMT;
    if (type != S_IFREG && type != S_IFLNK && type != S_IFDIR)
        return error_not_done(error, -EINVAL,
                              "cannot copy '%s/%s': it is neither file, folder nor link; move it elsewhere",
                              from, entry->path);
    uint64_t size = type == S_IFREG ? (uint64_t)entry->was.st_size : 0;
    if (size > snapshot->bytes_max - snapshot->bytes)
        return error_not_done(error, -EFBIG,
                              "the folder '%s' has more than %" PRIu64
                              " MiB in it, too much to copy for each run: choose a smaller one, "
                              "or allow for more (--copy-max)",
                              from, snapshot->bytes_max >> 20);
    snapshot->bytes += size;
    int code = type == S_IFREG   ? store_file(snapshot, folder, entry)
               : type == S_IFLNK ? store_link(folder, entry)
                                 : 0;
    if (code != 0)
        return code == -ENOENT ? GONE : failed(code, from, entry->path, error);
    entry->content = content_hash(folder, name, &entry->was, snapshot->bytes_max);
    return 0;
}

/* Whether the path is that of the SQLite file, or of what stands beside it while it is open. */
static bool is_left_out(const char *folder, const char *name, const char *without)
{
    char path[PATH_MAX];
    if (without == NULL ||
        snprintf(path, sizeof path, "%s%s%s", folder, folder[0] != '\0' ? "/" : "", name) >= (int)sizeof path)
        return false;
    size_t length = strlen(without);
    return strncmp(path, without, length) == 0 &&
           (path[length] == '\0' || strcmp(path + length, "-wal") == 0 ||
            strcmp(path + length, "-shm") == 0 || strcmp(path + length, "-journal") == 0);
}

static int keep_folder(struct snapshot *snapshot, const char *from, const char *without, int root,
                       size_t index, struct error *error)
{
    char path[PATH_MAX];
    struct names names = {0};
    snprintf(path, sizeof path, "%s", snapshot->entries[index].path);
    int folder = tree_folder(root, path);
    int code = folder >= 0 ? tree_names(folder, &names) : folder == -ENOENT ? 0 : folder;
    if (code != 0)
        failed(code, from, path, error);
    for (size_t i = 0; code == 0 && i < names.count; i++) {
        if (is_left_out(path, names.list[i], without))
            continue;
        struct entry *entry = add(snapshot, path, names.list[i]);
        code = entry == NULL                     ? error_not_done(error, -ENOMEM, "out of memory")
               : strlen(entry->path) >= PATH_MAX ? failed(-ENAMETOOLONG, from, entry->path, error)
                                                 : keep(snapshot, from, folder, entry, error);
        if (code == GONE) {
            drop_last(snapshot);
            code = 0;
        }
    }
    names_clear(&names);
    if (folder >= 0)
        close(folder);
    return code;
}

static int compare_text(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
    return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

/* By folder, then by name. */
static int compare(const void *one, const void *other)
{
    const struct entry *a = one, *b = other;
    int order = compare_text(a->path, a->name, b->path, b->name);
    return order != 0 ? order : strcmp(a->path + a->name, b->path + b->name);
}

static int keep_all(struct snapshot *snapshot, const char *from, const char *without, struct error *error)
{
    int root = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return failed(-errno, from, "", error);
    int code = fstat(root, &snapshot->entries[0].was) != 0 ? failed(-errno, from, "", error) : 0;
    for (size_t i = 0; code == 0 && i < snapshot->count; i++)
        if (S_ISDIR(snapshot->entries[i].was.st_mode))
            code = keep_folder(snapshot, from, without, root, i, error);
    close(root);
    return code;
}

struct entry *snapshot_find(const struct snapshot *snapshot, const char *path)
{
    const char *slash = strrchr(path, '/');
    struct entry wanted = {.path = (char *)(uintptr_t)path,
                           .name = slash != NULL ? (size_t)(slash + 1 - path) : 0};
    return bsearch(&wanted, snapshot->entries, snapshot->count, sizeof wanted, compare);
}

static void sort(struct snapshot *snapshot)
{
    struct entry *folder = NULL;
    qsort(snapshot->entries, snapshot->count, sizeof *snapshot->entries, compare);
    for (size_t i = 1; i < snapshot->count; i++) {
        const struct entry *entry = &snapshot->entries[i];
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%.*s", entry->name > 0 ? (int)entry->name - 1 : 0, entry->path);
        if (folder == NULL || strcmp(folder->path, path) != 0) {
            folder = snapshot_find(snapshot, path);
            folder->first = i;
        }
        folder->count++;
    }
}

int snapshot_take(const char *from, const char *without, const char *place, uint64_t bytes_max,
                  struct snapshot *out, struct error *error)
{
    *out = (struct snapshot){.bytes_max = bytes_max};
    char store[PATH_MAX];
    if (snprintf(store, sizeof store, "%s/store", place) >= (int)sizeof store)
        return error_not_done(error, -ENAMETOOLONG, "the path '%s' is too long; set TMPDIR", place);
    out->store = open(store, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out->store < 0 || unlink(store) != 0)
        return failed(-errno, store, "", error);
    struct entry *root = add(out, "", "");
    if (root == NULL)
        return error_not_done(error, -ENOMEM, "out of memory");
    root->was.st_mode = S_IFDIR | S_IRWXU;
    root->was.st_mtim.tv_nsec = UTIME_NOW;
    int code = from != NULL ? keep_all(out, from, without, error) : 0;
    if (code != 0)
        return code;
    out->entries[0].content = content_hash(-1, "", &out->entries[0].was, bytes_max);
    sort(out);
    return 0;
}

void snapshot_clear(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        free(snapshot->entries[i].path);
        free(snapshot->entries[i].target);
    }
    free(snapshot->entries);
    if (snapshot->store > 0)
        close(snapshot->store);
    *snapshot = (struct snapshot){.store = -1};
}
