/* The cleanup removes the file first, and returns when that fails, before the close.
 * Write and unlink must both fail; on a file system that went read-only they do. */
#include <fcntl.h>
#include <unistd.h>

static int save(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644); /* blamed */
    if (fd < 0)
        return -1;
    if (write(fd, "text\n", 5) != 5) {
        if (unlink(path) != 0) {
#ifdef MENDED
            close(fd);
#endif
            return -1;
        }
        close(fd);
        return -1;
    }
    return close(fd);
}

int main(void)
{
    return save("result.txt") != 0;
}
