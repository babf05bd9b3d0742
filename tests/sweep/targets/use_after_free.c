/* The error message is made from what was freed a line before.
 * Built with AddressSanitizer, which sees it only if the error path runs. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int touch(const char *name)
{
    char *path = strdup(name);
    if (path == NULL)
        return -1;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644); /* blamed */
    if (fd < 0) {
#ifdef MENDED
        fprintf(stderr, "cannot make %s\n", path);
        free(path);
#else
        free(path);
        fprintf(stderr, "cannot make %s\n", path);
#endif
        return -1;
    }
    free(path);
    return close(fd);
}

int main(void)
{
    return touch("touched") != 0;
}
