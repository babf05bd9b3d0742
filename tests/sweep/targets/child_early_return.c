/* A forked worker that serves two jobs: the first one's failure leaves a descriptor for the rest of its life.
 * The leak is the child's; the parent is clean. */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static int serve(const char *path)
{
    char text[64];
    int fd = open(path, O_RDONLY | O_CLOEXEC); /* blamed */
    if (fd < 0)
        return 1;
    if (read(fd, text, sizeof text) < 0) {
#ifdef MENDED
        close(fd);
#endif
        return 1;
    }
    return close(fd) != 0;
}

int main(void)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        int failed = serve("one.txt");
        _exit(serve("two.txt") | failed);
    }
    if (child < 0)
        return 1;
    return waitpid(child, &status, 0) != child || status != 0;
}
