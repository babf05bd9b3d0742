/* Near misses: what looks like a mistake and is none. */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "exeunt/mark.h"
#include "lock_target.h"

static pthread_mutex_t kept = PTHREAD_MUTEX_INITIALIZER; /* by a library, around forks */

static void *wait_for_first(void *argument)
{
    come(argument);
    pthread_mutex_lock(&first);
    pthread_mutex_unlock(&first);
    return NULL;
}

static int slow_holder(void)
{
    struct waiter waiter = {0};
    pthread_mutex_lock(&first);
    pthread_t thread = start(wait_for_first, &waiter);
    AWAIT(waiter, first);
    hold_long();
    pthread_mutex_unlock(&first);
    join(thread);
    return 0;
}

/* Two threads and two locks, but not each waits for the other. */
static int slow_chain(void)
{
    struct waiter reader = {0}, other = {0};
    pthread_mutex_lock(&first);
    pthread_t threads[] = {start(read_then_first, &reader), start(wait_for_first, &other)};
    AWAIT(reader, first);
    AWAIT(other, first);
    hold_long();
    pthread_mutex_unlock(&first);
    join(threads[0]), join(threads[1]);
    return 0;
}

static void *hold_second(void *unused)
{
    pthread_mutex_lock(&second);
    hold_long();
    pthread_mutex_unlock(&second);
    return unused;
}

/* The one who joins has a lock, but none that the other one wants. */
static int joins_slow_one_under_lock(void)
{
    pthread_mutex_lock(&first);
    join(start(hold_second, NULL));
    pthread_mutex_unlock(&first);
    return 0;
}

static void *take_and_hand_over(void *unused)
{
    exeunt_begin(1);
    pthread_mutex_lock(&first);
    exeunt_transfer_lock(&first);
    exeunt_end(0);
    return unused;
}

/* Handed over by a thread that has ended, while another one waits for it. */
static int handed_over(void)
{
    struct waiter waiter = {0};
    join(start(take_and_hand_over, NULL));
    pthread_t thread = start(wait_for_first, &waiter);
    AWAIT(waiter, first);
    hold_long();
    pthread_mutex_unlock(&first);
    join(thread);
    pthread_mutex_lock(&first);
    pthread_mutex_unlock(&first);
    return 0;
}

/* Taken in one operation, given back in the next: declared. */
static int released_in_the_next_operation(void)
{
    take_and_hand_over(NULL);
    exeunt_begin(2);
    pthread_mutex_unlock(&first);
    exeunt_end(0);
    return 0;
}

/* A pool's threads take turns at the operations. */
enum { POOL = 3, ROUNDS = 12 };
static sem_t turns[POOL];

static void *hand_on_in_turn(void *argument)
{
    size_t own = (size_t)argument;
    for (size_t operation = own; operation < ROUNDS; operation += POOL) {
        sem_wait(&turns[own]);
        exeunt_begin(operation);
        if (operation > 0)
            need(pthread_mutex_unlock(&first) == 0);
        need(pthread_mutex_lock(&first) == 0);
        exeunt_transfer_lock(&first);
        exeunt_end(0);
        sem_post(&turns[(own + 1) % POOL]);
    }
    return NULL;
}

/* Taken in one operation of the pool and given back in the next, by another thread: declared each time. */
static int pool_hands_on(void)
{
    pthread_t threads[POOL];
    for (size_t i = 0; i < POOL; i++)
        sem_init(&turns[i], 0, i == 0);
    for (size_t i = 0; i < POOL; i++)
        threads[i] = start(hand_on_in_turn, (void *)i);
    for (size_t i = 0; i < POOL; i++)
        join(threads[i]);
    return pthread_mutex_unlock(&first);
}

static void init_mutex(pthread_mutex_t *mutex, int type, int robust)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, type);
    pthread_mutexattr_setrobust(&attributes, robust);
    need(pthread_mutex_init(mutex, &attributes) == 0);
}

static int recursive(void)
{
    init_mutex(&groups[0], PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED);
    exeunt_begin(1);
    for (int i = 0; i < 40; i++)
        need(pthread_mutex_lock(&groups[0]) == 0);
    for (int i = 0; i < 40; i++)
        need(pthread_mutex_unlock(&groups[0]) == 0);
    exeunt_end(0);
    return pthread_mutex_destroy(&groups[0]);
}

/* Refused by the locks themselves: nothing was taken or given. */
static int errorcheck(void)
{
    init_mutex(&groups[0], PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED);
    exeunt_begin(1);
    need(pthread_mutex_unlock(&groups[0]) == EPERM);
    need(pthread_cond_wait(&condition, &groups[0]) == EPERM);
    need(pthread_mutex_lock(&groups[0]) == 0);
    need(pthread_mutex_lock(&groups[0]) == EDEADLK);
    need(pthread_mutex_unlock(&groups[0]) == 0);
    need(pthread_rwlock_wrlock(&schema) == 0 && pthread_rwlock_wrlock(&schema) == EDEADLK);
    need(pthread_rwlock_unlock(&schema) == 0);
    exeunt_end(0);
    return 0;
}

static void *take_group(void *unused)
{
    need(pthread_mutex_lock(&groups[0]) == 0);
    return unused;
}

static int robust(void)
{
    init_mutex(&groups[0], PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST);
    join(start(take_group, NULL));
    exeunt_begin(1);
    need(pthread_mutex_lock(&groups[0]) == EOWNERDEAD);
    need(pthread_mutex_consistent(&groups[0]) == 0);
    need(pthread_mutex_unlock(&groups[0]) == 0);
    exeunt_end(0);
    return 0;
}

static void *read_schema(void *argument)
{
    pthread_rwlock_rdlock(&schema);
    need(pthread_rwlock_rdlock(&schema) == 0);
    meet();
    come(argument);
    sem_wait(&semaphore);
    pthread_rwlock_unlock(&schema);
    pthread_rwlock_unlock(&schema);
    return NULL;
}

static void *write_schema(void *argument)
{
    come(argument);
    pthread_rwlock_wrlock(&schema);
    pthread_rwlock_unlock(&schema);
    return NULL;
}

/* Readers hold it for long, twice each; a writer waits. */
static int crowd_of_readers(void)
{
    enum { READERS = 8 };
    static struct waiter readers[READERS], writer;
    pthread_barrier_init(&barrier, NULL, READERS + 1);
    for (int i = 0; i < READERS; i++)
        readers[i].thread = start(read_schema, &readers[i]);
    meet();
    writer.thread = start(write_schema, &writer);
    AWAIT(writer, schema);
    hold_long();
    for (int i = 0; i < READERS; i++)
        sem_post(&semaphore);
    for (int i = 0; i < READERS; i++)
        join(readers[i].thread);
    join(writer.thread);
    return 0;
}

static void *try_second_then_first(void *unused)
{
    for (int i = 0; i < 1000; i++) {
        pthread_mutex_lock(&second);
        bool both = pthread_mutex_trylock(&first) == 0;
        if (both)
            pthread_mutex_unlock(&first);
        pthread_mutex_unlock(&second);
    }
    return unused;
}

/* Whoever only tries breaks no order. */
static int trylock_loop(void)
{
    pthread_t thread = start(try_second_then_first, NULL);
    for (int i = 0; i < 1000; i++) {
        pthread_mutex_lock(&first);
        pthread_mutex_lock(&second);
        pthread_mutex_unlock(&second);
        pthread_mutex_unlock(&first);
    }
    join(thread);
    return 0;
}

static struct timespec soon(clockid_t clock)
{
    struct timespec end;
    clock_gettime(clock, &end);
    end.tv_nsec += 50000000;
    if (end.tv_nsec >= 1000000000) {
        end.tv_nsec -= 1000000000;
        end.tv_sec++;
    }
    return end;
}

static void *time_out_on_first(void *unused)
{
    struct timespec end = soon(CLOCK_REALTIME), other = soon(CLOCK_MONOTONIC);
    pthread_mutex_lock(&second);
    need(pthread_mutex_timedlock(&first, &end) == ETIMEDOUT);
    need(pthread_mutex_clocklock(&first, CLOCK_MONOTONIC, &other) == ETIMEDOUT);
    need(pthread_rwlock_timedwrlock(&schema, &end) == ETIMEDOUT);
    need(pthread_rwlock_clockwrlock(&schema, CLOCK_MONOTONIC, &other) == ETIMEDOUT);
    pthread_mutex_unlock(&second);
    return unused;
}

/* A cycle that its own clock ends; then each is taken in time. */
static int timed_out(void)
{
    pthread_mutex_lock(&first);
    pthread_rwlock_rdlock(&schema);
    pthread_t thread = start(time_out_on_first, NULL);
    join(thread);
    pthread_mutex_unlock(&first);
    pthread_rwlock_unlock(&schema);
    exeunt_begin(1);
    struct timespec end = soon(CLOCK_REALTIME), other = soon(CLOCK_MONOTONIC);
    need(pthread_rwlock_timedwrlock(&schema, &end) == 0 && pthread_rwlock_unlock(&schema) == 0);
    need(pthread_rwlock_clockwrlock(&schema, CLOCK_MONOTONIC, &other) == 0);
    need(pthread_rwlock_unlock(&schema) == 0);
    need(pthread_rwlock_clockrdlock(&schema, CLOCK_MONOTONIC, &other) == 0);
    need(pthread_rwlock_unlock(&schema) == 0);
    exeunt_end(0);
    return 0;
}

static void unlock(void *mutex)
{
    pthread_mutex_unlock(mutex);
}

static void *wait_for_condition(void *argument)
{
    exeunt_begin(1);
    pthread_mutex_lock(&first);
    pthread_cleanup_push(unlock, &first);
    come(argument);
    for (;;)
        pthread_cond_wait(&condition, &first);
    pthread_cleanup_pop(1);
    return NULL;
}

/* The cancelled thread has the mutex again and gives it back in its cleanup. */
static int cancelled_in_a_condition(void)
{
    struct waiter waiter = {0};
    waiter.thread = start(wait_for_condition, &waiter);
    AWAIT(waiter, condition);
    hold_long();
    pthread_cancel(waiter.thread);
    join(waiter.thread);
    pthread_mutex_lock(&first);
    pthread_mutex_unlock(&first);
    return 0;
}

static void *signal_condition(void *unused)
{
    pthread_mutex_lock(&first);
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&first);
    return unused;
}

/* The mutex was taken outside the operation: it is not the operation's because of the wait. */
static int condition_in_operation(void)
{
    pthread_mutex_lock(&first);
    exeunt_begin(1);
    pthread_t thread = start(signal_condition, NULL);
    pthread_cond_wait(&condition, &first);
    exeunt_end(0);
    struct timespec end = soon(CLOCK_REALTIME);
    need(pthread_cond_timedwait(&condition, &first, &end) == ETIMEDOUT);
    end = soon(CLOCK_MONOTONIC);
    need(pthread_cond_clockwait(&condition, &first, CLOCK_MONOTONIC, &end) == ETIMEDOUT);
    pthread_mutex_unlock(&first);
    join(thread);
    return 0;
}

static void *post_when_waited_for(void *argument)
{
    AWAIT(*(struct waiter *)argument, semaphore);
    hold_long();
    sem_post(&semaphore);
    return NULL;
}

/* Whoever holds a lock may wait for what others do: a semaphore, the end of a thread. */
static int semaphores_and_joins(void)
{
    struct waiter self_as_waiter = {0};
    pthread_mutex_lock(&first);
    come(&self_as_waiter);
    pthread_t thread = start(post_when_waited_for, &self_as_waiter);
    sem_wait(&semaphore);
    join(thread);
    pthread_mutex_unlock(&first);
    return 0;
}

/* A lock that a library keeps around forks: its handlers stand before those of any preloaded library, as the
 * constructors of libraries do. */
static void keep(void)
{
    pthread_mutex_lock(&kept);
}

static void give_kept(void)
{
    pthread_mutex_unlock(&kept);
}

static void keep_around_forks(void)
{
    pthread_atfork(keep, give_kept, give_kept);
}

__attribute__((section(".preinit_array"), used)) static void (*const early)(void) = keep_around_forks;

/* The child gives back what its parent holds, and takes what it likes: the parent's record stays. */
static int forked_child(void)
{
    int status;
    exeunt_begin(1);
    pthread_mutex_lock(&first);
    pid_t child = fork();
    if (child == 0) {
        pthread_mutex_unlock(&first);
        pthread_mutex_lock(&second);
        _exit(0);
    }
    need(child > 0 && waitpid(child, &status, 0) == child && status == 0);
    pthread_mutex_unlock(&first);
    exeunt_end(0);
    return 0;
}

/* As a service does it: locks in their order, held for a moment, and now and then by one that sleeps. */
static void use_locks(unsigned random)
{
    size_t low = random % 7, high = low + 1 + random / 7 % (7 - low);
    bool writes = random / 64 % 16 == 0;
    exeunt_begin(random);
    need((writes ? pthread_rwlock_wrlock : pthread_rwlock_rdlock)(&schema) == 0);
    pthread_mutex_lock(&groups[low]);
    pthread_mutex_lock(&groups[high]);
    if (random / 1024 % 512 == 0)
        nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
    pthread_mutex_unlock(&groups[low]); /* not in the order in which they were taken */
    pthread_mutex_unlock(&groups[high]);
    pthread_rwlock_unlock(&schema);
    exeunt_end(0);
}

static time_t healthy_until;

static void *use_locks_until_then(void *seed)
{
    unsigned random = (unsigned)(size_t)seed;
    struct timespec now;
    do {
        random = random * 1664525u + 1013904223u;
        use_locks(random >> 8);
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec < healthy_until);
    return NULL;
}

static int healthy(void)
{
    pthread_t threads[8];
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    healthy_until = now.tv_sec + (detail != NULL ? atoi(detail) : 1);
    for (size_t i = 0; i < 8; i++)
        threads[i] = start(use_locks_until_then, (void *)(i + 1));
    for (size_t i = 0; i < 8; i++)
        join(threads[i]);
    return 0;
}

const struct mode fine_modes[] = {
    {"slow-holder", slow_holder},
    {"slow-chain", slow_chain},
    {"joins-slow-one-under-lock", joins_slow_one_under_lock},
    {"handed-over", handed_over},
    {"released-in-the-next-operation", released_in_the_next_operation},
    {"pool-hands-on", pool_hands_on},
    {"recursive", recursive},
    {"errorcheck", errorcheck},
    {"robust", robust},
    {"crowd-of-readers", crowd_of_readers},
    {"trylock-loop", trylock_loop},
    {"timed-out", timed_out},
    {"cancelled-in-a-condition", cancelled_in_a_condition},
    {"condition-in-operation", condition_in_operation},
    {"semaphores-and-joins", semaphores_and_joins},
    {"forked-child", forked_child},
    {"healthy", healthy},
    {NULL, NULL},
};
