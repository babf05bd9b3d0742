/* Decides who has a folder of results. The lock is the kernel's, and of the process: nothing needs to be
 * cleaned up after a crash, what a line forks does not have it, and to ask whose it is takes nothing. */
#include "campaign/stress/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "oracle/sweep.h"

static const char scratch_name[] = "/exeunt-"; /* as folder_make has it */

static int path_in(const char *folder, const char *name, char out[PATH_MAX], struct error *error)
{
    if (snprintf(out, PATH_MAX, "%s/%s", folder, name) < PATH_MAX)
        return 0;
    return error_usage(error, "--results '%.64s...' is too long for a path", folder);
}

int place_results(const char *folder, char out[PATH_MAX], struct error *error)
{
    return path_in(folder, SWEEP_RESULTS_FILE, out, error);
}

/* What the file says: the owner's number, and its scratch. Both "" if it says nothing that we wrote. */
static void read_lock(int lock, char owner[32], char scratch[PATH_MAX])
{
    char text[PATH_MAX + 32];
    ssize_t length = pread(lock, text, sizeof text - 1, 0);
    text[length > 0 ? length : 0] = '\0';
    owner[0] = scratch[0] = '\0';
    sscanf(text, "%31[0-9]\n%4095[^\n]", owner, scratch);
}

static int write_lock(const struct stress_place *place, const char *folder, struct error *error)
{
    char text[PATH_MAX + 32];
    int length = snprintf(text, sizeof text, "%d\n%s\n", getpid(), place->scratch);
    if (ftruncate(place->lock, 0) == 0 && pwrite(place->lock, text, (size_t)length, 0) == length)
        return 0;
    return error_not_done(error, -errno, "'%s/lock' cannot be written: %s; mend that, or name another folder",
                          folder, strerror(errno));
}

static int open_lock(const char *folder, int flags, int *lock, struct error *error)
{
    char path[PATH_MAX];
    int failed = path_in(folder, "lock", path, error);
    if (failed != 0)
        return failed;
    *lock = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0644);
    return *lock >= 0 ? 0 : -errno;
}

/* 0: nobody. The kernel has no number for one of another PID namespace; its own it has written itself. */
static pid_t owner_of(int lock)
{
    char owner[32], scratch[PATH_MAX];
    struct flock asked = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(lock, F_GETLK, &asked) != 0 || asked.l_type == F_UNLCK)
        return 0;
    if (asked.l_pid > 0)
        return asked.l_pid;
    read_lock(lock, owner, scratch);
    return (pid_t)strtol(owner, NULL, 10);
}

static int take(const char *folder, int lock, struct error *error)
{
    const struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(lock, F_SETLK, &whole) == 0)
        return 0;
    if (errno != EAGAIN && errno != EACCES)
        return error_not_done(error, -errno, "'%s' cannot be locked: %s; name another folder", folder,
                              strerror(errno));
    return error_not_done(
        error, -EBUSY,
        "a campaign goes on in '%s' already (process %d): wait for its end, or name another folder", folder,
        (int)owner_of(lock));
}

/* Only a folder of the name that we give is removed. */
static void remove_left(const char *scratch)
{
    const char *slash = strrchr(scratch, '/');
    if (slash != NULL && strncmp(slash, scratch_name, sizeof scratch_name - 1) == 0)
        folder_remove(scratch);
}

static int settle(const char *folder, struct stress_place *place, struct error *error)
{
    char owner[32], scratch[PATH_MAX];
    int failed = take(folder, place->lock, error);
    if (failed != 0)
        return failed;
    read_lock(place->lock, owner, scratch);
    remove_left(scratch);
    failed = folder_make(place->scratch, error);
    return failed == 0 ? write_lock(place, folder, error) : failed;
}

/* A path is the user's to choose, as that of any file that is written; a lack of space or descriptors is not.
 */
static int cannot_use(const char *folder, const char *what, int code, struct error *error)
{
    static const char format[] = "'%s' %s: %s; mend that, or name another folder with --results";
    if (code == -ENOSPC || code == -EDQUOT || code == -EMFILE || code == -ENFILE)
        return error_not_done(error, code, format, folder, what, strerror(-code));
    return error_usage(error, format, folder, what, strerror(-code));
}

int place_open(const char *folder, struct stress_place *out, struct error *error)
{
    struct stress_place place = {.lock = -1};
    int failed = place_results(folder, place.results, error);
    if (failed != 0)
        return failed;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return cannot_use(folder, "cannot be made", -errno, error);
    failed = open_lock(folder, O_RDWR | O_CREAT, &place.lock, error);
    if (failed != 0)
        return cannot_use(folder, "is no folder that can be written to", failed, error);
    failed = settle(folder, &place, error);
    if (failed != 0)
        place_close(&place);
    else
        *out = place;
    return failed;
}

int place_clean(struct stress_place *place, struct error *error)
{
    folder_remove(place->scratch);
    if (mkdir(place->scratch, 0700) == 0 || errno == EEXIST)
        return 0;
    return error_not_done(error, -errno, "the work folder '%s' cannot be made again: %s; set TMPDIR",
                          place->scratch, strerror(errno));
}

void place_close(struct stress_place *place)
{
    if (place->scratch[0] != '\0')
        folder_remove(place->scratch);
    if (place->lock >= 0)
        close(place->lock);
    *place = (struct stress_place){.lock = -1};
}

int place_owner(const char *folder, pid_t *owner, struct error *error)
{
    int lock;
    int failed = open_lock(folder, O_RDONLY, &lock, error);
    if (failed != 0)
        return error_usage(error, "no campaign has been in '%s': %s; name another folder", folder,
                           strerror(-failed));
    *owner = owner_of(lock);
    close(lock);
    return 0;
}
