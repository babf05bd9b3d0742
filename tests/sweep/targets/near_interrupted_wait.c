/* Near miss: a call that was interrupted is made again, as it should be. That no signal interrupts for ever,
 * the program may trust. */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int status;
    pid_t child = fork();
    if (child < 0)
        return 1;
    if (child == 0)
        _exit(0);
    pid_t ended;
    do
        ended = waitpid(child, &status, 0);
    while (ended < 0 && errno == EINTR);
    return ended != child || status != 0;
}
