/* The result of write is dropped: the program says that all went well, and the file is empty.
 * A full disk makes it so every day somewhere. */
#include <fcntl.h>
#include <unistd.h>

static int save(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return -1;
    int failed = write(fd, "text\n", 5) != 5; /* blamed */
#ifndef MENDED
    failed = 0;
#endif
    return close(fd) | failed;
}

int main(void)
{
    return save("result.txt") != 0;
}
