/* Deferred cancellation and descriptors: 20,000 threads (or as many as the argument says) are cancelled
 * somewhere in a guarded open-read-close and leave not one behind. That the count would show it is proven by
 * acquires that are cancelled for sure between the open and the holder of the descriptor: unguarded by the
 * window each leaks one. */
#include <dirent.h>
#include <exeunt/scope.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

enum { PROOFS = 100 };

static pthread_barrier_t start;

static int close_dir(DIR *dir)
{
    return dir && closedir(dir) < 0 ? -errno : 0;
}
EXEUNT_DEFINE_GUARD(dir, DIR *, NULL, close_dir);

static int count_descriptors(void)
{
    EXEUNT_GUARD(dir, dir, opendir("/proc/self/fd"));
    int count = 0;
    while (dir && readdir(dir))
        count++;
    return count;
}

/* ---- Cancelled anywhere ---- */

static void read_one(void)
{
    char bytes[16];
    EXEUNT_GUARD(fd, in, open("/dev/zero", O_RDONLY | O_CLOEXEC));
    if (in < 0 || read(in, bytes, sizeof bytes) != sizeof bytes)
        abort();
}

static void *read_until_cancelled(void *arg)
{
    pthread_barrier_wait(&start);
    while (true)
        read_one();
    return arg;
}

/* A few hundred instructions or none, so that the cancellations meet the operation everywhere. */
static void dawdle(uint32_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 17;
    *random ^= *random << 5;
    for (volatile uint32_t i = *random % 2048; i > 0; i--)
        ;
}

/* The result of `body`, run in a thread; cancelled by us if `when` is given. */
static void *run(void *(*body)(void *), uint32_t *when)
{
    pthread_t thread;
    void *result;
    if (pthread_create(&thread, NULL, body, NULL) != 0)
        abort();
    if (when) {
        pthread_barrier_wait(&start);
        dawdle(when);
        pthread_cancel(thread);
    }
    pthread_join(thread, &result);
    return result;
}

/* ---- Cancelled for sure, between open and what is to hold the descriptor ---- */

static int open_and_be_cancelled(void)
{
    int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    pthread_cancel(pthread_self());
    pthread_testcancel();
    return fd;
}

static void *acquire_with_window(void *arg)
{
    EXEUNT_GUARD(fd, in, open_and_be_cancelled());
    pthread_testcancel();
    return arg;
}

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static void *acquire_without_window(void *arg)
{
    __attribute__((cleanup(close_fd))) int in = -1;
    in = open_and_be_cancelled();
    return in < 0 ? NULL : arg;
}

/* Runs `body` `times` times, to be cancelled. Returns how many descriptors that left; -1: some were not. */
static int leaked_by(void *(*body)(void *), int times, uint32_t *when)
{
    int before = count_descriptors();
    for (int i = 0; i < times; i++)
        if (run(body, when) != PTHREAD_CANCELED)
            return -1;
    return count_descriptors() - before;
}

static int expect(const char *what, int leaked, int expected)
{
    printf("%s: %d descriptors left, expected %d\n", what, leaked, expected);
    return leaked != expected;
}

int main(int argc, char **argv)
{
    int cancellations = argc > 1 ? atoi(argv[1]) : 20000;
    uint32_t when = 2463534242;
    pthread_barrier_init(&start, NULL, 2);
    int wrong = expect("cancelled in acquire, attribute alone",
                       leaked_by(acquire_without_window, PROOFS, NULL), PROOFS);
    wrong += expect("cancelled in acquire, guard", leaked_by(acquire_with_window, PROOFS, NULL), 0);
    wrong += expect("cancelled anywhere, guard", leaked_by(read_until_cancelled, cancellations, &when), 0);
    pthread_barrier_destroy(&start);
    return wrong ? 1 : 0;
}
