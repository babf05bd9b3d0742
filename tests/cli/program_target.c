/* A program without marks, as anybody's: each mode does one thing right or wrong, and a test says what exeunt
 * must tell of it. */
#include <fcntl.h>
#include <fiu.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int take(void)
{
    return open("/dev/null", O_RDONLY);
}

static int in_order(void)
{
    close(take());
    return 0;
}

static int unreleased(void)
{
    take();
    return 0;
}

/* Closed by a call that no wrapper sees: the kernel is asked in the end. */
static int released_unseen(void)
{
    syscall(SYS_close, take());
    return 0;
}

/* Taken by a call that no wrapper sees; one of them is given back so, too. */
static int taken_unseen(void)
{
    for (int i = 0; i < 3; i++)
        syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY, 0);
    syscall(SYS_close, take());
    return 0;
}

static int given_back_unseen(void)
{
    return (int)syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY, 0));
}

/* Until the kernel has none left, which the program takes for an error, or not. */
static int take_all(void)
{
    while (take() >= 0)
        continue;
    return 1;
}

static int take_all_in_order(void)
{
    return take_all() != 1;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static int locks_held(void)
{
    pthread_mutex_lock(&mutex);
    pthread_rwlock_rdlock(&lock);
    return 0;
}

static int locks_given_back(void)
{
    locks_held();
    pthread_rwlock_unlock(&lock);
    return pthread_mutex_unlock(&mutex);
}

/* What each sanitizer has to say of this depends on which one is there. */
static int *volatile block;
static int unsynchronized;

static void *add(void *step)
{
    unsynchronized += *(int *)step;
    return step;
}

static int err_for_sanitizers(void)
{
    pthread_t thread;
    int step = INT_MAX;
    pthread_create(&thread, NULL, add, &step);
    add(&step);
    pthread_join(thread, NULL);
    add(&step);
    block = malloc(sizeof *block);
    int *stale = block;
    free(block);
    return *(volatile int *)stale == 1;
}

static int double_close(void)
{
    int fd = take();
    close(fd);
    close(fd);
    return 0;
}

static int close_all(void)
{
    close(take());
    for (int fd = 3; fd < 100; fd++)
        close(fd);
    return 0;
}

static int error_exit(void)
{
    return 5;
}

static int exit_at_once(void)
{
    take();
    _exit(0);
}

static int crash(void)
{
    abort();
}

static int crash_if_refused(void)
{
    if (take() < 0)
        abort();
    return 0;
}

static void *wait_long(void *unused)
{
    pause();
    return unused;
}

static int join_for_ever(void)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, wait_long, NULL) != 0 || pthread_join(thread, NULL) != 0;
}

static int child_left(void)
{
    return fork() >= 0 ? 0 : 1; /* the child's is an orderly end as well, but not this program's */
}

static int child_waited_for(void)
{
    pid_t child = fork();
    return child == 0 || waitpid(child, NULL, 0) == child ? 0 : 1;
}

static int folder_left(void)
{
    char path[] = "/tmp/exeunt-program-XXXXXX";
    return mkdtemp(path) != NULL ? puts(path) < 0 : 1;
}

static int folder_removed(void)
{
    char path[] = "/tmp/exeunt-program-XXXXXX";
    return mkdtemp(path) != NULL ? rmdir(path) : 1;
}

static int temp_left(void)
{
    char path[] = "/tmp/exeunt-program-XXXXXX";
    int fd = mkstemp(path);
    puts(path);
    return fd >= 0 ? close(fd) : 1;
}

/* What a program does that does not know mkstemp; `flags` beside O_CREAT. */
static int open_new(const char *path, int flags)
{
    int fd = open(path, O_CREAT | O_WRONLY | flags, 0600);
    return fd >= 0 ? close(fd) : 1;
}

static char *temp_name(const char *name, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/%s", getenv("TMPDIR"), name);
    return path;
}

static int opened_left(void)
{
    char path[PATH_MAX];
    return open_new(temp_name("left", path), O_EXCL);
}

static int opened_removed(void)
{
    char path[PATH_MAX], other[PATH_MAX];
    return open_new(temp_name("removed", path), O_EXCL) != 0 ||
           open_new(temp_name("renamed", other), O_EXCL) != 0 || unlink(path) != 0 ||
           rename(other, path) != 0;
}

static int opened_plainly(void)
{
    char path[PATH_MAX];
    return open_new(temp_name("plain", path), 0);
}

static int opened_elsewhere(void)
{
    return open_new("lock", O_EXCL);
}

static int temp_removed(void)
{
    char path[] = "/tmp/exeunt-program-XXXXXX", other[] = "/tmp/exeunt-program-XXXXXX", to[64];
    close(mkstemp(path));
    unlink(path);
    close(mkstemp(other));
    snprintf(to, sizeof to, "%s.kept", other);
    rename(other, to); /* it has a name of its own now */
    return remove(to);
}

static void *fail_points(void *unused)
{
    for (int i = 0; i < 50; i++)
        fiu_fail("app/thread");
    return unused;
}

static int threads(void)
{
    pthread_t thread[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&thread[i], NULL, fail_points, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    return 0;
}

/* Until somebody makes the point fail; 1 if nobody does for a minute. */
static int await_point(void)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    for (int i = 0; i < 60000; i++) {
        if (fiu_fail("app/remote") != 0)
            return 0;
        nanosleep(&pause, NULL);
    }
    return 1;
}

static void *nothing(void *unused)
{
    return unused;
}

static void *detach_itself(void *unused)
{
    pthread_detach(pthread_self());
    return unused;
}

static int unjoined(void)
{
    pthread_t thread;
    for (int i = 0; i < 3; i++)
        pthread_create(&thread, NULL, nothing, NULL);
    return pthread_tryjoin_np(pthread_self(), NULL) == 0;
}

/* Detached by the one that started it, by itself, from the beginning; joined in all ways. */
static int settled(void)
{
    pthread_t thread;
    pthread_attr_t attributes;
    struct timespec end = {.tv_sec = INT32_MAX};
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    for (int i = 0; i < 50; i++) {
        pthread_create(&thread, NULL, nothing, NULL);
        pthread_detach(thread);
        pthread_create(&thread, NULL, detach_itself, NULL);
        pthread_create(&thread, &attributes, nothing, NULL);
        pthread_create(&thread, NULL, nothing, NULL);
        while (pthread_tryjoin_np(thread, NULL) != 0)
            sched_yield();
        pthread_create(&thread, NULL, nothing, NULL);
        pthread_timedjoin_np(thread, NULL, &end);
        pthread_create(&thread, NULL, nothing, NULL);
        pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &end);
    }
    pthread_exit(NULL); /* the process ends when all have, so also those that detach themselves */
}

static int own_point(void)
{
    return fiu_fail("app/parse") != 0 ? 3 : 0;
}

static int exit_quickly(void)
{
    take();
    quick_exit(0);
}

static int ignore_the_end(void)
{
    signal(SIGTERM, SIG_IGN);
    for (;;)
        pause();
    return 0;
}

/* More points than there is room for, each met once. */
static int many_points(void)
{
    char name[32];
    for (int i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "many/%d", i);
        fiu_fail(name);
    }
    return 0;
}

/* Its second process has the number that the program itself has, in another PID namespace. */
static int other_namespace(void)
{
    int status;
    take();
    if (unshare(CLONE_NEWPID) != 0)
        return 77;
    pid_t first = fork();
    if (first == 0)
        _exit(system("/bin/true") == 0 ? 0 : 1);
    return waitpid(first, &status, 0) == first && status == 0 ? 0 : 1;
}

static int copy_input(void)
{
    char text[64] = "";
    if (fgets(text, sizeof text, stdin) == NULL)
        return 1;
    fputs(text, stdout);
    return 0;
}

static int wait_for_signal(void)
{
    pause();
    return 0;
}

static int look_again(void)
{
    while (usleep(5000) == 0)
        continue;
    return 0;
}

static int compute(void)
{
    for (volatile unsigned steps = 1; steps != 0; steps |= 1)
        continue;
    return 0;
}

static int wait_for(int (*work)(void))
{
    pid_t child = fork();
    if (child == 0)
        _exit(work());
    return waitpid(child, NULL, 0) == child ? 0 : 1;
}

static int wait_for_child(void)
{
    return wait_for(wait_for_signal);
}

static int wait_for_busy_child(void)
{
    return wait_for(compute);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } modes[] = {
        {"in-order", in_order},
        {"unreleased", unreleased},
        {"released-unseen", released_unseen},
        {"taken-unseen", taken_unseen},
        {"given-back-unseen", given_back_unseen},
        {"take-all", take_all},
        {"take-all-in-order", take_all_in_order},
        {"locks-held", locks_held},
        {"locks-given-back", locks_given_back},
        {"err-for-sanitizers", err_for_sanitizers},
        {"double-close", double_close},
        {"close-all", close_all},
        {"error-exit", error_exit},
        {"exit-at-once", exit_at_once},
        {"crash", crash},
        {"crash-if-refused", crash_if_refused},
        {"join-for-ever", join_for_ever},
        {"child-left", child_left},
        {"child-waited-for", child_waited_for},
        {"folder-left", folder_left},
        {"folder-removed", folder_removed},
        {"temp-left", temp_left},
        {"temp-removed", temp_removed},
        {"opened-left", opened_left},
        {"opened-removed", opened_removed},
        {"opened-plainly", opened_plainly},
        {"opened-elsewhere", opened_elsewhere},
        {"threads", threads},
        {"unjoined", unjoined},
        {"settled", settled},
        {"own-point", own_point},
        {"await-point", await_point},
        {"exit-quickly", exit_quickly},
        {"ignore-the-end", ignore_the_end},
        {"many-points", many_points},
        {"other-namespace", other_namespace},
        {"copy-input", copy_input},
        {"wait-for-signal", wait_for_signal},
        {"wait-for-child", wait_for_child},
        {"wait-for-busy-child", wait_for_busy_child},
        {"look-again", look_again},
    };
    for (size_t i = 0; argc > 1 && i < sizeof modes / sizeof *modes; i++)
        if (strcmp(modes[i].name, argv[1]) == 0)
            return modes[i].run();
    return 99;
}
