/* Near miss: main itself took the file and returns with it. The program is over: the kernel cleans up.
 * No frame that owned it has returned before the end. */
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
    char text[64];
    int fd = open("one.txt", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, text, sizeof text) < 0)
        return 1;
    return close(fd) != 0;
}
