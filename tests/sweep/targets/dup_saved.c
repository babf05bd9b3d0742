/* Standard output is saved, redirected and put back, as test runners do it.
 * When the redirection's file cannot be opened, the saved copy stays open. */
#include <fcntl.h>
#include <unistd.h>

static int run_redirected(const char *path)
{
    int saved = dup(STDOUT_FILENO); /* blamed */
    if (saved < 0)
        return -1;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) {
#ifdef MENDED
        close(saved);
#endif
        return -1;
    }
    int failed = dup2(fd, STDOUT_FILENO) < 0 || write(STDOUT_FILENO, "result\n", 7) != 7;
    failed |= close(fd);
    failed |= dup2(saved, STDOUT_FILENO) < 0;
    return close(saved) | failed;
}

int main(void)
{
    return run_redirected("captured.txt") != 0;
}
