/* A program to be swept. It opens a file and ends; where that fails it does what it is told to:
 *
 *     sweep_target FOLDER leak|waits|forks|closes|exits|removes|ignores|writes|terminal|killed [always]
 *
 * It does so in every run if told "always"; it leaks in any case, and waits between two leaks. FOLDER is the
 * test's, outside of all copies. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *folder;

/* Each process starts the next and ends: there is never more than a handful. If nobody ends it, it ends
 * itself after a while. */
static int forks(void)
{
    time_t end = time(NULL) + 20;
    if (fork() == 0)
        while (time(NULL) < end && fork() <= 0)
            ;
    return 1;
}

static int closes(void)
{
    for (int fd = 0; fd < 4096; fd++)
        close(fd);
    return 1;
}

static int exits(void)
{
    _exit(3);
}

static int removes(void)
{
    char here[4096];
    return getcwd(here, sizeof here) != NULL && unlink("input") == 0 && rmdir(here) == 0 ? 1 : 2;
}

static int ignores(void)
{
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    while (pause() < 0)
        ;
    return 0;
}

static int writes(void)
{
    static char bytes[1 << 20];
    memset(bytes, 'x', sizeof bytes);
    for (int i = 0; i < 1024; i++)
        if (write(STDOUT_FILENO, bytes, sizeof bytes) != (ssize_t)sizeof bytes)
            return 1;
    return 0;
}

/* Whoever typed something would be read, and waited for. */
static int terminal(void)
{
    char byte;
    return open("/dev/tty", O_RDWR | O_CLOEXEC) < 0 && read(STDIN_FILENO, &byte, 1) == 0 ? 1 : 0;
}

/* Whether it is the first one of all runs. */
static int is_first(void)
{
    char mark[4096];
    snprintf(mark, sizeof mark, "%s/mark", folder);
    return open(mark, O_CREAT | O_EXCL | O_CLOEXEC, 0600) >= 0;
}

/* Once in all runs another process kills it. */
static int killed(void)
{
    if (!is_first())
        return 1;
    pid_t program = getpid();
    if (fork() == 0)
        _exit(kill(program, SIGKILL));
    while (pause() < 0)
        ;
    return 0;
}

/* A leak for whoever calls it: what main opened stays. */
static int leaks(void)
{
    int kept = open("input", O_RDONLY | O_CLOEXEC);
    int other = open("input", O_RDONLY | O_CLOEXEC);
    if (other < 0)
        return 1;
    close(other);
    return close(kept);
}

/* The same with something else, or the compiler makes one function of the two. */
static int leaks_too(void)
{
    int kept = open(".", O_RDONLY | O_CLOEXEC);
    int other = open("input", O_RDONLY | O_CLOEXEC);
    if (other < 0)
        return 1;
    close(other);
    return close(kept);
}

/* Once in all runs, when a call between the leaks fails, it waits to be ended. If nobody ends it, it goes on
 * after a while. */
static int waits(void)
{
    if (leaks() != 0)
        return 1;
    int fd = open("input", O_RDONLY | O_CLOEXEC);
    if (fd < 0 && is_first())
        sleep(30);
    return fd < 0 || close(fd) != 0 ? 1 : leaks_too();
}

static int misbehave(const char *how)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } ways[] = {{"forks", forks},     {"closes", closes}, {"exits", exits},       {"removes", removes},
                {"ignores", ignores}, {"writes", writes}, {"terminal", terminal}, {"killed", killed}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].name, how) == 0)
            return ways[i].run();
    return 2;
}

int main(int count, char **arguments)
{
    if (count < 3)
        return 2;
    folder = arguments[1];
    if (strcmp(arguments[2], "leak") == 0)
        return leaks();
    if (strcmp(arguments[2], "waits") == 0)
        return waits();
    int fd = open("input", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return misbehave(arguments[2]);
    close(fd);
    if (count > 3)
        misbehave(arguments[2]);
    return 0;
}
