/* How a program in miniature runs: one mode, one operation. */
#include "target.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exeunt/mark.h"

void need(bool condition)
{
    if (!condition)
        _exit(1);
}

int open_null(void)
{
    int fd = open("/dev/null", O_RDONLY);
    need(fd >= 0);
    return fd;
}

void in_thread(void *(*work)(void *), void *argument)
{
    pthread_t thread;
    need(pthread_create(&thread, NULL, work, argument) == 0 && pthread_join(thread, NULL) == 0);
}

void in_child(void (*work)(void))
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        work();
        _exit(0);
    }
    need(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

void run_mode(const struct mode *modes, size_t count, const char *name)
{
    for (size_t i = 0; name != NULL && i < count; i++) {
        if (strcmp(modes[i].name, name) != 0)
            continue;
        exeunt_rest();
        exeunt_begin(1);
        modes[i].run();
        exeunt_end(0);
        exeunt_rest();
        _exit(0);
    }
    _exit(2);
}
