/* Programs in miniature for the ledger: each mode does one thing right or wrong, and the test says what the
 * ledger must have noted of it. Exit status 0, 1: a call that should succeed did not, 2: no such mode. */
#include <errno.h>
#include <fcntl.h>
#include <fiu-control.h>
#include <fiu.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exeunt/mark.h"

enum { MANY = 200, THREADS_IN_SEQUENCE = 1100 };

static void need(bool condition)
{
    if (!condition)
        _exit(1);
}

static int open_null(void)
{
    int fd = open("/dev/null", O_RDONLY);
    need(fd >= 0);
    return fd;
}

static void leak(void)
{
    open_null();
}

static void close_in_time(void)
{
    need(close(open_null()) == 0);
}

static void hand_over(void)
{
    exeunt_transfer(open_null());
}

static void close_unseen(void)
{
    need(syscall(SYS_close, open_null()) == 0);
}

static void leak_many(void)
{
    for (int i = 0; i < MANY; i++)
        open_null();
}

static void close_many(void)
{
    for (int i = 0; i < MANY; i++)
        close_in_time();
    leak();
}

static void leak_pipe(void)
{
    int ends[2];
    need(pipe(ends) == 0 && close(ends[0]) == 0);
}

static void replace(void)
{
    int target = open_null(), source = open_null();
    need(dup2(source, target) == target && close(source) == 0 && close(target) == 0);
}

static void *close_fd(void *fd)
{
    need(close((int)(intptr_t)fd) == 0);
    return NULL;
}

static void in_thread(void *(*work)(void *), void *argument)
{
    pthread_t thread;
    need(pthread_create(&thread, NULL, work, argument) == 0 && pthread_join(thread, NULL) == 0);
}

static void close_in_another_thread(void)
{
    in_thread(close_fd, (void *)(intptr_t)open_null());
}

static void close_twice(void)
{
    int fd = open_null();
    need(close(fd) == 0 && close(fd) == -1 && errno == EBADF);
}

static void close_nothing(void)
{
    need(close(-1) == -1 && errno == EBADF);
    for (int fd = 300; fd < 400; fd++)
        need(close(fd) == -1 && errno == EBADF);
}

/* As a program does that makes itself a daemon: all numbers, used before or not, outside any operation. */
static void close_all_numbers(void)
{
    close_in_time();
    exeunt_end(0);
    for (int fd = 3; fd < 400; fd++)
        close(fd);
}

static volatile ssize_t written;

static void write_vector(int number)
{
    static char byte;
    struct iovec vector = {&byte, 1};
    (void)number;
    written = writev(STDOUT_FILENO, &vector, 1);
}

/* A handler on a small stack: the wrapper must be content with what the call itself needs. */
static void vector_on_small_stack(void)
{
    static char room[8192];
    stack_t stack = {.ss_sp = room, .ss_size = sizeof room};
    struct sigaction action = {.sa_handler = write_vector, .sa_flags = SA_ONSTACK};
    int null = open("/dev/null", O_WRONLY);
    need(null >= 0 && dup2(null, STDOUT_FILENO) == STDOUT_FILENO && close(null) == 0);
    exeunt_transfer(STDOUT_FILENO);
    need(sigaltstack(&stack, NULL) == 0 && sigaction(SIGUSR1, &action, NULL) == 0);
    need(raise(SIGUSR1) == 0 && written == 1);
}

/* A forked child is on its own, and may use libfiu as it likes. */
static void fork_child_uses_libfiu(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(fiu_enable("posix/io/oc/open", 1, NULL, 0) == 0 && fiu_fail("posix/io/oc/open") == 1 ? 0 : 1);
    int status;
    need(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

static void close_reopened(void)
{
    int fd = open_null();
    need(close(fd) == 0 && open_null() == fd && close(fd) == 0);
}

/* Another operation, in another thread, closes what this one took. */
static void *close_as_operation(void *fd)
{
    exeunt_begin(2);
    need(close((int)(intptr_t)fd) == 0);
    exeunt_end(0);
    return NULL;
}

static void closed_by_another_operation(void)
{
    in_thread(close_as_operation, (void *)(intptr_t)open_null());
}

static void handed_to_another_operation(void)
{
    int fd = open_null();
    exeunt_transfer(fd);
    in_thread(close_as_operation, (void *)(intptr_t)fd);
}

static void *replace_as_operation(void *fd)
{
    exeunt_begin(2);
    int source = open_null();
    need(dup2(source, (int)(intptr_t)fd) >= 0 && close(source) == 0 && close((int)(intptr_t)fd) == 0);
    exeunt_end(0);
    return NULL;
}

static void replaced_by_another_operation(void)
{
    in_thread(replace_as_operation, (void *)(intptr_t)open_null());
}

/* The owner's operation has ended: what it left belongs to nobody. */
static void closed_after_the_end(void)
{
    int fd = open_null();
    exeunt_end(-EIO);
    in_thread(close_as_operation, (void *)(intptr_t)fd);
}

static void *cancelled_close(void *fd)
{
    need(pthread_cancel(pthread_self()) == 0); /* acts at the next cancellation point: the close */
    close((int)(intptr_t)fd);
    _exit(1);
}

/* A close that is cancelled has not closed: the descriptor stays, and is a leak of this operation. */
static void cancelled_in_close(void)
{
    int fd = open_null();
    in_thread(cancelled_close, (void *)(intptr_t)fd);
    need(syscall(SYS_fcntl, fd, F_GETFD) >= 0);
}

static void *thrown_out(void *unused)
{
    exeunt_begin(3);
    open_null();
    pthread_exit(unused);
}

static void thread_ends_in_operation(void)
{
    in_thread(thrown_out, NULL);
}

static void fork_child(void)
{
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < MANY; i++)
            if (open("/dev/null", O_RDONLY) < 0) /* the plan is the parent's alone */
                _exit(1);
        exeunt_end(0);
        _exit(0);
    }
    int status;
    need(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

static void exhaust(void)
{
    struct rlimit limit = {20, 20};
    need(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    int fd;
    while ((fd = open("/dev/null", O_RDONLY)) >= 0)
        exeunt_transfer(fd);
    need(errno == EMFILE && !exeunt_injected(EMFILE));
}

static void meet_injected_emfile(void)
{
    need(open("/dev/null", O_RDONLY) == -1 && errno == EMFILE && exeunt_injected(EMFILE));
}

static void *one_operation(void *number)
{
    exeunt_begin((uint64_t)(uintptr_t)number);
    close_in_time();
    exeunt_end(0);
    return NULL;
}

static void many_threads(void)
{
    for (uintptr_t i = 0; i < THREADS_IN_SEQUENCE; i++)
        in_thread(one_operation, (void *)(10 + i));
}

static void own_point(void)
{
    need(fiu_fail("app/point") == ENOMEM && (intptr_t)fiu_failinfo() == ENOMEM);
    need(fiu_fail("app/point") == 0 && fiu_fail("app/unknown") == 0);
}

static void enabled_by_itself(void)
{
    need(fiu_init(0) == 0 && fiu_fail("app/other") == 0);
    need(fiu_enable("app/other", 7, (void *)9, 0) == 0 && fiu_fail("app/other") == 7);
    need((intptr_t)fiu_failinfo() == 9);
    need(fiu_enable("posix/io/oc/open", 1, (void *)(intptr_t)EACCES, 0) == 0);
    need(open("/dev/null", O_RDONLY) == -1 && errno == EACCES);
    need(fiu_disable("posix/io/oc/open") == 0);
    close_in_time();
    need(fiu_enable("app/point", 5, NULL, 0) == 0 && fiu_fail("app/point") == 5);
    need(fiu_disable("app/point") == 0 && fiu_fail("app/point") == 0);
}

static const struct mode {
    const char *name;
    void (*run)(void);
} modes[] = {
    {"leak", leak},
    {"close-in-time", close_in_time},
    {"hand-over", hand_over},
    {"close-unseen", close_unseen},
    {"leak-many", leak_many},
    {"close-many", close_many},
    {"leak-pipe", leak_pipe},
    {"replace", replace},
    {"close-in-another-thread", close_in_another_thread},
    {"close-twice", close_twice},
    {"close-nothing", close_nothing},
    {"close-reopened", close_reopened},
    {"close-all-numbers", close_all_numbers},
    {"vector-on-small-stack", vector_on_small_stack},
    {"fork-child-uses-libfiu", fork_child_uses_libfiu},
    {"closed-by-another-operation", closed_by_another_operation},
    {"handed-to-another-operation", handed_to_another_operation},
    {"replaced-by-another-operation", replaced_by_another_operation},
    {"closed-after-the-end", closed_after_the_end},
    {"cancelled-in-close", cancelled_in_close},
    {"thread-ends-in-operation", thread_ends_in_operation},
    {"fork-child", fork_child},
    {"exhaust", exhaust},
    {"meet-injected-emfile", meet_injected_emfile},
    {"many-threads", many_threads},
    {"own-point", own_point},
    {"enabled-by-itself", enabled_by_itself},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(modes[i].name, argv[1]) != 0)
            continue;
        exeunt_rest();
        exeunt_begin(1);
        modes[i].run();
        exeunt_end(0);
        exeunt_rest();
        _exit(0);
    }
    return 2;
}
