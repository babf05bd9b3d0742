/* A library that takes its time before the program's main, and before the preload is there: it calls nothing
 * that is wrapped. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

__attribute__((constructor)) static void start_slowly(void)
{
    const struct timespec pause = {.tv_nsec = 300000000};
    syscall(SYS_nanosleep, &pause, NULL);
}
