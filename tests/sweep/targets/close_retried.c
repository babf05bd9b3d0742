/* "Interrupted, so once more": but Linux has closed the descriptor, whatever close returned.
 * The second close hits nothing, or the file that another thread has just opened. */
#include <fcntl.h>
#include <unistd.h>

static int load(const char *path)
{
    char text[64];
    int fd = open(path, O_RDONLY | O_CLOEXEC); /* blamed */
    if (fd < 0)
        return -1;
    int failed = read(fd, text, sizeof text) < 0;
    if (close(fd) != 0) {
        failed = 1;
#ifndef MENDED
        close(fd); /* blamed */
#endif
    }
    return failed;
}

int main(void)
{
    return load("one.txt");
}
