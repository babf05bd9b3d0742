/* The same with posix_spawn: a started program that nobody ends when the work beside it fails.
 * The program is this one, which waits if it is told so. */
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int with_helper(char *program, const char *path)
{
    pid_t helper;
    struct stat found;
    char *arguments[] = {program, "wait", NULL};
    if (posix_spawn(&helper, "/proc/self/exe", NULL, NULL, arguments, environ) != 0) /* blamed */
        return -1;
    int failed = stat(path, &found);
#ifndef MENDED
    if (failed)
        return -1;
#endif
    /* Not by kill, which is a point: who is not killed is waited for in vain. */
    failed |= sigqueue(helper, SIGKILL, (union sigval){0});
    return waitpid(helper, NULL, 0) != helper || failed;
}

int main(int count, char **arguments)
{
    while (count > 1)
        pause();
    return with_helper(arguments[0], "one.txt") != 0;
}
