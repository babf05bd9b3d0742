/* Wrappers of the calls that start, replace, end and wait for processes. What a child does until it runs a
 * program of its own is not its parent's doing: it has neither ledger nor plan. While a trace is kept, a
 * child of fork is followed.
 *
 * system and popen start and reap their children within the C library, past these wrappers. */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wrap.h"

/* Not every C library declares them. */
pid_t _Fork(void);
int execveat(int folder, const char *path, char *const arguments[], char *const environment[], int flags);

REAL(pid_t, fork, (void), ())
EXPORT pid_t fork(void)
{
    struct fault fault;
    if (IF_DUE(POINT_FORK, fault))
        return failed(fault.error);
    struct following following = follow_begin();
    pid_t child = real_fork();
    follow_end(&following, child);
    if (child > 0)
        child_started(child, CALL_SITE);
    return child;
}

/* No handler of pthread_atfork is called, ours neither: libfiu's lock may stay held in the child. */
REAL(pid_t, _Fork, (void), ())
EXPORT pid_t _Fork(void)
{
    struct fault fault;
    if (IF_DUE(POINT__FORK, fault))
        return failed(fault.error);
    pid_t child = real__Fork();
    if (child > 0)
        child_started(child, CALL_SITE);
    return child;
}

/* Says its errno as its result. The caller's place for the number may be NULL. */
#define SPAWNING(point, name)                                                                                \
    REAL(int, name,                                                                                          \
         (pid_t * pid, const char *program, const posix_spawn_file_actions_t *actions,                       \
          const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]),          \
         (pid, program, actions, attributes, arguments, environment))                                        \
    EXPORT int name(pid_t *restrict pid, const char *restrict program,                                       \
                    const posix_spawn_file_actions_t *restrict actions,                                      \
                    const posix_spawnattr_t *restrict attributes, char *const arguments[restrict],           \
                    char *const environment[restrict])                                                       \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (IF_DUE(point, fault))                                                                            \
            return fault.error;                                                                              \
        pid_t own, *child = pid != NULL ? pid : &own;                                                        \
        int error = real_##name(child, program, actions, attributes, arguments, environment);                \
        if (LIKELY(error == 0))                                                                              \
            child_started(*child, CALL_SITE);                                                                \
        else                                                                                                 \
            kernel_refused(error);                                                                           \
        return error;                                                                                        \
    }

SPAWNING(POINT_POSIX_SPAWN, posix_spawn)
SPAWNING(POINT_POSIX_SPAWNP, posix_spawnp)

/* A program that another one replaces keeps its ledger: see attach.c. */
PLAIN(POINT_EXECVE, int, execve, (const char *path, char *const arguments[], char *const environment[]),
      (path, arguments, environment))
PLAIN(POINT_EXECV, int, execv, (const char *path, char *const arguments[]), (path, arguments))
PLAIN(POINT_EXECVP, int, execvp, (const char *file, char *const arguments[]), (file, arguments))
PLAIN(POINT_EXECVPE, int, execvpe, (const char *file, char *const arguments[], char *const environment[]),
      (file, arguments, environment))
PLAIN(POINT_FEXECVE, int, fexecve, (int file, char *const arguments[], char *const environment[]),
      (file, arguments, environment))
PLAIN(POINT_EXECVEAT, int, execveat,
      (int folder, const char *path, char *const arguments[], char *const environment[], int flags),
      (folder, path, arguments, environment, flags))

/* Bytes of the vector of the listed arguments, with the NULL that ends them. */
static size_t vector_size(const char *first, va_list *list)
{
    va_list counted;
    va_copy(counted, *list);
    size_t count = 1;
    for (const char *next = first; next != NULL; next = va_arg(counted, const char *))
        count++;
    va_end(counted);
    return count * sizeof(char *);
}

/* Leaves the list behind its NULL. */
static void fill_vector(char **vector, const char *first, va_list *list)
{
    vector[0] = (char *)(uintptr_t)first;
    for (size_t i = 0; vector[i] != NULL; i++)
        vector[i + 1] = va_arg(*list, char *);
}

/* The vector stands on the stack, as in the C library: a signal handler may call this, and vfork's child. */
#define LISTING(point, name, program, environment, replace)                                                  \
    EXPORT int name(const char *program, const char *first, ...)                                             \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (IF_DUE(point, fault))                                                                            \
            return failed(fault.error);                                                                      \
        va_list list;                                                                                        \
        va_start(list, first);                                                                               \
        char **arguments = __builtin_alloca(vector_size(first, &list));                                      \
        fill_vector(arguments, first, &list);                                                                \
        environment;                                                                                         \
        va_end(list);                                                                                        \
        return replace;                                                                                      \
    }

LISTING(POINT_EXECL, execl, path, , real_execv(path, arguments))
LISTING(POINT_EXECLP, execlp, file, , real_execvp(file, arguments))
LISTING(POINT_EXECLE, execle, path, char *const *environment = va_arg(list, char *const *),
        real_execve(path, arguments, environment))

/* A wait that is going on. If the thread is cancelled in it, nobody says whether it has reaped. */
struct waiting {
    bool over;
};

static inline void waiting_cancelled(struct waiting *waiting)
{
    if (UNLIKELY(!waiting->over))
        children_settle();
}

/* A wait has returned `child`, which has ended by `status` or has only stopped or gone on. ECHILD tells that
 * the kernel has reaped children itself: SIGCHLD is ignored. */
static inline void waited(pid_t child, int status)
{
    if (LIKELY(child > 0)) {
        if (WIFEXITED(status) || WIFSIGNALED(status))
            child_reaped(child);
    } else if (child == -1 && errno == ECHILD) {
        children_settle();
    }
}

#define WAITING(point, name, parameters, arguments)                                                          \
    REAL(pid_t, name, parameters, arguments)                                                                 \
    EXPORT pid_t name parameters                                                                             \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (IF_DUE(point, fault))                                                                            \
            return failed(fault.error);                                                                      \
        struct waiting waiting __attribute__((cleanup(waiting_cancelled))) = {false};                        \
        int own;                                                                                             \
        if (status == NULL)                                                                                  \
            status = &own;                                                                                   \
        pid_t child = real_##name arguments;                                                                 \
        waiting.over = true;                                                                                 \
        waited(child, *status);                                                                              \
        return child;                                                                                        \
    }

WAITING(POINT_WAIT, wait, (int *status), (status))
WAITING(POINT_WAITPID, waitpid, (pid_t pid, int *status, int options), (pid, status, options))
WAITING(POINT_WAIT3, wait3, (int *status, int options, struct rusage *usage), (status, options, usage))
WAITING(POINT_WAIT4, wait4, (pid_t pid, int *status, int options, struct rusage *usage),
        (pid, status, options, usage))

static bool has_ended(const siginfo_t *info)
{
    return info->si_pid > 0 &&
           (info->si_code == CLD_EXITED || info->si_code == CLD_KILLED || info->si_code == CLD_DUMPED);
}

REAL(int, waitid, (idtype_t kind, id_t id, siginfo_t *info, int options), (kind, id, info, options))
EXPORT int waitid(idtype_t kind, id_t id, siginfo_t *info, int options)
{
    struct fault fault;
    if (IF_DUE(POINT_WAITID, fault))
        return failed(fault.error);
    struct waiting waiting __attribute__((cleanup(waiting_cancelled))) = {false};
    siginfo_t own;
    if (info == NULL)
        info = &own;
    int result = real_waitid(kind, id, info, options);
    waiting.over = true;
    if (result == 0 && (options & WNOWAIT) == 0 && has_ended(info))
        child_reaped(info->si_pid);
    else if (result == -1 && errno == ECHILD)
        children_settle();
    return result;
}

PLAIN(POINT_KILL, int, kill, (pid_t process, int number), (process, number))
