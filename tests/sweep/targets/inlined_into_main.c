/* A small helper that the compiler puts into main, so that no frame of its own ever returns.
 * main goes on to work that otherwise begins only after the close. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

__attribute__((always_inline)) static inline int first_byte(const char *path, char *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC); /* blamed */
    if (fd < 0)
        return -1;
    if (read(fd, out, 1) != 1) {
#ifdef MENDED
        close(fd);
#endif
        return -1;
    }
    return close(fd);
}

int main(void)
{
    char byte;
    struct stat found;
    volatile int failed = first_byte("one.txt", &byte); /* volatile: what follows stands there once */
    return stat("two.txt", &found) != 0 || failed != 0;
}
