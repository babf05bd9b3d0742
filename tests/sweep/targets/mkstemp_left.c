/* The usual way to replace a file: temporary file, write, rename. When the write fails, the temporary file
 * stays. A full disk gets fuller with each attempt. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int replace(const char *path)
{
    char temporary[] = "new-XXXXXX";
    int fd = mkstemp(temporary); /* blamed */
    if (fd < 0)
        return -1;
    int failed = write(fd, "text\n", 5) != 5;
    failed |= close(fd);
    if (failed) {
#ifdef MENDED
        unlink(temporary);
#endif
        return -1;
    }
    if (rename(temporary, path) == 0)
        return 0;
    unlink(temporary);
    return -1;
}

int main(void)
{
    return replace("result.txt") != 0;
}
