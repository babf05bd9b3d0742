/* fdopen takes a descriptor over only if it succeeds; many believe that it always does.
 * When it fails, the descriptor is still the caller's, and open. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int load(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC); /* blamed */
    if (fd < 0)
        return -1;
    FILE *file = fdopen(fd, "r");
    if (file == NULL) {
#ifdef MENDED
        close(fd);
#endif
        return -1;
    }
    int failed = fgetc(file) == EOF;
    return fclose(file) | failed;
}

int main(void)
{
    return load("one.txt") != 0;
}
