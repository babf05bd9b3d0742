/* Programs in miniature that start children, wait for them or do not; and children that must not write to
 * their parent's ledger. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exeunt/mark.h"
#include "slots.h"
#include "target.h"

#define ITSELF "/proc/self/exe"

enum { ROOM_IN_THE_LEDGER = 1024, TOO_MANY = 6 };

pid_t _Fork(void);
void closefrom(int first);

static char *const nothing[] = {"itself", "nothing", NULL};

static void do_nothing(void)
{
}

/* A child that ends at once. */
static pid_t start(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    need(child > 0);
    return child;
}

/* The same in a fraction of the time. */
static pid_t start_quickly(void)
{
    pid_t child = vfork();
    if (child == 0)
        _exit(0);
    need(child > 0);
    return child;
}

static void wait_for(pid_t child)
{
    int status;
    need(waitpid(child, &status, 0) == child && status == 0);
}

/* Each of these ends the operation with the line of the call as its status. */
static void leave_forked(void)
{
    int line = __LINE__ + 1;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    exeunt_end(-line);
}

static void leave_Forked(void)
{
    int line = __LINE__ + 1;
    pid_t child = _Fork();
    if (child == 0)
        _exit(0);
    exeunt_end(-line);
}

static void leave_vforked(void)
{
    int line = __LINE__ + 1;
    pid_t child = vfork();
    if (child == 0)
        _exit(0);
    exeunt_end(-line);
}

static void leave_spawned(void)
{
    pid_t child;
    int line = __LINE__ + 1;
    need(posix_spawn(&child, ITSELF, NULL, NULL, nothing, environ) == 0);
    exeunt_end(-line);
}

static void wait_in_time(void)
{
    wait_for(start());
}

static void wait_for_any(void)
{
    for (int i = 0; i < 5; i++)
        start();
    need(wait(NULL) > 0 && waitpid(-1, NULL, 0) > 0 && wait3(NULL, 0, NULL) > 0 &&
         wait4(-1, NULL, 0, NULL) > 0);
    need(waitid(P_ALL, 0, NULL, WEXITED) == 0);
}

static void wait_for_one(void)
{
    need(wait(NULL) > 0);
}

/* The child is known to have ended, and stays. */
static void look_at(void)
{
    siginfo_t info;
    pid_t child = start();
    need(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) == 0 && info.si_pid == child);
}

static void stop_and_go_on(void)
{
    int status;
    siginfo_t info;
    pid_t child = fork();
    if (child == 0)
        for (;;)
            raise(SIGSTOP);
    need(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status) && kill(child, SIGCONT) == 0);
    need(waitid(P_PID, (id_t)child, &info, WSTOPPED) == 0 && info.si_code == CLD_STOPPED);
    need(kill(child, SIGKILL) == 0);
}

static void wait_too_early(void)
{
    int gate[2];
    char byte;
    need(pipe(gate) == 0);
    pid_t child = fork();
    if (child == 0)
        _exit(close(gate[1]) == 0 && read(gate[0], &byte, 1) == 0 ? 0 : 1);
    need(waitpid(child, NULL, WNOHANG) == 0 && close(gate[0]) == 0 && close(gate[1]) == 0);
    wait_for(child);
}

static void wait_unseen(void)
{
    pid_t child = start();
    need(syscall(SYS_wait4, child, NULL, 0, NULL) == child);
}

static void wait_fails(void)
{
    pid_t child = start();
    need(waitpid(child, NULL, 0) == -1 && errno == EINTR);
    wait_for(child);
}

static void wait_says_there_is_none(void)
{
    need(waitpid(start(), NULL, 0) == -1 && errno == ECHILD);
}

static void ignore_ends(void)
{
    need(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
    pid_t child = start();
    need(waitpid(child, NULL, 0) == -1 && errno == ECHILD && !slots_hold_child(child));
    child = start();
    need(wait(NULL) == -1 && errno == ECHILD && !slots_hold_child(child));
    child = start();
    need(waitid(P_ALL, 0, NULL, WEXITED) == -1 && errno == ECHILD && !slots_hold_child(child));
}

/* By a handler within fork, before anything is noted. */
static void wait_at_once(void)
{
    need(pthread_atfork(NULL, wait_for_one, NULL) == 0);
    need(!slots_hold_child(start()));
}

/* By the time that there is no room left, none of them is there any more. */
static void wait_unseen_for_many(void)
{
    for (int i = 0; i < ROOM_IN_THE_LEDGER; i++)
        start_quickly();
    while (syscall(SYS_wait4, -1, NULL, 0, NULL) > 0)
        continue;
    for (int i = 0; i < TOO_MANY; i++)
        start_quickly();
}

static void wait_late_for_many(void)
{
    for (int i = 0; i < ROOM_IN_THE_LEDGER + TOO_MANY; i++)
        start_quickly();
    for (int i = 0; i < ROOM_IN_THE_LEDGER + TOO_MANY; i++)
        need(wait(NULL) > 0);
}

static void leave_many(void)
{
    for (int i = 0; i < ROOM_IN_THE_LEDGER + TOO_MANY; i++)
        start_quickly();
}

static void *cancelled_wait(void *child)
{
    need(pthread_cancel(pthread_self()) == 0);
    waitpid((pid_t)(intptr_t)child, NULL, 0);
    _exit(1);
}

static void cancelled_in_wait(void)
{
    in_thread(cancelled_wait, (void *)(intptr_t)start());
}

static void execute_and_wait(void)
{
    start();
    execl(ITSELF, "itself", "wait-for-one", (char *)NULL);
}

static void execute_and_leave(void)
{
    start();
    execv(ITSELF, nothing);
}

static void spawn_namelessly(void)
{
    need(posix_spawnp(NULL, ITSELF, NULL, NULL, nothing, environ) == 0 && wait(NULL) > 0);
}

static void spawn_what_is_not_there(void)
{
    pid_t child;
    need(posix_spawn(&child, "/nonexistent", NULL, NULL, nothing, environ) == ENOENT);
}

/* Within the C library: neither its start nor its end is seen. */
static void run_command(void)
{
    need(WEXITSTATUS(system("exit 3")) == 3);
}

static void start_and_wait(void)
{
    wait_for(start());
}

static void child_has_child(void)
{
    in_child(start_and_wait);
}

/* Before the preload's own, since it is registered before all constructors. */
static int closed_by_handler = -1;

static void close_in_handler(void)
{
    if (closed_by_handler >= 0)
        close(closed_by_handler);
}

static void register_handler(int argc, char **argv, char **environment)
{
    (void)argc, (void)argv, (void)environment;
    pthread_atfork(NULL, NULL, close_in_handler);
}

__attribute__((section(".preinit_array"), used)) static void (*const before_all)(int, char **,
                                                                                 char **) = register_handler;

static void child_closes_in_handler(void)
{
    closed_by_handler = open_null();
    wait_for(start());
}

/* Of the child of each kind, the descriptor is its own: the parent's is still open. */
static void forked_child_closes(void)
{
    int fd = open_null();
    pid_t child = fork();
    if (child == 0)
        _exit(close(fd) == 0 && open_null() == fd ? 0 : 1);
    wait_for(child);
}

static void Forked_child_closes(void)
{
    int fd = open_null();
    pid_t child = _Fork();
    if (child == 0)
        _exit(close(fd) == 0 && open_null() == fd ? 0 : 1);
    wait_for(child);
}

static void vforked_child_closes(void)
{
    int fd = open_null();
    pid_t child = vfork();
    if (child == 0) {
        close(fd);
        closefrom(STDERR_FILENO + 1);
        execv(ITSELF, nothing);
        _exit(1);
    }
    wait_for(child);
}

/* What the child takes is its own, and what the parent takes afterwards is noted again. */
static void vforked_child_opens(void)
{
    pid_t child = vfork();
    if (child == 0)
        _exit(open_null() >= 0 && open("/dev/null", O_RDONLY) >= 0 ? 0 : 1);
    wait_for(child);
    open_null();
}

static void vforked_child_vforks(void)
{
    pid_t child = vfork();
    if (child == 0) {
        int status;
        pid_t grandchild = vfork();
        if (grandchild == 0)
            _exit(open_null() >= 0 ? 0 : 1);
        _exit(waitpid(grandchild, &status, 0) == grandchild && status == 0 && open_null() >= 0 ? 0 : 1);
    }
    wait_for(child);
    open_null();
}

static _Alignas(16) char clone_stack[64 * 1024];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static pid_t start_cloned(int (*work)(void *), int *fd, int flags)
{
    pid_t child = clone(work, clone_stack + sizeof clone_stack, flags | SIGCHLD, fd);
    need(child > 0);
    return child;
}

static int close_it(void *fd)
{
    return close(*(int *)fd) == 0 && open_null() == *(int *)fd ? 0 : 1;
}

static int end_at_once(void *nothing_of)
{
    return nothing_of != NULL;
}

static void leave_cloned(void)
{
    int line = __LINE__ + 1;
    pid_t child = clone(end_at_once, clone_stack + sizeof clone_stack, SIGCHLD, NULL);
    need(child > 0);
    exeunt_end(-line);
}

static void cloned_child_closes(void)
{
    int fd = open_null();
    wait_for(start_cloned(close_it, &fd, 0));
    need(pthread_mutex_lock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == 0);
}

/* As vfork does it, with a stack of its own. */
static void cloned_like_vfork(void)
{
    int fd = open_null();
    wait_for(start_cloned(close_it, &fd, CLONE_VM | CLONE_VFORK));
    need(slots_agree() && fcntl(fd, F_GETFD) != -1);
}

static void cloned_like_vfork_then_opens(void)
{
    int fd = open_null();
    wait_for(start_cloned(close_it, &fd, CLONE_VM | CLONE_VFORK));
    need(close(fd) == 0 && open_null() == fd);
}

/* Both run at the same time, with the same state of the thread. */
static void cloned_sharing_memory(void)
{
    int fd = open_null();
    wait_for(start_cloned(close_it, &fd, CLONE_VM));
}

/* A thread in all but its number: the descriptors are the same, and so is the ledger. */
static int close_only(void *fd)
{
    return close(*(int *)fd) == 0 ? 0 : 1;
}

static void cloned_like_a_thread(void)
{
    struct slots before = slots_now();
    int fd = open_null(), kept = open_null();
    wait_for(start_cloned(close_only, &fd, CLONE_VM | CLONE_FILES | CLONE_SIGHAND | CLONE_FS));
    need(slots_agree() && slots_taken_since(&before) && kept >= 0);
}

/* Past all wrappers. Locks are the child's own, too. */
static void raw_child_closes(void)
{
    int fd = open_null();
    need(pthread_mutex_lock(&mutex) == 0);
    pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0L);
    if (child == 0)
        _exit(pthread_mutex_unlock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == 0 && close_it(&fd) == 0
                  ? 0
                  : 1);
    wait_for(child);
    need(pthread_mutex_unlock(&mutex) == 0);
}

static void vfork_fails(void)
{
    need(vfork() == -1 && errno == EAGAIN);
    need(close(open_null()) == 0);
}

static const struct mode modes[] = {
    {"nothing", do_nothing},
    {"leave-forked", leave_forked},
    {"leave-Forked", leave_Forked},
    {"leave-vforked", leave_vforked},
    {"leave-spawned", leave_spawned},
    {"leave-many", leave_many},
    {"wait-in-time", wait_in_time},
    {"wait-for-any", wait_for_any},
    {"wait-for-one", wait_for_one},
    {"look-at", look_at},
    {"stop-and-go-on", stop_and_go_on},
    {"wait-too-early", wait_too_early},
    {"wait-unseen", wait_unseen},
    {"wait-fails", wait_fails},
    {"wait-says-there-is-none", wait_says_there_is_none},
    {"wait-late-for-many", wait_late_for_many},
    {"ignore-ends", ignore_ends},
    {"wait-at-once", wait_at_once},
    {"wait-unseen-for-many", wait_unseen_for_many},
    {"cancelled-in-wait", cancelled_in_wait},
    {"execute-and-wait", execute_and_wait},
    {"execute-and-leave", execute_and_leave},
    {"spawn-namelessly", spawn_namelessly},
    {"spawn-what-is-not-there", spawn_what_is_not_there},
    {"run-command", run_command},
    {"child-has-child", child_has_child},
    {"child-closes-in-handler", child_closes_in_handler},
    {"forked-child-closes", forked_child_closes},
    {"Forked-child-closes", Forked_child_closes},
    {"vforked-child-closes", vforked_child_closes},
    {"vforked-child-opens", vforked_child_opens},
    {"vforked-child-vforks", vforked_child_vforks},
    {"vfork-fails", vfork_fails},
    {"leave-cloned", leave_cloned},
    {"cloned-child-closes", cloned_child_closes},
    {"cloned-like-vfork", cloned_like_vfork},
    {"cloned-like-vfork-then-opens", cloned_like_vfork_then_opens},
    {"cloned-sharing-memory", cloned_sharing_memory},
    {"cloned-like-a-thread", cloned_like_a_thread},
    {"raw-child-closes", raw_child_closes},
};

int main(int argc, char **argv)
{
    run_mode(modes, sizeof modes / sizeof *modes, argc > 1 ? argv[1] : NULL);
}
