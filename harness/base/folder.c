/* Makes and removes folders. */
#include "base/folder.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int folder_make(char folder[PATH_MAX], struct error *error)
{
    const char *set = getenv("TMPDIR");
    const char *parent = set != NULL && set[0] != '\0' ? set : "/tmp";
    char real[PATH_MAX], made[PATH_MAX + sizeof "/exeunt-XXXXXX"];
    if (realpath(parent, real) == NULL)
        return error_not_done(error, -errno, "the work folder cannot be made in '%s': %s; set TMPDIR", parent,
                              strerror(errno));
    int length = snprintf(made, sizeof made, "%s/exeunt-XXXXXX", real);
    if (length >= PATH_MAX)
        return error_not_done(error, -ENAMETOOLONG, "the path '%s' is too long; set TMPDIR", real);
    if (mkdtemp(made) == NULL)
        return error_not_done(error, -errno, "the work folder cannot be made in '%s': %s; set TMPDIR", parent,
                              strerror(errno));
    memcpy(folder, made, (size_t)length + 1);
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path) == 0 ? 0 : -errno;
}

int folder_remove(const char *folder)
{
    return nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0 ? 0 : -errno;
}
