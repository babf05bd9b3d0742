/* Cleanup that gives up at its own first failure: close fails as the write did, and the file is not removed.
 * A bad disk fails twice; it needs a second fault to show. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int discard(int fd, const char *temporary)
{
    int failed = close(fd);
#ifndef MENDED
    if (failed)
        return -1;
#endif
    return unlink(temporary) | failed;
}

static int replace(const char *path)
{
    char temporary[] = "new-XXXXXX";
    int fd = mkstemp(temporary); /* blamed */
    if (fd < 0)
        return -1;
    if (write(fd, "text\n", 5) != 5) {
        discard(fd, temporary);
        return -1;
    }
    if (close(fd) == 0 && rename(temporary, path) == 0)
        return 0;
    unlink(temporary);
    return -1;
}

int main(void)
{
    return replace("result.txt") != 0;
}
