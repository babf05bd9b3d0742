/* Near miss: the function that takes the file hands it to its caller, whose it is then.
 * The frame that took it has long returned; the owner is the caller. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static int find(const char *first, const char *second)
{
    int fd = open(first, O_RDONLY | O_CLOEXEC);
    return fd >= 0 ? fd : open(second, O_RDONLY | O_CLOEXEC);
}

static int use(void)
{
    char text[64];
    int fd = find("one.txt", "one.txt");
    if (fd < 0)
        return -1;
    if (read(fd, text, sizeof text) < 0)
        exit(1);
    return close(fd);
}

int main(void)
{
    return use() != 0;
}
