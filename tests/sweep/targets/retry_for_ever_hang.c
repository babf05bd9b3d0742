/* "The disk may have room again": a write that is tried again until it works.
 * A disk that stays full makes a program that never ends. */
#include <fcntl.h>
#include <unistd.h>

static int save(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return -1;
    int failed = 0;
    while (write(fd, "text\n", 5) != 5) { /* blamed */
#ifdef MENDED
        if (++failed == 3)
            break;
#endif
    }
    return close(fd) | (failed == 3);
}

int main(void)
{
    return save("result.txt") != 0;
}
