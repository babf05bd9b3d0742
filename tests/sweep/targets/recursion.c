/* A descent through folders by openat: each level closes its own folder, except when the level below fails.
 * The same line takes several descriptors, on several frames. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int descend(int parent, int depth)
{
    if (depth == 0)
        return 0;
    int fd = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* blamed */
    if (fd < 0)
        return -1;
    if (descend(fd, depth - 1) != 0) {
#ifdef MENDED
        close(fd);
#endif
        return -1;
    }
    return close(fd);
}

int main(void)
{
    return descend(AT_FDCWD, 3) != 0;
}
