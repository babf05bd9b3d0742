/* The error path closes the file, then jumps to the cleanup that closes it again.
 * With threads, the second close hits whoever got the number in between. */
#include <fcntl.h>
#include <unistd.h>

static int load(const char *path)
{
    char text[64];
    int failed = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC); /* blamed */
    if (fd < 0)
        return -1;
    if (read(fd, text, sizeof text) < 0) {
#ifndef MENDED
        close(fd);
#endif
        goto out;
    }
    failed = 0;
out:
    failed |= close(fd); /* blamed */
    return failed;
}

int main(void)
{
    return load("one.txt") != 0;
}
