/* Programs in miniature for the heap's books: what allocates and gives back, right or wrong. */
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "exeunt/mark.h"
#include "target.h"

enum {
    MANY = 100000,
    BYTES = 100,
    DOUBLE = 200,
    LARGE = 3000,
    THREADS = 4,
    ROUNDS = 2000,
    FORKS = 20,
    KEYS = 40,
    ROOM = 1 << 18
};

/* A block that the compiler cannot do away with. */
static void *volatile kept;

/* Called where an analyzer that knows realloc would see what is wrong on purpose. */
static void *(*volatile resize)(void *, size_t) = realloc;
static void *(*volatile resize_array)(void *, size_t, size_t) = reallocarray;

static void *block(size_t bytes)
{
    void *made = malloc(bytes);
    need(made != NULL);
    kept = made;
    return made;
}

static void leak(void)
{
    block(BYTES);
}

static void free_in_time(void)
{
    free(block(BYTES));
    free(NULL);
}

static void *free_it(void *made)
{
    free(made);
    return NULL;
}

static void freed_by_another_thread(void)
{
    in_thread(free_it, block(BYTES));
}

static void *free_as_operation(void *made)
{
    exeunt_begin(2);
    free(made);
    exeunt_end(0);
    return NULL;
}

static void freed_by_another_operation(void)
{
    in_thread(free_as_operation, block(BYTES));
}

static void freed_after_the_end(void)
{
    void *made = block(BYTES);
    exeunt_end(0);
    free(made);
}

static void reallocated(void)
{
    kept = realloc(block(BYTES), LARGE);
}

static void *reallocate_as_operation(void *made)
{
    exeunt_begin(2);
    kept = realloc(made, LARGE);
    exeunt_end(0);
    return NULL;
}

static void reallocated_by_another_operation(void)
{
    in_thread(reallocate_as_operation, block(BYTES));
}

static void realloc_fails(void)
{
    void *made = block(BYTES);
    need(resize(made, DOUBLE) == NULL && errno == ENOMEM);
    memset(made, 1, BYTES);
}

static void realloc_fails_freed(void)
{
    void *made = block(BYTES);
    need(resize(made, DOUBLE) == NULL);
    free(made);
}

static void realloc_to_nothing(void)
{
    need(resize(block(BYTES), 0) == NULL && resize_array(block(BYTES), 0, BYTES) == NULL);
}

/* Too much to be had: the real call fails. */
static void realloc_too_much(void)
{
    void *made = block(BYTES);
    volatile size_t most = SIZE_MAX / 4;
    need(resize(made, most) == NULL && resize_array(made, most, 16) == NULL);
}

static void hand_over(void)
{
    exeunt_transfer_memory(block(BYTES));
    exeunt_transfer_memory(NULL);
}

static void handed_over_and_reallocated(void)
{
    void *made = block(BYTES);
    exeunt_transfer_memory(made);
    in_thread(reallocate_as_operation, made);
}

static void kept_across_operations(void)
{
    void *made = block(BYTES);
    exeunt_transfer_memory(made);
    exeunt_end(0);
    exeunt_begin(2);
    free(made);
}

static void older_than_operations(void)
{
    exeunt_end(0);
    void *made = block(BYTES), *other = block(BYTES);
    exeunt_begin(2);
    kept = realloc(made, LARGE);
    free(other);
}

static void leak_many(void)
{
    for (int i = 0; i < MANY; i++)
        block(16);
}

/* Twice over, so that the log of what was taken holds what was given back. */
static void free_many(void)
{
    void **made = block(sizeof *made * MANY);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++)
            made[i] = block(16);
        for (int i = 0; i < MANY; i++)
            free(made[i]);
    }
    free(made);
}

static void free_many_but_one(void)
{
    block(BYTES);
    free_many();
}

/* No more memory from the kernel: the books must do with the room that they have. */
static void leak_without_room(int blocks)
{
    struct rlimit none = {1, 1};
    exeunt_end(0);
    need(mallopt(M_MMAP_THRESHOLD, 2 * ROOM) == 1 && mallopt(M_TRIM_THRESHOLD, 4 * ROOM) == 1);
    free(block(ROOM));
    exeunt_begin(2);
    need(setrlimit(RLIMIT_AS, &none) == 0);
    for (int i = 0; i < blocks; i++)
        block(16);
}

static void leak_without_room_for_a_log(void)
{
    leak_without_room(1000);
}

static void leak_without_room_for_all(void)
{
    leak_without_room(5000);
}

static void leak_through_realloc_many(void)
{
    void *made = NULL;
    for (size_t bytes = 1; bytes <= 20000; bytes++)
        need((made = realloc(made, bytes)) != NULL);
    kept = made;
}

static void *thrown_out(void *unused)
{
    exeunt_begin(3);
    block(BYTES);
    pthread_exit(unused);
}

static void thread_ends_in_operation(void)
{
    in_thread(thrown_out, NULL);
}

static void leak_in_child(void)
{
    for (int i = 0; i < BYTES; i++)
        block(BYTES);
    exeunt_end(0);
}

static void fork_child(void)
{
    in_child(leak_in_child);
}

/* One with which the program goes on behind its end, in its own time. */
static void exec_itself(void)
{
    block(BYTES);
    execl("/proc/self/exe", "itself", "free-in-time", (char *)NULL);
}

/* What the C library keeps for itself. */
static void runtime_keeps(void)
{
    time_t now = 0;
    struct tm tm;
    pthread_key_t keys[KEYS];
    FILE *null = freopen("/dev/null", "w", stdout);
    need(null != NULL && printf("text\n") > 0 && setvbuf(stderr, NULL, _IOFBF, 100) == 0);
    need(setenv("TZ", "Europe/Berlin", 1) == 0);
    need(localtime_r(&now, &tm) != NULL && strerror(12345) != NULL && dlsym(RTLD_DEFAULT, "none") == NULL);
    for (int i = 0; i < KEYS; i++)
        need(pthread_key_create(&keys[i], NULL) == 0 && pthread_setspecific(keys[i], keys) == 0);
}

static FILE *stream_of_others;

static void stream_keeps_its_buffer(void)
{
    exeunt_end(0);
    stream_of_others = fopen("/dev/null", "r+");
    need(stream_of_others != NULL);
    exeunt_begin(2);
    need(fputs("text", stream_of_others) >= 0);
}

static void leak_stream(void)
{
    FILE *null = fopen("/dev/null", "r+");
    need(null != NULL && fputs("text", null) >= 0);
    exeunt_transfer(fileno(null));
}

static void close_stream(void)
{
    FILE *null = fopen("/dev/null", "r+");
    need(null != NULL && fputs("text", null) >= 0 && fclose(null) == 0);
}

static void *do_nothing(void *unused)
{
    return unused;
}

static void start_thread(void)
{
    in_thread(do_nothing, NULL);
}

static void load_library(void)
{
    void *library = dlopen("libexeunt-none.so", RTLD_NOW);
    need(library == NULL && dlerror() != NULL);
    library = dlopen("libm.so.6", RTLD_NOW);
    need(library != NULL && dlclose(library) == 0);
}

static void errno_stays(void)
{
    void *large = block(1 << 20), *small = block(BYTES);
    errno = 77;
    free(large);
    free(small);
    free(NULL);
    need(errno == 77);
}

/* At most two of them in use at a time, though four are taken. */
static void peak(void)
{
    for (int i = 0; i < 2; i++) {
        void *one = block(1000), *other = block(1000);
        in_thread(free_it, one);
        free(other);
    }
    in_thread(free_as_operation, block(500));
}

/* Held by a table that all threads share: taken by one, given back by another. */
static void *_Atomic shared[64];

static pthread_barrier_t all_there;

static void *hammer(void *seed)
{
    unsigned state = (unsigned)(uintptr_t)seed;
    pthread_barrier_wait(&all_there);
    for (unsigned round = 0; round < ROUNDS; round++) {
        exeunt_begin((uintptr_t)seed * ROUNDS + round);
        for (int i = 0; i < 20; i++) {
            state = state * 1103515245u + 12345u;
            void *made = malloc(1 + (state >> 16) % 300);
            if ((state >> 8 & 3) == 0)
                made = realloc(made, 1 + (state >> 12) % 3000);
            exeunt_transfer_memory(made);
            free(atomic_exchange(&shared[state >> 20 & 63], made));
        }
        exeunt_end(0);
    }
    return NULL;
}

static void *be_there(void *unused)
{
    pthread_barrier_wait(&all_there);
    return unused;
}

static void in_threads(void *(*work)(void *))
{
    pthread_t threads[THREADS];
    need(pthread_barrier_init(&all_there, NULL, THREADS) == 0);
    for (uintptr_t i = 0; i < THREADS; i++)
        need(pthread_create(&threads[i], NULL, work, (void *)(i + 1)) == 0);
    for (int i = 0; i < THREADS; i++)
        need(pthread_join(threads[i], NULL) == 0);
}

static void start_threads(void)
{
    in_threads(be_there);
}

static void hammer_all(void)
{
    in_threads(hammer);
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        free(shared[i]);
}

static _Atomic bool stopped;

static void *hammer_until_stopped(void *unused)
{
    while (!stopped)
        free(block(BYTES));
    return unused;
}

/* The first handler of all, older than the preload's: in the child it runs while the preload takes itself
 * for the parent's. */
static void allocate_in_child(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* should it hang */
    for (int i = 0; i < BYTES; i++)
        free(block(BYTES + (size_t)i * 1000));
}

static void register_early(int argc, char **argv, char **environment)
{
    (void)argc, (void)argv, (void)environment;
    need(pthread_atfork(NULL, NULL, allocate_in_child) == 0);
}
__attribute__((section(".preinit_array"), used)) static void (*const early)(int, char **,
                                                                            char **) = register_early;

/* A child comes to be while other threads hold locks of the books: it must not wait for them. */
static void fork_among_threads(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        need(pthread_create(&threads[i], NULL, hammer_until_stopped, NULL) == 0);
    for (int i = 0; i < FORKS; i++)
        in_child(leak);
    stopped = true;
    for (int i = 0; i < THREADS; i++)
        need(pthread_join(threads[i], NULL) == 0);
}

static const struct mode modes[] = {
    {"leak", leak},
    {"free-in-time", free_in_time},
    {"freed-by-another-thread", freed_by_another_thread},
    {"freed-by-another-operation", freed_by_another_operation},
    {"freed-after-the-end", freed_after_the_end},
    {"reallocated", reallocated},
    {"reallocated-by-another-operation", reallocated_by_another_operation},
    {"realloc-fails", realloc_fails},
    {"realloc-fails-freed", realloc_fails_freed},
    {"realloc-to-nothing", realloc_to_nothing},
    {"realloc-too-much", realloc_too_much},
    {"hand-over", hand_over},
    {"handed-over-and-reallocated", handed_over_and_reallocated},
    {"kept-across-operations", kept_across_operations},
    {"older-than-operations", older_than_operations},
    {"leak-many", leak_many},
    {"free-many", free_many},
    {"free-many-but-one", free_many_but_one},
    {"leak-without-room-for-a-log", leak_without_room_for_a_log},
    {"leak-without-room-for-all", leak_without_room_for_all},
    {"leak-through-realloc-many", leak_through_realloc_many},
    {"thread-ends-in-operation", thread_ends_in_operation},
    {"fork-child", fork_child},
    {"exec-itself", exec_itself},
    {"runtime-keeps", runtime_keeps},
    {"stream-keeps-its-buffer", stream_keeps_its_buffer},
    {"leak-stream", leak_stream},
    {"close-stream", close_stream},
    {"start-thread", start_thread},
    {"start-threads", start_threads},
    {"load-library", load_library},
    {"errno-stays", errno_stays},
    {"peak", peak},
    {"hammer", hammer_all},
    {"fork-among-threads", fork_among_threads},
};

int main(int argc, char **argv)
{
    run_mode(modes, sizeof modes / sizeof *modes, argc > 1 ? argv[1] : NULL);
}
