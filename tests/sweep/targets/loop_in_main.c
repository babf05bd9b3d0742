/* The same loop written into main, whose frame never returns: each failure costs a descriptor all the same.
 * Only that a line holds more at once than it ever did tells it. */
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    static const char *const paths[] = {"one.txt", "two.txt", "three.txt"};
    int failed = 0;
    for (int i = 0; i < 3; i++) {
        char text[64];
        int fd = open(paths[i], O_RDONLY | O_CLOEXEC); /* blamed */
        if (fd < 0) {
            failed++;
            continue;
        }
        if (read(fd, text, sizeof text) < 0) {
            failed++;
#ifdef MENDED
            close(fd);
#endif
            continue;
        }
        failed += close(fd) != 0;
    }
    return failed != 0;
}
