/* The parent reads what its child writes into a pipe; when fork fails, it reads all the same.
 * Its own writing end is open, so there is never an end of file. */
#include <sys/wait.h>
#include <unistd.h>

static int ask_child(void)
{
    int ends[2];
    char answer;
    if (pipe(ends) != 0)
        return -1;
    pid_t child = fork(); /* blamed */
    if (child == 0)
        _exit(write(ends[1], "y", 1) != 1);
#ifdef MENDED
    int failed = close(ends[1]);
#else
    int failed = child > 0 ? close(ends[1]) : 0;
#endif
    failed |= read(ends[0], &answer, 1) != 1;
    failed |= close(ends[0]);
    if (child > 0)
        failed |= waitpid(child, NULL, 0) != child;
    return child < 0 || failed;
}

int main(void)
{
    return ask_child() != 0;
}
