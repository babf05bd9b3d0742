/* A storm of children: threads fork, vfork and spawn, while the plan fails calls of all kinds and one more
 * thread switches libfiu's points. A child uses what its parent's threads may have locked. Usage:
 * storm_target storm */
#include <errno.h>
#include <fcntl.h>
#include <fiu-control.h>
#include <fiu.h>
#include <pthread.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exeunt/mark.h"
#include "target.h"

#define ITSELF "/proc/self/exe"

enum { THREADS = 8, ROUNDS = 84, SWITCHES = 20, SECONDS_MAX = 60 };

static char *const nothing[] = {"itself", "nothing", NULL};
static char *const nowhere[] = {NULL}; /* no environment: the program comes up without the preload */
static atomic_bool over;
static sem_t starting;

static void do_nothing(void)
{
}

static void use_what_may_be_locked(void)
{
    int fd = open("/dev/null", O_RDONLY);
    if (fd < 0 || close(fd) != 0 || fiu_fail("app/point") != 0)
        _exit(1);
    free(malloc(100));
}

static _Noreturn void go_on(bool executes)
{
    use_what_may_be_locked();
    if (executes)
        execve(ITSELF, nothing, nowhere);
    _exit(executes ? 1 : 0);
}

static pid_t start_forked(bool executes)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    alarm(SECONDS_MAX);
    if (fiu_enable("app/own", 3, NULL, 0) != 0 || fiu_fail("app/own") != 3 || fiu_disable("app/own") != 0)
        _exit(1);
    go_on(executes);
}

static pid_t start_vforked(bool executes)
{
    pid_t child = vfork();
    if (child != 0)
        return child;
    go_on(executes);
}

static pid_t start_spawned(bool with_path)
{
    pid_t child;
    int error = with_path ? posix_spawn(&child, ITSELF, NULL, NULL, nothing, nowhere)
                          : posix_spawnp(&child, ITSELF, NULL, NULL, nothing, nowhere);
    return error == 0 ? child : -1;
}

static void *start_often(void *number)
{
    static pid_t (*const ways[])(bool) = {start_forked, start_vforked, start_spawned};
    for (unsigned i = 0; i < ROUNDS; i++) {
        exeunt_begin(2 + (uintptr_t)number * ROUNDS + i);
        int status = 0;
        need(sem_post(&starting) == 0);
        pid_t child = ways[i % 3](i % 4 == 0);
        while (child > 0 && waitpid(child, &status, 0) == -1)
            need(errno == EINTR);
        need(status == 0);
        exeunt_end(0);
    }
    return NULL;
}

/* Again and again while children are started. */
static void *switch_points(void *unused)
{
    while (sem_wait(&starting) == 0 && !over)
        for (int i = 0; i < SWITCHES; i++)
            need(fiu_enable("app/switched", 1, NULL, 0) == 0 && fiu_fail("app/switched") == 1 &&
                 fiu_disable("app/switched") == 0);
    return unused;
}

/* Outside of any operation, where the plan fails no thread's start. */
static void storm(void)
{
    pthread_t threads[THREADS], switching;
    exeunt_end(0);
    alarm(SECONDS_MAX);
    need(sem_init(&starting, 0, 0) == 0);
    need(pthread_create(&switching, NULL, switch_points, NULL) == 0);
    for (uintptr_t i = 0; i < THREADS; i++)
        need(pthread_create(&threads[i], NULL, start_often, (void *)i) == 0);
    for (size_t i = 0; i < THREADS; i++)
        need(pthread_join(threads[i], NULL) == 0);
    over = true;
    need(sem_post(&starting) == 0 && pthread_join(switching, NULL) == 0);
}

int main(int argc, char **argv)
{
    static const struct mode modes[] = {{"nothing", do_nothing}, {"storm", storm}};
    run_mode(modes, sizeof modes / sizeof *modes, argc > 1 ? argv[1] : NULL);
}
