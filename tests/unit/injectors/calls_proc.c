/* Processes. A child of these ends at once; a program that replaces this one says so. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"

#define ITSELF "/proc/self/exe"

pid_t _Fork(void);
int execveat(int folder, const char *path, char *const arguments[], char *const environment[], int flags);

char *replacement[6];
static int program = -1;

void prepare_proc_call(struct fixture *f, const char *name)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigtimedwait(&signals, NULL, &(struct timespec){0});
    if (program < 0)
        program = (int)syscall(SYS_openat, AT_FDCWD, ITSELF, O_RDONLY | O_CLOEXEC, 0);
    if (strncmp(name, "wait", 4) != 0)
        return;
    f->child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (f->child == 0)
        syscall(SYS_exit_group, 0);
}

static long forked(pid_t child)
{
    if (child == 0)
        _exit(0);
    return child;
}

static long vforked(void)
{
    pid_t child = vfork();
    if (child == 0)
        _exit(0);
    return child;
}

static int end_at_once(void *unused)
{
    (void)unused;
    return 0;
}

static long cloned(void)
{
    static _Alignas(16) char stack[16 * 1024];
    return clone(end_at_once, stack + sizeof stack, SIGCHLD, NULL);
}

static char *const none[] = {"nothing", NULL};

/* The listed arguments are those of the vector. */
#define LISTED replacement[0], replacement[1], replacement[2], replacement[3], replacement[4], (char *)NULL

CALL(fork, forked(fork()))
CALL(_Fork, forked(_Fork()))
CALL(vfork, vforked())
CALL(clone, cloned())
CALL(posix_spawn, (errno = posix_spawn((pid_t *)results, ITSELF, NULL, NULL, none, environ)) == 0 ? 0 : -1)
CALL(posix_spawnp, (errno = posix_spawnp((pid_t *)results, ITSELF, NULL, NULL, none, environ)) == 0 ? 0 : -1)
CALL(execve, execve(ITSELF, replacement, environ))
CALL(execv, execv(ITSELF, replacement))
CALL(execvp, execvp(ITSELF, replacement))
CALL(execvpe, execvpe(ITSELF, replacement, environ))
CALL(execl, execl(ITSELF, LISTED))
CALL(execle, execle(ITSELF, LISTED, environ))
CALL(execlp, execlp(ITSELF, LISTED))
CALL(fexecve, fexecve(program, replacement, environ))
CALL(execveat, execveat(AT_FDCWD, ITSELF, replacement, environ, 0))
CALL(wait, wait((int *)results))
CALL(waitpid, waitpid(f->child, (int *)results, 0))
CALL(waitid, waitid(P_PID, (id_t)f->child, (siginfo_t *)results, WEXITED))
CALL(wait3, wait3((int *)results, 0, (struct rusage *)(results + 64)))
CALL(wait4, wait4(f->child, (int *)results, 0, (struct rusage *)(results + 64)))
CALL(kill, kill(getpid(), SIGUSR1))

const struct function proc_calls[] = {
    CHANGING(fork),        CHANGING(_Fork),        CHANGING(vfork),     CHANGING(clone),
    CHANGING(posix_spawn), CHANGING(posix_spawnp), REPLACING(execve),   REPLACING(execv),
    REPLACING(execvp),     REPLACING(execvpe),     REPLACING(execl),    REPLACING(execle),
    REPLACING(execlp),     REPLACING(fexecve),     REPLACING(execveat), CHANGING(wait),
    CHANGING(waitpid),     CHANGING(waitid),       CHANGING(wait3),     CHANGING(wait4),
    CHANGING(kill),        {NULL, NULL, LEAVES},
};
