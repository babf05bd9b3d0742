/* A helper process that is ended by a signal in the good case only.
 * When its parent's own work fails, the helper lives on without it. */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int with_helper(const char *path)
{
    struct stat found;
    pid_t helper = fork(); /* blamed */
    if (helper < 0)
        return -1;
    while (helper == 0)
        pause();
    int failed = stat(path, &found);
#ifndef MENDED
    if (failed)
        return -1;
#endif
    /* Not by kill, which is a point: who is not killed is waited for in vain. */
    failed |= sigqueue(helper, SIGKILL, (union sigval){0});
    return waitpid(helper, NULL, 0) != helper || failed;
}

int main(void)
{
    return with_helper("one.txt") != 0;
}
