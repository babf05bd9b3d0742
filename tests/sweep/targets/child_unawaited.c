/* A child that ends by itself, and is not waited for when its parent's own work fails.
 * A server that does this fills the table of processes with dead ones. */
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int with_child(const char *path)
{
    struct stat found;
    int status;
    pid_t child = fork(); /* blamed */
    if (child < 0)
        return -1;
    if (child == 0)
        _exit(0);
    int failed = stat(path, &found);
#ifndef MENDED
    if (failed)
        return -1;
#endif
    return waitpid(child, &status, 0) != child || failed || status != 0;
}

int main(void)
{
    return with_child("one.txt") != 0;
}
