/* Decides what a run has changed in its folder, and undoes it. A file that reads as it was put back, by all
 * that its inode tells, is not opened; one that differs is made anew and never written to in place: it might
 * be a hard link to somebody else's. */
#include "supervise/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/folder.h"
#include "supervise/content.h"
#include "supervise/snapshot.h"
#include "supervise/tree.h"

#define COPY_NAME  "work"
#define TRASH_NAME "trash"

struct scratch {
    char base[PATH_MAX], path[PATH_MAX];
    int folder;         /* the base: ours, but a run can reach it */
    uint64_t discarded; /* number for the next one in the trash */
    bool keeps_time;    /* on a tmpfs: a store into a mapped file changes none of its times */
    struct snapshot snapshot;
};

/* What a look finds. */
struct look {
    struct scratch *scratch;
    int root;
    struct names made;         /* paths that the snapshot does not know, in folders that it knows */
    struct names made_folders; /* to be looked into: folders among those, and in them */
    struct scratch_changes *changes;
    size_t room;
};

void scratch_changes_clear(struct scratch_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++)
        free(changes->list[i].path);
    free(changes->list);
    *changes = (struct scratch_changes){0};
}

const char *scratch_path(const struct scratch *scratch)
{
    return scratch->path;
}

static int tell(struct look *look, enum scratch_change_kind kind, const char *path, uint64_t content)
{
    struct scratch_changes *changes = look->changes;
    if (changes->count == look->room) {
        look->room = look->room == 0 ? 16 : 2 * look->room;
        struct scratch_change *list = realloc(changes->list, look->room * sizeof *list);
        if (list == NULL)
            return -ENOMEM;
        changes->list = list;
    }
    char *copy = strdup(path[0] != '\0' ? path : ".");
    if (copy == NULL)
        return -ENOMEM;
    changes->list[changes->count++] = (struct scratch_change){kind, copy, content};
    return 0;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Every change of a file sets its ctime, which nobody can set back. */
static bool same_inode(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_mode == b->st_mode &&
           a->st_size == b->st_size && same_time(&a->st_mtim, &b->st_mtim) &&
           same_time(&a->st_ctim, &b->st_ctim);
}

/* The clock that file systems take their times from, at its ticks: what happens until the next one may get
 * the same time. */
static bool is_young(const struct stat *status)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return status->st_ctim.tv_sec > now.tv_sec ||
           (status->st_ctim.tv_sec == now.tv_sec && status->st_ctim.tv_nsec >= now.tv_nsec);
}

/* Notes how the entry, `name` in the folder, reads now that it is as it was. */
static int note_state(struct entry *entry, int folder, const char *name)
{
    if (fstatat(folder, name, &entry->now, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) != 0)
        return -errno;
    entry->young = is_young(&entry->now);
    entry->state = ENTRY_SAME;
    return 0;
}

static uint64_t hash_of(const struct look *look, int folder, const char *name, const struct stat *status)
{
    return content_hash(folder, name, status, look->scratch->snapshot.bytes_max);
}

static int look_for(struct look *look, struct entry *entry, enum scratch_change_kind kind, uint64_t content)
{
    entry->state = ENTRY_MISSING;
    return tell(look, kind, entry->path, content);
}

/* One entry of the snapshot, in a folder that is there. */
static int look_at_entry(struct look *look, int folder, const char *name, struct entry *entry)
{
    struct stat status;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? look_for(look, entry, SCRATCH_REMOVED, 0) : -errno;
    bool same = same_inode(&status, &entry->now);
    bool is_folder = S_ISDIR(status.st_mode);
    if (same && ((!entry->young && !look->scratch->keeps_time) || is_folder))
        return 0;
    uint64_t content = hash_of(look, folder, name, &status);
    if (same && content == entry->content)
        return note_state(entry, folder, name); /* it may be old enough by now */
    int code = content != entry->content ? tell(look, SCRATCH_CHANGED, entry->path, content) : 0;
    entry->state = is_folder && S_ISDIR(entry->was.st_mode) ? ENTRY_DIFFERS : ENTRY_MISSING;
    if (code == 0 && is_folder && entry->state == ENTRY_MISSING)
        code = names_add(&look->made_folders, entry->path);
    return code;
}

/* A name that the folder has: is it known? Nothing is told of what has too long a path to be used by it. */
static int look_at_name(struct look *look, int folder, const char *path, const char *name, bool is_known)
{
    char full[PATH_MAX + NAME_MAX + 2];
    struct stat status;
    bool usable = snprintf(full, sizeof full, "%s%s%s", path, path[0] != '\0' ? "/" : "", name) < PATH_MAX;
    if (is_known && snapshot_find(&look->scratch->snapshot, full) != NULL)
        return 0;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return -errno;
    int code = is_known ? names_add(&look->made, full) : 0;
    if (code == 0 && usable)
        code = tell(look, SCRATCH_MADE, full, hash_of(look, folder, name, &status));
    if (code == 0 && usable && S_ISDIR(status.st_mode))
        code = names_add(&look->made_folders, full);
    return code;
}

static int look_at_names(struct look *look, int folder, const char *path, bool is_known)
{
    struct names names = {0};
    int code = tree_names(folder, &names);
    for (size_t i = 0; code == 0 && i < names.count; i++)
        code = look_at_name(look, folder, path, names.list[i], is_known);
    names_clear(&names);
    return code;
}

/* What is in a folder of the snapshot that is there. Its list of names is read only if it can have changed.
 */
static int look_within(struct look *look, int folder, struct entry *entry)
{
    struct entry *entries = look->scratch->snapshot.entries;
    int code = 0;
    for (size_t i = entry->first; code == 0 && i < entry->first + entry->count; i++)
        code = look_at_entry(look, folder, entries[i].path + entries[i].name, &entries[i]);
    if (code != 0 || (entry->state == ENTRY_SAME && !entry->young))
        return code;
    size_t made = look->made.count;
    code = look_at_names(look, folder, entry->path, true);
    if (look->made.count > made)
        entry->state = ENTRY_DIFFERS;
    return code == 0 && entry->state == ENTRY_SAME ? note_state(entry, folder, "") : code;
}

static int look_into(struct look *look, struct entry *entry)
{
    struct entry *entries = look->scratch->snapshot.entries;
    int code = 0;
    if (entry->state == ENTRY_MISSING) {
        for (size_t i = entry->first; code == 0 && i < entry->first + entry->count; i++)
            code = look_for(look, &entries[i], SCRATCH_REMOVED, 0);
        return code;
    }
    int folder = tree_folder(look->root, entry->path);
    if (folder < 0)
        return folder;
    code = look_within(look, folder, entry);
    close(folder);
    return code;
}

static int look_into_made(struct look *look)
{
    int code = 0;
    for (size_t i = 0; code == 0 && i < look->made_folders.count; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s", look->made_folders.list[i]);
        int folder = tree_folder(look->root, path);
        if (folder < 0)
            return folder;
        code = look_at_names(look, folder, path, false);
        close(folder);
    }
    return code;
}

/* Opens the folder in which the entry of that path stands, and says by what name. */
static int open_above(const struct scratch *scratch, const char *path, const char **name)
{
    char above[PATH_MAX + sizeof COPY_NAME];
    const char *slash = strrchr(path, '/');
    *name = path[0] == '\0' ? COPY_NAME : slash != NULL ? slash + 1 : path;
    if (path[0] == '\0')
        return tree_folder(scratch->folder, "");
    snprintf(above, sizeof above, COPY_NAME "/%.*s", slash != NULL ? (int)(slash - path) : 0, path);
    return tree_folder(scratch->folder, above);
}

/* The folder above an entry is about to change. */
static int open_to_change(struct scratch *scratch, const char *path, const char **name)
{
    int folder = open_above(scratch, path, name);
    if (folder < 0 || path[0] == '\0')
        return folder;
    char above[PATH_MAX];
    snprintf(above, sizeof above, "%.*s", *name > path ? (int)(*name - path) - 1 : 0, path);
    struct entry *entry = snapshot_find(&scratch->snapshot, above);
    if (entry->state == ENTRY_SAME || (entry->was.st_mode & S_IRWXU) != S_IRWXU)
        fchmod(folder, S_IRWXU); /* what fails will say so */
    entry->state = ENTRY_DIFFERS;
    return folder;
}

/* A run may have had its way with the trash, too. */
static int open_trash(const struct scratch *scratch)
{
    if (mkdirat(scratch->folder, TRASH_NAME, S_IRWXU) != 0 && errno == EEXIST &&
        unlinkat(scratch->folder, TRASH_NAME, 0) == 0)
        mkdirat(scratch->folder, TRASH_NAME, S_IRWXU);
    return tree_folder(scratch->folder, TRASH_NAME);
}

static int discard(struct scratch *scratch, int trash, const char *path)
{
    const char *name;
    int folder = open_to_change(scratch, path, &name);
    if (folder < 0)
        return folder;
    int code = tree_discard(folder, name, trash, &scratch->discarded);
    close(folder);
    return code;
}

static int make_file(const struct snapshot *snapshot, int folder, const char *name, const struct entry *entry)
{
    int file = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0)
        return -errno;
    int code = content_copy(snapshot->store, entry->place, file, 0, (uint64_t)entry->was.st_size);
    if (geteuid() == 0 && fchown(file, entry->was.st_uid, entry->was.st_gid) != 0)
        code = -errno;
    if (code == 0 && fchmod(file, entry->was.st_mode & ALLPERMS) != 0)
        code = -errno;
    close(file);
    return code;
}

/* Puts back what is not a folder, or a folder that is still empty. */
static int make_entry(struct scratch *scratch, int folder, const char *name, struct entry *entry)
{
    const struct timespec times[] = {entry->was.st_atim, entry->was.st_mtim};
    if (S_ISDIR(entry->was.st_mode)) {
        entry->state = ENTRY_DIFFERS;
        return mkdirat(folder, name, S_IRWXU) == 0 ? 0 : -errno;
    }
    int code = S_ISREG(entry->was.st_mode) ? make_file(&scratch->snapshot, folder, name, entry)
               : symlinkat(entry->target, folder, name) == 0 ? 0
                                                             : -errno;
    if (code == 0 && utimensat(folder, name, times, AT_SYMLINK_NOFOLLOW) != 0)
        code = -errno;
    return code == 0 ? note_state(entry, folder, name) : code;
}

static int put_back(struct scratch *scratch, int trash, struct entry *entry)
{
    const char *name;
    int folder = open_to_change(scratch, entry->path, &name);
    if (folder < 0)
        return folder;
    int code = tree_discard(folder, name, trash, &scratch->discarded);
    if (code == 0 || code == -ENOENT)
        code = make_entry(scratch, folder, name, entry);
    close(folder);
    return code;
}

/* After all in it: permissions and times of a folder. */
static int finish_folder(const struct scratch *scratch, struct entry *entry)
{
    char path[PATH_MAX + sizeof COPY_NAME];
    const struct timespec times[] = {entry->was.st_atim, entry->was.st_mtim};
    snprintf(path, sizeof path, COPY_NAME "/%s", entry->path);
    int folder = tree_folder(scratch->folder, path);
    if (folder < 0)
        return folder;
    int code = (geteuid() == 0 && fchown(folder, entry->was.st_uid, entry->was.st_gid) != 0) ||
                       fchmod(folder, entry->was.st_mode & ALLPERMS) != 0 || futimens(folder, times) != 0
                   ? -errno
                   : note_state(entry, folder, "");
    close(folder);
    return code;
}

/* What the run made goes, what it changed or removed comes again, folders before what is in them. */
static int undo(struct scratch *scratch, const struct names *made)
{
    struct snapshot *snapshot = &scratch->snapshot;
    int trash = open_trash(scratch);
    int code = trash < 0 ? trash : 0;
    for (size_t i = 0; code == 0 && i < made->count; i++)
        code = discard(scratch, trash, made->list[i]);
    for (size_t i = 0; code == 0 && i < snapshot->count; i++)
        if (snapshot->entries[i].state == ENTRY_MISSING)
            code = put_back(scratch, trash, &snapshot->entries[i]);
    for (size_t i = snapshot->count; code == 0 && i-- > 0;)
        if (snapshot->entries[i].state == ENTRY_DIFFERS)
            code = finish_folder(scratch, &snapshot->entries[i]);
    if (code == 0)
        code = tree_empty(trash, &scratch->discarded);
    if (trash >= 0)
        close(trash);
    return code;
}

static bool needs_undoing(const struct scratch *scratch, const struct names *made)
{
    bool needs = made->count > 0;
    for (size_t i = 0; !needs && i < scratch->snapshot.count; i++)
        needs = scratch->snapshot.entries[i].state != ENTRY_SAME;
    return needs;
}

/* Looks at all that there is and was. */
static int look_at_all(struct look *look)
{
    struct scratch *scratch = look->scratch;
    struct snapshot *snapshot = &scratch->snapshot;
    int code = look_at_entry(look, scratch->folder, COPY_NAME, &snapshot->entries[0]);
    look->root = tree_folder(scratch->folder, COPY_NAME);
    for (size_t i = 0; code == 0 && i < snapshot->count; i++)
        if (S_ISDIR(snapshot->entries[i].was.st_mode))
            code = look_into(look, &snapshot->entries[i]);
    if (code == 0 && look->root >= 0)
        code = look_into_made(look);
    if (look->root >= 0)
        close(look->root);
    return code;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct scratch_change *)a)->path, ((const struct scratch_change *)b)->path);
}

/* The path leads to what we hold open, unless a run has moved that away. */
static bool is_in_place(const struct scratch *scratch)
{
    struct stat held, found;
    return fstatat(scratch->folder, COPY_NAME, &held, AT_SYMLINK_NOFOLLOW) == 0 &&
           lstat(scratch->path, &found) == 0 && held.st_ino == found.st_ino && held.st_dev == found.st_dev;
}

int scratch_restore(struct scratch *scratch, struct scratch_changes *out, struct error *error)
{
    struct scratch_changes changes = {0};
    struct look look = {.scratch = scratch, .root = -1, .changes = &changes};
    int code = look_at_all(&look);
    if (code == 0 && needs_undoing(scratch, &look.made)) {
        code = undo(scratch, &look.made);
        if (code == 0 && !is_in_place(scratch))
            code = -ENOENT;
    }
    names_clear(&look.made);
    names_clear(&look.made_folders);
    if (code != 0) {
        scratch_changes_clear(&changes);
        return error_not_done(error, code, "the scratch copy '%s' cannot be made again what it was: %s",
                              scratch->path, strerror(-code));
    }
    if (changes.count > 0)
        qsort(changes.list, changes.count, sizeof *changes.list, compare);
    *out = changes;
    return 0;
}

/* Fills the base, which is there. */
static int fill(const char *from, const char *without, uint64_t bytes_max, struct scratch *scratch,
                struct error *error)
{
    static const struct names none;
    if (snprintf(scratch->path, sizeof scratch->path, "%s/" COPY_NAME, scratch->base) >= PATH_MAX)
        return error_not_done(error, -ENAMETOOLONG, "the path '%s' is too long; set TMPDIR", scratch->base);
    scratch->folder = open(scratch->base, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int code = scratch->folder < 0 ? -errno : 0;
    struct statfs system;
    scratch->keeps_time = code == 0 && fstatfs(scratch->folder, &system) == 0 && system.f_type == TMPFS_MAGIC;
    if (code == 0) {
        code = snapshot_take(from, without, scratch->base, bytes_max, &scratch->snapshot, error);
        if (code != 0)
            return code;
        code = undo(scratch, &none);
    }
    if (code != 0)
        return error_not_done(error, code, "cannot make the scratch copy '%s': %s", scratch->path,
                              strerror(-code));
    return 0;
}

int scratch_open(const char *from, const char *without, uint64_t bytes_max, struct scratch **out,
                 struct error *error)
{
    struct scratch *scratch = calloc(1, sizeof *scratch);
    if (scratch == NULL)
        return error_not_done(error, -ENOMEM, "out of memory");
    scratch->folder = scratch->snapshot.store = -1;
    int code = folder_make(scratch->base, error);
    if (code == 0)
        code = fill(from, without, bytes_max, scratch, error);
    if (code != 0) {
        char unheard[1];
        scratch_close(scratch, unheard, sizeof unheard);
        return code;
    }
    *out = scratch;
    return 0;
}

/* All that is in the base, whoever made it. */
static int remove_all(struct scratch *scratch)
{
    struct names names = {0};
    int trash = scratch->folder >= 0 ? open_trash(scratch) : -EBADF;
    int code = trash < 0 ? trash : tree_names(scratch->folder, &names);
    for (size_t i = 0; code == 0 && i < names.count; i++)
        if (strcmp(names.list[i], TRASH_NAME) != 0)
            code = tree_discard(scratch->folder, names.list[i], trash, &scratch->discarded);
    names_clear(&names);
    if (code == 0)
        code = tree_empty(trash, &scratch->discarded);
    if (trash >= 0)
        close(trash);
    if (code == 0 && (unlinkat(scratch->folder, TRASH_NAME, AT_REMOVEDIR) != 0 || rmdir(scratch->base) != 0))
        code = -errno;
    return code;
}

struct scratch *scratch_close(struct scratch *scratch, char *leftover, size_t size)
{
    if (scratch == NULL)
        return NULL;
    int code = scratch->base[0] != '\0' ? remove_all(scratch) : 0;
    if (code != 0)
        snprintf(leftover, size, "the scratch copy '%.200s' could not be removed: %s", scratch->base,
                 strerror(-code));
    snapshot_clear(&scratch->snapshot);
    if (scratch->folder >= 0)
        close(scratch->folder);
    free(scratch);
    return NULL;
}
