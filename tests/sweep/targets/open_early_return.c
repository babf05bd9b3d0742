/* A check was added between open and close, with a return of its own.
 * When fstat fails, the descriptor stays open. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int size_of(const char *path, off_t *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC); /* blamed */
    struct stat found;
    if (fd < 0)
        return -1;
    if (fstat(fd, &found) != 0) {
#ifdef MENDED
        close(fd);
#endif
        return -1;
    }
    *out = found.st_size;
    return close(fd);
}

int main(void)
{
    off_t size;
    return size_of("one.txt", &size) != 0;
}
