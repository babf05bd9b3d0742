/* The callee frees the block when it fails, the caller frees it as well.
 * Nobody had said whose it is after a failure. */
#include <stdlib.h>
#include <sys/stat.h>

static int look_at(char *block, const char *path)
{
    struct stat found;
    if (stat(path, &found) != 0) { /* blamed */
#ifndef MENDED
        free(block);
#endif
        return -1;
    }
    block[0] = found.st_size > 0;
    return 0;
}

static int look(const char *path)
{
    char *block = malloc(48);
    if (block == NULL)
        return -1;
    int failed = look_at(block, path);
    free(block);
    return failed;
}

int main(void)
{
    return look("one.txt") != 0;
}
