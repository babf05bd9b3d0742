/* A program with a defect for each of its modes. What stands behind the mode only marks its process. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void close_twice(int fd)
{
    close(fd);
    close(fd);
}

static void close_again(int fd)
{
    if (close(fd) == 0)
        close(fd);
}

int main(int argc, char **argv)
{
    int fd = open("/dev/null", O_RDONLY);
    if (argc < 2 || fd < 0)
        return 2;
    if (strcmp(argv[1], "twice") == 0)
        close_twice(fd);
    if (strcmp(argv[1], "again") == 0)
        close_again(fd);
    if (strcmp(argv[1], "twice-waits") == 0)
        close_twice(fd);
    while (strstr(argv[1], "waits") != NULL)
        pause();
    return 0;
}
