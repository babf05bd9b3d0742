/* A program in miniature for what is told of locks: each mode does one thing wrong, or is a near miss. It
 * says on its standard output in which lines it did what, so that the report can be held against it.
 *
 * What must have happened before the next step is awaited: that a thread waits in the kernel for a lock is
 * read from /proc. */
#include "lock_target.h"

#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t groups[8];
pthread_rwlock_t schema = PTHREAD_RWLOCK_INITIALIZER;
pthread_spinlock_t spin;
pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
pthread_barrier_t barrier;
sem_t semaphore;

void need(bool condition_holds)
{
    if (!condition_holds)
        _exit(99);
}

pthread_t start(void *(*work)(void *), void *argument)
{
    pthread_t thread;
    need(pthread_create(&thread, NULL, work, argument) == 0);
    return thread;
}

void join(pthread_t thread)
{
    need(pthread_join(thread, NULL) == 0);
}

void meet(void)
{
    pthread_barrier_wait(&barrier);
}

/* Whether the kernel has the thread in futex(2) on a word of the object. */
static bool waits_on(pid_t thread, const void *object, size_t size)
{
    char path[64], text[256];
    long number = -1;
    unsigned long long word = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", (int)thread);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = file >= 0 ? read(file, text, sizeof text - 1) : -1;
    if (file >= 0)
        close(file);
    text[length > 0 ? length : 0] = '\0';
    uintptr_t begin = (uintptr_t)object;
    return sscanf(text, "%ld %llx", &number, &word) == 2 && number == SYS_futex && word >= begin &&
           word < begin + size;
}

void await(struct waiter *waiter, const void *object, size_t size)
{
    while (waiter->id == 0 || !waits_on(waiter->id, object, size))
        sched_yield();
}

void come(struct waiter *waiter)
{
    waiter->id = (pid_t)syscall(SYS_gettid);
}

/* As long as a slow holder holds: many samples. */
void hold_long(void)
{
    struct timespec begun, now;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    do {
        sched_yield();
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((now.tv_sec - begun.tv_sec) * 1000 + (now.tv_nsec - begun.tv_nsec) / 1000000 < 300);
}

void *read_then_first(void *argument)
{
    HERE("taken"), pthread_rwlock_rdlock(&schema);
    come(argument);
    HERE("waiting"), pthread_mutex_lock(&first);
    pthread_mutex_unlock(&first);
    pthread_rwlock_unlock(&schema);
    return NULL;
}

const char *detail;

static void run_mode(const struct mode *modes, const char *name)
{
    for (const struct mode *mode = modes; mode->name != NULL; mode++)
        if (strcmp(mode->name, name) == 0)
            exit(mode->run());
}

int main(int argc, char **argv)
{
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    sem_init(&semaphore, 0, 0);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        pthread_mutex_init(&groups[i], NULL);
    detail = argc > 2 ? argv[2] : NULL;
    if (argc > 1) {
        run_mode(wrong_modes, argv[1]);
        run_mode(fine_modes, argv[1]);
    }
    return 99;
}
