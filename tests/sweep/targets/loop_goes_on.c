/* A batch that skips a file that cannot be read, by `continue`, past the close at the loop's end.
 * The batch reports the failure at its end, so nobody looks for more. */
#include <fcntl.h>
#include <unistd.h>

static int read_all(const char *const *paths, int count)
{
    int failed = 0;
    for (int i = 0; i < count; i++) {
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
    return failed;
}

int main(void)
{
    static const char *const paths[] = {"one.txt", "two.txt", "three.txt"};
    return read_all(paths, 3) != 0;
}
