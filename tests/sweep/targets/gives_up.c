/* A second attempt is made, as the manual asks for; the way out after the second failure forgets the file.
 * One fault is healed by the retry: it takes one that stays. */
#include <fcntl.h>
#include <unistd.h>

static int load(const char *path)
{
    char text[64];
    int fd = open(path, O_RDONLY | O_CLOEXEC); /* blamed */
    if (fd < 0)
        return -1;
    for (int attempts = 0; read(fd, text, sizeof text) < 0; attempts++)
        if (attempts == 1) {
#ifdef MENDED
            close(fd);
#endif
            return -1;
        }
    return close(fd);
}

int main(void)
{
    return load("one.txt") != 0;
}
