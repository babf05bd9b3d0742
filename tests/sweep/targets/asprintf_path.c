/* A path is put together in memory of its own, and forgotten when the file is not there.
 * Small, and in every call of a busy program. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int touch(const char *folder, const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) < 0) /* blamed */
        return -1;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) {
#ifdef MENDED
        free(path);
#endif
        return -1;
    }
    free(path);
    return close(fd);
}

int main(void)
{
    return touch(".", "touched") != 0;
}
