/* A program in miniature for the trace: known calls in known functions. Nothing of it is inlined, so that
 * each function has a frame. The exit status of some modes is the line of the call that matters. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exeunt/mark.h"
#include "target.h"

int close_range(unsigned first, unsigned last, int flags);

#define FRAME __attribute__((noinline, noclone, optimize("no-optimize-sibling-calls")))
#ifdef __clang__
#undef FRAME
#define FRAME __attribute__((noinline, disable_tail_calls))
#endif

static volatile int sink; /* what is done behind a call, so that it is no tail call */

FRAME static int open_here(void)
{
    int fd = open("/dev/null", O_RDONLY);
    sink++;
    return fd;
}

FRAME static int by_one(void)
{
    int fd = open_here();
    sink++;
    return fd;
}

FRAME static int by_other(void)
{
    int fd = open_here();
    sink++;
    return fd;
}

FRAME static void close_here(int fd)
{
    close(fd);
    sink++;
}

/* The same way twice, then another. */
FRAME static void contexts(void)
{
    for (volatile int i = 0; i < 2; i++) /* not unrolled */
        close_here(by_one());
    close_here(by_other());
}

/* Two calls of one activation. */
FRAME static void twice(void)
{
    open("/dev/null", O_RDONLY);
    open("/dev/null", O_RDONLY);
    sink++;
}

FRAME static void deeper(int depth)
{
    volatile char room[64];
    room[0] = (char)depth;
    if (depth == 0)
        close_here(open_here());
    else
        deeper(depth - 1);
    sink += room[0];
}

/* One activation; the same function again, from the same line, one frame further in. */
FRAME static void activations(void)
{
    twice();
    deeper(0);
    deeper(1);
}

/* The same addresses, and the frame stands elsewhere. */
FRAME static void padded(size_t size)
{
    volatile char *room = __builtin_alloca(size);
    room[0] = 0;
    close_here(open_here());
    sink += room[0];
}

FRAME static void elsewhere(void)
{
    for (volatile size_t size = 64; size <= 1024; size *= 16)
        padded(size);
}

FRAME static void deep(void)
{
    deeper(300);
}

FRAME static void exits(void)
{
    open_here();
    exit(__LINE__);
}

FRAME static void exits_at_once(void)
{
    _exit(__LINE__);
}

FRAME static void descriptors(void)
{
    int fd = open_here();
    dup2(fd, 40);
    dup2(fd, 40); /* closes the one before */
    close(40);
    close(fd);
    FILE *stream = fopen("/dev/null", "r");
    fclose(stream);
    DIR *folder = opendir("/");
    closedir(folder);
    fd = open_here();
    close_range((unsigned)fd, (unsigned)fd, 0);
    close(99);
}

FRAME static void locks(void)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
    pthread_spinlock_t spin;
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    pthread_mutex_trylock(&mutex);
    pthread_rwlock_wrlock(&rwlock);
    pthread_rwlock_unlock(&rwlock);
    pthread_mutex_unlock(&mutex);
    pthread_spin_init(&spin, 0);
    pthread_spin_lock(&spin);
    pthread_spin_unlock(&spin);
    need(pthread_mutex_trylock(&mutex) == 0 && pthread_mutex_trylock(&mutex) == EBUSY);
    pthread_mutex_unlock(&mutex);
}

static void *in_first(void *failed)
{
    int fd = by_one();
    *(int *)failed = fd < 0 ? errno : 0;
    close_here(fd);
    return NULL;
}

/* The parent has opened twice before, its child has a thread, a child of its own, and an end. */
FRAME static void children(void)
{
    close_here(open_here());
    close_here(open_here());
    pid_t child = fork();
    if (child == 0) {
        int failed = 0, fd = open_here();
        if (fd < 0)
            _exit(errno);
        close_here(fd);
        in_thread(in_first, &failed);
        pid_t below = fork();
        if (below == 0) {
            unsigned first = (unsigned)dup(STDIN_FILENO), second = (unsigned)dup(STDIN_FILENO);
            close_range(first, first, 0);
            close_range(second, second, 0);
            _exit(0);
        }
        _exit(waitpid(below, NULL, 0) == below ? 0 : 1);
    }
    int status;
    need(waitpid(child, &status, 0) == child);
    exit(WEXITSTATUS(status));
}

/* Nobody watches the program that a child executes instead, nor the child of a vfork. */
FRAME static void executed(void)
{
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", "exec 3</dev/null", (char *)NULL);
        _exit(1);
    }
    need(waitpid(child, NULL, 0) == child);
}

FRAME static void make(const char *path, int flags)
{
    int fd = open(path, flags, 0600);
    need(fd >= 0);
    close(fd);
}

FRAME static void files(void)
{
    char folder[] = "/tmp/exeunt-trace.XXXXXX", temp[] = "temp.XXXXXX";
    need(mkdtemp(folder) != NULL && chdir(folder) == 0);
    int here = open(".", O_RDONLY | O_DIRECTORY);
    make("a", O_CREAT | O_WRONLY);
    make("./a", O_CREAT | O_WRONLY);
    make("a", O_RDONLY);
    need(rename("a", "b") == 0 && unlinkat(here, ".//b", 0) == 0);
    need(mkdir("sub", 0700) == 0);
    FILE *stream = fopen("sub/../c", "w");
    fclose(stream);
    need(remove("c") == 0 && rmdir("sub/") == 0);
    close(mkstemp(temp));
    need(unlink(temp) == 0 && rmdir(folder) == 0);
}

/* Names that are made without a file of their own, and two that change places. */
FRAME static void links(void)
{
    char folder[] = "/tmp/exeunt-trace.XXXXXX";
    need(mkdtemp(folder) != NULL && chdir(folder) == 0);
    int here = open(".", O_RDONLY | O_DIRECTORY);
    make("a", O_CREAT | O_WRONLY);
    need(link("a", "b") == 0 && linkat(here, "a", here, "c", 0) == 0);
    need(symlink("a", "d") == 0 && symlinkat("a", here, "e") == 0);
    need(renameat2(here, "a", here, "d", RENAME_EXCHANGE) == 0);
    need(unlink("a") == 0 && unlink("b") == 0 && unlink("c") == 0 && unlink("d") == 0 && unlink("e") == 0);
    need(rmdir(folder) == 0);
}

FRAME static void realloc_fails(void)
{
    char *volatile block = malloc(10);
    volatile size_t too_much = SIZE_MAX / 4;
    need(realloc(block, too_much) == NULL);
    free(block);
}

FRAME static void memory(void)
{
    char *volatile block = malloc(10);
    block = realloc(block, 20);
    free(block);
}

FRAME static void connections(void)
{
    exeunt_took("connection", 7);
    exeunt_gave("connection", 7);
}

/* Main opens, the thread opens, main opens again. */
static void threads(void)
{
    int failed = 0;
    need(by_one() >= 0);
    in_thread(in_first, &failed);
    int fd = by_one();
    exit(failed * 10 + (fd < 0));
}

enum { STORM_THREADS = 4, STORM_ROUNDS = 1000 };

static void *storm_work(void *unused)
{
    (void)unused;
    for (int i = 0; i < STORM_ROUNDS; i++) {
        close_here(by_one());
        close_here(by_other());
    }
    return NULL;
}

static void storm(void)
{
    pthread_t list[STORM_THREADS];
    for (int i = 0; i < STORM_THREADS; i++)
        need(pthread_create(&list[i], NULL, storm_work, NULL) == 0);
    for (int i = 0; i < STORM_THREADS; i++)
        need(pthread_join(list[i], NULL) == 0);
}

static void on_timer(int number)
{
    (void)number;
    int saved = errno;
    close_here(by_other());
    errno = saved;
}

/* A handler comes in between at any moment, also in the tracing itself. */
static void interrupted(void)
{
    struct sigaction action = {.sa_handler = on_timer, .sa_flags = SA_RESTART};
    struct itimerval often = {{0, 50}, {0, 50}}, never = {{0, 0}, {0, 0}};
    need(sigaction(SIGALRM, &action, NULL) == 0 && setitimer(ITIMER_REAL, &often, NULL) == 0);
    for (int i = 0; i < STORM_ROUNDS; i++)
        close_here(by_one());
    need(setitimer(ITIMER_REAL, &never, NULL) == 0);
}

/* Status: the errno of the second, and whether the third failed too. */
static void third(void)
{
    int first = open_here();
    int second = open_here(), failed = second < 0 ? errno : 0;
    exit(first < 0 ? 1 : failed * 2 + (open_here() < 0));
}

static const struct mode modes[] = {
    {"contexts", contexts},
    {"activations", activations},
    {"elsewhere", elsewhere},
    {"deep", deep},
    {"exits", exits},
    {"exits-at-once", exits_at_once},
    {"descriptors", descriptors},
    {"locks", locks},
    {"children", children},
    {"executed", executed},
    {"links", links},
    {"realloc-fails", realloc_fails},
    {"files", files},
    {"memory", memory},
    {"connections", connections},
    {"threads", threads},
    {"storm", storm},
    {"interrupted", interrupted},
    {"third", third},
};

/* Without an operation: the calls are the thread's. */
int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(modes[i].name, argv[1]) != 0)
            continue;
        modes[i].run();
        return 0;
    }
    return 2;
}
