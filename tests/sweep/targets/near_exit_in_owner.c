/* Near miss: the function that owns the file calls exit, as many command-line tools do.
 * Its frame is still active at the end. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static void load(const char *path)
{
    char text[64];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof text) < 0 || close(fd) != 0)
        exit(1);
}

int main(void)
{
    load("one.txt");
    return 0;
}
