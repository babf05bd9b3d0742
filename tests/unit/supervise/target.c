/* The program that the tests supervise: its first argument says how it behaves. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ledger/layout.h"

enum { EXIT_UNABLE = 99 };

static void need(bool held, const char *what)
{
    if (held)
        return;
    fprintf(stderr, "target: %s: %s\n", what, strerror(errno));
    exit(EXIT_UNABLE);
}

static void pass_a_moment(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

/* As the preload maps it: by path, no descriptor stays open. */
static struct ledger *map_ledger(void)
{
    const char *value = getenv(LEDGER_ENVIRONMENT);
    char path[64];
    need(value != NULL, "no ledger in the environment");
    snprintf(path, sizeof path, "%.*s", (int)strcspn(value, " "), value);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    need(fd >= 0, path);
    struct ledger *ledger = mmap(NULL, sizeof *ledger, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    need(ledger != MAP_FAILED, "mmap");
    close(fd);
    ledger->thread_count = 1;
    return ledger;
}

static void await_stop(const struct ledger *ledger)
{
    while (ledger->stop == 0)
        pass_a_moment();
}

static void open_descriptors(int count)
{
    for (int i = 0; i < count; i++)
        need(open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0, "open");
}

/* Ends an operation once all is as announced, so that the test knows which samples count. */
static int hold(int count)
{
    struct ledger *ledger = map_ledger();
    open_descriptors(count);
    ledger->threads[0].succeeded = 1;
    await_stop(ledger);
    return 0;
}

/* The main thread has ended for good: it waits as a zombie for the others. */
static bool main_has_ended(void)
{
    char path[64], text[128] = "";
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", getpid());
    FILE *file = fopen(path, "re");
    need(file != NULL, path);
    need(fgets(text, sizeof text, file) != NULL, path);
    fclose(file);
    const char *after_name = strrchr(text, ')');
    return after_name != NULL && after_name[2] == 'Z';
}

static void *hold_in_thread(void *count)
{
    while (!main_has_ended())
        pass_a_moment();
    exit(hold(*(const int *)count));
}

static int hold_without_main(int count)
{
    static int held;
    held = count;
    pthread_t thread;
    need(pthread_create(&thread, NULL, hold_in_thread, &held) == 0, "pthread_create");
    pthread_exit(NULL);
}

static int work(void)
{
    struct ledger *ledger = map_ledger();
    while (ledger->stop == 0) {
        ledger->threads[0].succeeded++;
        pass_a_moment();
    }
    return 0;
}

/* Ends an operation and then none any more, whatever it is asked. */
static _Noreturn int hang(void)
{
    map_ledger()->threads[0].succeeded = 1;
    for (;;)
        pause();
}

static void hold_fifo(const char *path)
{
    int fd = open(path, O_WRONLY);
    need(fd >= 0 && write(fd, "x", 1) == 1, path);
}

/* Holds the FIFO and leaves a daemon behind, detached by the book, which holds it too. */
static int leave_daemon(const char *path)
{
    int ready[2];
    char byte;
    hold_fifo(path);
    need(pipe(ready) == 0, "pipe");
    pid_t middle = fork();
    need(middle >= 0, "fork");
    if (middle == 0) {
        setsid();
        pid_t last = fork();
        if (last != 0)
            _exit(last < 0);
        setsid();
        signal(SIGTERM, SIG_IGN);
        signal(SIGHUP, SIG_IGN);
        hold_fifo(path);
        need(write(ready[1], "x", 1) == 1, "write");
        for (;;)
            pause();
    }
    close(ready[1]);
    need(read(ready[0], &byte, 1) == 1, "the daemon");
    close(ready[0]);
    return 0;
}

static int descriptors_are_three(void)
{
    for (int fd = 0; fd < 4096; fd++)
        if ((fcntl(fd, F_GETFD) >= 0) != (fd < 3)) {
            fprintf(stderr, "descriptor %d\n", fd);
            return 1;
        }
    return 0;
}

static int limits_are(rlim_t descriptors)
{
    struct rlimit files, core;
    need(getrlimit(RLIMIT_NOFILE, &files) == 0 && getrlimit(RLIMIT_CORE, &core) == 0, "getrlimit");
    return files.rlim_cur == descriptors && files.rlim_max == descriptors && core.rlim_cur == 0 &&
                   core.rlim_max == 0
               ? 0
               : 1;
}

static int signals_are_default(void)
{
    sigset_t blocked;
    need(sigprocmask(SIG_SETMASK, NULL, &blocked) == 0, "sigprocmask");
    struct sigaction pipe_action, child_action;
    sigaction(SIGPIPE, NULL, &pipe_action);
    sigaction(SIGCHLD, NULL, &child_action);
    return sigisemptyset(&blocked) && pipe_action.sa_handler == SIG_DFL && child_action.sa_handler == SIG_DFL
               ? 0
               : 1;
}

static int process_is_apart(void)
{
    struct stat in, nothing;
    need(fstat(0, &in) == 0 && stat("/dev/null", &nothing) == 0, "stat");
    return getpgrp() == getpid() && open("/dev/tty", O_RDWR) < 0 && in.st_rdev == nothing.st_rdev ? 0 : 1;
}

/* /proc calls us by the number that we call ourselves. */
static int proc_fits(void)
{
    char path[64], number[16] = "";
    snprintf(path, sizeof path, "%d", getpid());
    return readlink("/proc/self", number, sizeof number - 1) > 0 && strcmp(path, number) == 0 ? 0 : 1;
}

static bool is_set_to(const char *name, const char *value)
{
    const char *found = getenv(name);
    return found != NULL && strcmp(found, value) == 0;
}

static int environment_has(const char *preload, const char *options)
{
    map_ledger();
    return is_set_to("LD_PRELOAD", preload) && is_set_to("ASAN_OPTIONS", options) ? 0 : 1;
}

static int end_by(int number)
{
    signal(number, SIG_DFL);
    raise(number);
    return EXIT_UNABLE;
}

static int say(const char *words)
{
    printf("this is not the last word\n");
    fprintf(stderr, "first\n%s", words);
    return 0;
}

static int flood(void)
{
    static const char lines[] = "and on and on\nand on and on\n";
    while (write(STDERR_FILENO, lines, sizeof lines - 1) > 0)
        ;
    return 0;
}

int main(int count, char **arguments)
{
    const char *mode = count > 1 ? arguments[1] : "";
    const char *first = count > 2 ? arguments[2] : "0";
    const char *second = count > 3 ? arguments[3] : "";
    int number = atoi(first);
    if (strcmp(mode, "exit") == 0)
        return number;
    if (strcmp(mode, "abort") == 0)
        abort();
    if (strcmp(mode, "signal") == 0)
        return end_by(number);
    if (strcmp(mode, "say") == 0)
        return say(first);
    if (strcmp(mode, "flood") == 0)
        return flood();
    if (strcmp(mode, "work") == 0)
        return work();
    if (strcmp(mode, "hang") == 0)
        return hang();
    if (strcmp(mode, "hold") == 0)
        return hold(number);
    if (strcmp(mode, "hold-without-main") == 0)
        return hold_without_main(number);
    if (strcmp(mode, "daemon") == 0)
        return leave_daemon(first);
    if (strcmp(mode, "daemon-and-stay") == 0)
        return leave_daemon(first) == 0 ? hang() : 1;
    if (strcmp(mode, "descriptors") == 0)
        return descriptors_are_three();
    if (strcmp(mode, "limits") == 0)
        return limits_are((rlim_t)number);
    if (strcmp(mode, "signals") == 0)
        return signals_are_default();
    if (strcmp(mode, "apart") == 0)
        return process_is_apart();
    if (strcmp(mode, "proc") == 0)
        return proc_fits();
    if (strcmp(mode, "pid") == 0)
        return getpid();
    if (strcmp(mode, "environment") == 0)
        return environment_has(first, second);
    return EXIT_UNABLE;
}
