/* Programs in miniature for the ledger: what takes and gives descriptors, right or wrong. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zlib.h>

#include "cancel_modes.h"
#include "exeunt/mark.h"
#include "exeunt/scope.h"
#include "kernel_modes.h"
#include "target.h"

enum { MANY = 200, THREADS_IN_SEQUENCE = 1100 };

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

static void leak_replacement(void)
{
    int source = open_null();
    need(dup2(source, 100) == 100 && dup3(source, 101, O_CLOEXEC) == 101 && close(source) == 0);
}

static void *close_fd(void *fd)
{
    need(close((int)(intptr_t)fd) == 0);
    return NULL;
}

static void close_in_another_thread(void)
{
    in_thread(close_fd, (void *)(intptr_t)open_null());
}

/* An injected failure of close leaves what the real one leaves: nothing open, but for EBADF. */
static void close_fails(void)
{
    int fd = open_null();
    need(close(fd) == -1 && errno == EIO && syscall(SYS_fcntl, fd, F_GETFD) == -1);
}

static void closedir_fails(void)
{
    DIR *folder = opendir("/");
    if (folder == NULL)
        _exit(1);
    int fd = dirfd(folder);
    need(closedir(folder) == -1 && errno == EIO && syscall(SYS_fcntl, fd, F_GETFD) == -1);
}

static void close_again_after_eintr(void)
{
    int fd = open_null();
    need(close(fd) == -1 && errno == EINTR && close(fd) == -1 && errno == EBADF);
}

static void fail_outside(void)
{
    exeunt_end(0);
    close_in_time();
}

/* The last number there is below 2^40 - 1, and one beyond the table of operations. */
static void leak_as_last(void)
{
    exeunt_end(0);
    exeunt_begin((UINT64_C(1) << 40) - 2);
    open_null();
    exeunt_end(0);
    exeunt_begin(1 << 20);
    open_null();
}

static void leak_in_place(void)
{
    need(open("/dev/null", O_RDONLY) >= 0), exeunt_end(-__LINE__);
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

static void close_all_numbers_inside(void)
{
    close_in_time();
    for (int fd = 3; fd < 400; fd++)
        close(fd);
}

static void close_array_twice(void)
{
    int fds[4];
    for (size_t i = 0; i < 4; i++)
        fds[i] = open_null();
    for (size_t i = 0; i < 8; i++)
        close(fds[i % 4]);
}

static void leak_resource(void)
{
    exeunt_took("connection", 1);
    exeunt_took("transaction", 1);
    exeunt_gave("connection", 1);
    exeunt_gave("transaction", 2); /* which nobody took */
}

static void give_resource(void)
{
    for (uint64_t id = 0; id < 1000; id++)
        exeunt_took("connection", id);
    for (uint64_t id = 0; id < 1000; id++)
        exeunt_gave("connection", id);
}

static void give_resource_twice(void)
{
    exeunt_took("connection", 1);
    exeunt_gave("connection", 1);
    exeunt_gave("connection", 1);
}

static void begin_again(void)
{
    exeunt_begin(2);
}

static void *begin_and_return(void *unused)
{
    exeunt_begin(2);
    return unused;
}

static void thread_returns_in_operation(void)
{
    in_thread(begin_and_return, NULL);
}

static void *give_one(void *unused)
{
    exeunt_gave("connection", 1);
    return unused;
}

static void give_resource_in_another_thread(void)
{
    exeunt_took("connection", 1);
    in_thread(give_one, NULL);
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

static void close_late(void *fd)
{
    close((int)(intptr_t)fd);
}

/* Thrown out, but a destructor of the thread cleans up: its key is younger than that of the preload. */
static void *cleans_up_late(void *unused)
{
    pthread_key_t key;
    exeunt_begin(3);
    need(pthread_key_create(&key, close_late) == 0);
    need(pthread_setspecific(key, (void *)(intptr_t)open_null()) == 0);
    pthread_exit(unused);
}

static void thread_cleans_up_late(void)
{
    in_thread(cleans_up_late, NULL);
}

static void *one_operation(void *number)
{
    exeunt_begin((uint64_t)(uintptr_t)number);
    close_in_time();
    exeunt_end(0);
    return NULL;
}

static void take_and_leave(void)
{
    for (int i = 0; i < MANY; i++)
        open_null(); /* the plan is the parent's alone */
    exeunt_end(0);
}

static void fork_child(void)
{
    in_child(take_and_leave);
}

static void end_thread(void)
{
    pthread_exit(NULL);
}

/* The child's only thread ends as one; the parent's record stays its own, and the next thread gets another.
 */
static void fork_child_ends_its_thread(void)
{
    in_child(end_thread);
    in_thread(one_operation, (void *)10);
}

/* Another process of the same program, by the same environment: the ledger is this one's. */
static void execute_another(void)
{
    execl("/proc/self/exe", "another", "leak", (char *)NULL);
}

static void exec_child(void)
{
    in_child(execute_another);
}

/* The same process: the program that it becomes starts with nothing noted. */
static void exec_itself(void)
{
    open_null();
    execl("/proc/self/exe", "itself", "close-many", (char *)NULL);
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

static void many_threads(void)
{
    for (uintptr_t i = 0; i < THREADS_IN_SEQUENCE; i++)
        in_thread(one_operation, (void *)(10 + i));
}

/* The library's call is put down to the line that called the library. */
static void leak_through_library(void)
{
    need(gzopen("/dev/null", "r") != NULL), exeunt_end(-__LINE__);
}

static void leak_through_guards(void)
{
    const int line = __LINE__ + 1;
    struct exeunt_temp temp = exeunt_temp_make("/tmp", "exeunt-guard-");
    need(temp.fd >= 0 && unlink(temp.path) == 0);
    exeunt_end(-line);
}

static const struct mode modes[] = {
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
    {"close-all-numbers-inside", close_all_numbers_inside},
    {"close-array-twice", close_array_twice},
    {"leak-resource", leak_resource},
    {"give-resource", give_resource},
    {"give-resource-twice", give_resource_twice},
    {"begin-again", begin_again},
    {"thread-returns-in-operation", thread_returns_in_operation},
    {"give-resource-in-another-thread", give_resource_in_another_thread},
    {"vector-on-small-stack", vector_on_small_stack},
    {"closed-by-another-operation", closed_by_another_operation},
    {"handed-to-another-operation", handed_to_another_operation},
    {"replaced-by-another-operation", replaced_by_another_operation},
    {"closed-after-the-end", closed_after_the_end},
    {"cancelled-in-close", cancelled_in_close},
    {"cancelled-by-plan", cancelled_by_plan},
    {"guarded-and-cancelled-by-plan", guarded_and_cancelled_by_plan},
    {"cancelled-by-plan-at-once", cancelled_by_plan_at_once},
    {"cancelled-by-plan-in-vain", cancelled_by_plan_in_vain},
    {"thread-ends-in-operation", thread_ends_in_operation},
    {"thread-cleans-up-late", thread_cleans_up_late},
    {"fork-child", fork_child},
    {"fork-child-ends-its-thread", fork_child_ends_its_thread},
    {"exec-child", exec_child},
    {"exec-itself", exec_itself},
    {"close-fails", close_fails},
    {"closedir-fails", closedir_fails},
    {"close-again-after-eintr", close_again_after_eintr},
    {"fail-outside", fail_outside},
    {"leak-as-last", leak_as_last},
    {"leak-in-place", leak_in_place},
    {"leak-through-library", leak_through_library},
    {"leak-through-guards", leak_through_guards},
    {"leak-replacement", leak_replacement},
    {"exhaust", exhaust},
    {"meet-injected-emfile", meet_injected_emfile},
    {"many-threads", many_threads},
    {"leak-of-each-kind", leak_of_each_kind},
    {"signals-changed", signals_changed},
    {"close-range-in-time", close_range_in_time},
    {"close-range-in-part", close_range_in_part},
    {"close-range-on-exec", close_range_on_exec},
    {"close-range-fails", close_range_fails},
    {"close-range-refused", close_range_refused},
    {"close-from-in-time", close_from_in_time},
    {"close-after-range", close_after_range},
    {"close-range-of-another-operation", close_range_of_another_operation},
    {"receive-and-leak", receive_and_leak},
    {"receive-and-close", receive_and_close},
    {"receive-several-and-leak", receive_several_and_leak},
    {"list-and-leak", list_and_leak},
    {"list-and-close", list_and_close},
};

int main(int argc, char **argv)
{
    run_mode(modes, sizeof modes / sizeof *modes, argc > 1 ? argv[1] : NULL);
}
