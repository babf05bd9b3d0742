/* What is measured: opens, reads and closes /dev/null as many times as it is told. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char buffer[64];
    for (int left = argc > 1 ? atoi(argv[1]) : 0; left > 0; left--) {
        int fd = open("/dev/null", O_RDONLY);
        if (fd < 0 || read(fd, buffer, sizeof buffer) != 0 || close(fd) != 0)
            return 1;
    }
    return 0;
}
