/* Preloaded: an unlink that does not remove temporary files of the table of exit paths, and says so
 * (PLANTED_UNLINK=fails) or does not (lies). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((visibility("default"))) int unlink(const char *path)
{
    const char *planted = getenv("PLANTED_UNLINK");
    if (planted == NULL || strstr(path, "/held-") == NULL)
        return (int)syscall(SYS_unlink, path);
    if (strcmp(planted, "lies") == 0)
        return 0;
    errno = EPERM;
    return -1;
}
