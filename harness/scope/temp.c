/* Decides what becomes of a temporary file: as long as its path is set it is ours to unlink, as long as its
 * descriptor is set it is ours to close; keeping it is forgetting the path. */
#include "exeunt/mark.h"
#include "exeunt/scope.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static const struct exeunt_temp none = {-1, NULL};

static char *template_path(const char *dir, const char *prefix)
{
    char *path;
    return asprintf(&path, "%s/%sXXXXXX", dir, prefix) < 0 ? NULL : path;
}

struct exeunt_temp exeunt_temp_make(const char *dir, const char *prefix)
{
    EXEUNT_GUARD(memory, path, template_path(dir, prefix));
    if (!path)
        return none;
    EXEUNT_GUARD(fd, fd, mkostemp(path, O_CLOEXEC));
    if (fd < 0)
        return none;
    exeunt_taken_for(fd, path, __builtin_return_address(0));
    return (struct exeunt_temp){EXEUNT_TAKE(fd, fd), EXEUNT_TAKE(memory, path)};
}

int exeunt_temp_close(struct exeunt_temp *temp)
{
    return EXEUNT_RELEASE(fd, temp->fd);
}

void exeunt_temp_keep(struct exeunt_temp *temp)
{
    free(temp->path);
    temp->path = NULL;
}

int exeunt_temp_rename(struct exeunt_temp *temp, const char *target)
{
    if (!temp->path)
        return -EINVAL;
    int errno_kept = errno;
    int cancel_state = exeunt_cancel_off();
    int code = exeunt_temp_close(temp);
    if (code == 0 && rename(temp->path, target) < 0)
        code = -errno;
    if (code == 0)
        exeunt_temp_keep(temp);
    exeunt_cancel_restore(cancel_state);
    errno = errno_kept;
    return code;
}

int exeunt_temp_release(struct exeunt_temp temp)
{
    static const struct exeunt_place name = {"temp", "its name", __FILE__, __LINE__};
    int closed = exeunt_fd_release(temp.fd);
    int unlinked = !temp.path || unlink(temp.path) == 0 ? 0 : -errno;
    free(temp.path);
    if (closed && unlinked)
        exeunt_scope_report(&name, unlinked);
    return closed ? closed : unlinked;
}
