/* The usual way to replace a file, with its last step unguarded: when the rename fails, the temporary file
 * stays. */
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
    if (!failed && rename(temporary, path) == 0)
        return 0;
#ifndef MENDED
    if (failed)
#endif
        unlink(temporary);
    return -1;
}

int main(void)
{
    return replace("result.txt") != 0;
}
