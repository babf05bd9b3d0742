/* A lock file, locked and left open by the attempt that failed: the second attempt waits for the first.
 * A process can well lock itself out with flock. */
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

static int append(const char *path)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int failed = flock(fd, LOCK_EX);
    if (failed == 0 && write(fd, "line\n", 5) != 5) { /* blamed */
#ifdef MENDED
        close(fd);
#endif
        return -1;
    }
    return close(fd) | failed;
}

int main(void)
{
    if (append("one.txt") == 0)
        return 0;
    append("one.txt");
    return 1;
}
