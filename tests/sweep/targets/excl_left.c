/* A process file made with O_EXCL and not removed when the start fails after it.
 * The next start finds it and refuses: "already running". */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int start_and_stop(void)
{
    int fd = open("daemon.pid", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644); /* blamed */
    if (fd < 0)
        return -1;
    int failed = dprintf(fd, "%d\n", 1234) < 0;
    failed |= close(fd);
    if (failed) {
#ifdef MENDED
        unlink("daemon.pid");
#endif
        return -1;
    }
    return unlink("daemon.pid");
}

int main(void)
{
    return start_and_stop() != 0;
}
