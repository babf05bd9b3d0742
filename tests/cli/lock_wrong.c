/* What must be told of: deadlocks; locks that are left, given back by others, or destroyed. */
#include <errno.h>
#include <stdlib.h>

#include "exeunt/mark.h"
#include "lock_target.h"

static void *second_then_first(void *unused)
{
    HERE("taken"), pthread_mutex_lock(&second);
    meet();
    HERE("waiting"), pthread_mutex_lock(&first);
    return unused;
}

static int cycle(void)
{
    start(second_then_first, NULL);
    HERE("taken"), pthread_mutex_lock(&first);
    meet();
    HERE("waiting"), pthread_mutex_lock(&second);
    return 0;
}

/* Who tries does not wait, but holds what he got. */
static int cycle_of_tried(void)
{
    start(second_then_first, NULL);
    HERE("taken"), pthread_mutex_trylock(&first);
    meet();
    HERE("waiting"), pthread_mutex_lock(&second);
    return 0;
}

static void *take_group_and_next(void *argument)
{
    size_t own = (size_t)argument;
    pthread_mutex_lock(&groups[own]);
    meet();
    pthread_mutex_lock(&groups[(own + 1) % 3]);
    return NULL;
}

static int cycle_of_three(void)
{
    pthread_barrier_init(&barrier, NULL, 3);
    start(take_group_and_next, (void *)1);
    start(take_group_and_next, (void *)2);
    take_group_and_next((void *)0);
    return 0;
}

static void *take_first(void *unused)
{
    HERE("taken"), pthread_mutex_lock(&first);
    return unused;
}

static int abandoned_by_thread(void)
{
    join(start(take_first, NULL));
    HERE("waiting"), pthread_mutex_lock(&first);
    return 0;
}

static void *take_first_in_operation(void *unused)
{
    exeunt_begin(1044);
    HERE("taken"), pthread_mutex_lock(&first);
    exeunt_end(-EIO);
    meet();
    pause();
    return unused;
}

static int abandoned_by_operation(void)
{
    start(take_first_in_operation, NULL);
    meet();
    HERE("waiting"), pthread_mutex_lock(&first);
    return 0;
}

static int self_deadlock(void)
{
    HERE("taken"), pthread_mutex_lock(&first);
    HERE("waiting"), pthread_mutex_lock(&first);
    return 0;
}

static int self_deadlock_by_upgrade(void)
{
    HERE("taken"), pthread_rwlock_rdlock(&schema);
    HERE("waiting"), pthread_rwlock_wrlock(&schema);
    return 0;
}

static int self_deadlock_spinning(void)
{
    HERE("taken"), pthread_spin_lock(&spin);
    HERE("waiting"), pthread_spin_lock(&spin);
    return 0;
}

/* The writer has what one of the readers waits for. */
static int stuck_reader(void)
{
    struct waiter reader = {0};
    HERE("taken"), pthread_mutex_lock(&first);
    start(read_then_first, &reader);
    AWAIT(reader, first);
    HERE("waiting"), pthread_rwlock_wrlock(&schema);
    return 0;
}

static void *want_first(void *unused)
{
    HERE("waiting"), pthread_mutex_lock(&first);
    return unused;
}

/* The thread ends only when it has what the one who joins it holds. */
static int join_under_lock(void)
{
    HERE("taken"), pthread_mutex_lock(&first);
    pthread_t thread = start(want_first, NULL);
    HERE("waiting"), pthread_join(thread, NULL);
    return 0;
}

/* What is left, given back by others, or destroyed. */

static int left_by_operation(void)
{
    exeunt_begin(1);
    HERE("taken"), pthread_mutex_lock(&first);
    exeunt_end(-EIO);
    pthread_mutex_unlock(&first);
    return 0;
}

/* Once too few. */
static int left_recursive(void)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&groups[0], &attributes);
    exeunt_begin(1);
    HERE("taken"), pthread_mutex_lock(&groups[0]);
    pthread_mutex_lock(&groups[0]);
    pthread_mutex_unlock(&groups[0]);
    exeunt_end(-EIO);
    pthread_mutex_unlock(&groups[0]);
    return 0;
}

static int left_by_thread(void)
{
    join(start(take_first, NULL));
    return 0;
}

static void *give_first(void *unused)
{
    HERE("site"), pthread_mutex_unlock(&first);
    return unused;
}

static int foreign_unlock(void)
{
    HERE("taken"), pthread_mutex_lock(&first);
    join(start(give_first, NULL));
    return 0;
}

static int double_unlock(void)
{
    pthread_mutex_lock(&first);
    pthread_mutex_unlock(&first);
    HERE("site"), pthread_mutex_unlock(&first);
    return 0;
}

static int destroyed_mutex(void)
{
    HERE("taken"), pthread_mutex_lock(&first);
    HERE("site"), pthread_mutex_destroy(&first);
    pthread_mutex_unlock(&first); /* it is refused */
    return 0;
}

static int destroyed_rwlock(void)
{
    HERE("taken"), pthread_rwlock_rdlock(&schema);
    HERE("site"), pthread_rwlock_destroy(&schema);
    return 0;
}

static pthread_mutex_t *reused;

static void *use_reused(void *barrier_reached)
{
    pthread_mutex_lock(reused);
    come(barrier_reached);
    hold_long();
    pthread_mutex_unlock(reused);
    return NULL;
}

/* The memory of a lock that is held is freed, and another lock begins there. Whoever waits for that one waits
 * for its own holder. */
static int memory_used_anew(void)
{
    static pthread_mutex_t memory = PTHREAD_MUTEX_INITIALIZER;
    struct waiter waiter = {0};
    reused = &memory;
    HERE("taken"), pthread_mutex_lock(reused);
    HERE("site"), pthread_mutex_init(reused, NULL);
    pthread_t thread = start(use_reused, &waiter);
    while (waiter.id == 0)
        sched_yield();
    pthread_mutex_lock(reused);
    pthread_mutex_unlock(reused);
    join(thread);
    return 0;
}

static void *second_and_first(void *unused)
{
    pthread_mutex_lock(&second);
    HERE("site"), pthread_mutex_lock(&first);
    pthread_mutex_unlock(&first);
    pthread_mutex_unlock(&second);
    return unused;
}

static int inversion(void)
{
    join(start(second_and_first, NULL));
    pthread_mutex_lock(&first);
    HERE("taken"), pthread_mutex_lock(&second);
    pthread_mutex_unlock(&second);
    pthread_mutex_unlock(&first);
    return 0;
}

static void *leave_condition_cancelled(void *argument)
{
    exeunt_begin(1);
    HERE("taken"), pthread_mutex_lock(&first);
    come(argument);
    for (;;)
        pthread_cond_wait(&condition, &first);
    return NULL;
}

/* The same without a cleanup: it holds the mutex at its end. */
static int cancelled_and_left(void)
{
    struct waiter waiter = {0};
    waiter.thread = start(leave_condition_cancelled, &waiter);
    AWAIT(waiter, condition);
    pthread_cancel(waiter.thread);
    join(waiter.thread);
    return 0;
}

/* More locks than a thread has places for, never more than two at a time. */
static int hand_over_hand(void)
{
    enum { LENGTH = 100 };
    static pthread_mutex_t nodes[LENGTH];
    exeunt_begin(1);
    for (int i = 0; i < LENGTH; i++)
        pthread_mutex_init(&nodes[i], NULL);
    pthread_mutex_lock(&nodes[0]);
    for (int i = 1; i < LENGTH; i++) {
        pthread_mutex_lock(&nodes[i]);
        pthread_mutex_unlock(&nodes[i - 1]);
    }
    HERE("taken"), pthread_mutex_lock(&first);
    pthread_mutex_unlock(&nodes[LENGTH - 1]);
    exeunt_end(0);
    return 0;
}

/* A held lock whose memory is gone when its thread ends. */
static void *forget(void *unused)
{
    size_t size = 1 << 20;
    pthread_mutex_t *mutex = aligned_alloc(4096, size);
    if (mutex == NULL)
        _exit(99);
    pthread_mutex_init(mutex, NULL);
    HERE("taken"), pthread_mutex_lock(mutex);
    free(mutex);
    return unused;
}

static int forgotten(void)
{
    join(start(forget, NULL));
    return 0;
}

/* No deadlock: anybody might signal. */
static int condition_for_ever(void)
{
    pthread_mutex_lock(&first);
    HERE("waiting"), pthread_cond_wait(&condition, &first);
    return 0;
}

const struct mode wrong_modes[] = {
    {"cycle", cycle},
    {"cycle-of-tried", cycle_of_tried},
    {"cycle-of-three", cycle_of_three},
    {"abandoned-by-thread", abandoned_by_thread},
    {"abandoned-by-operation", abandoned_by_operation},
    {"self-deadlock", self_deadlock},
    {"self-deadlock-by-upgrade", self_deadlock_by_upgrade},
    {"self-deadlock-spinning", self_deadlock_spinning},
    {"stuck-reader", stuck_reader},
    {"join-under-lock", join_under_lock},
    {"left-by-operation", left_by_operation},
    {"left-recursive", left_recursive},
    {"left-by-thread", left_by_thread},
    {"foreign-unlock", foreign_unlock},
    {"double-unlock", double_unlock},
    {"destroyed-mutex", destroyed_mutex},
    {"destroyed-rwlock", destroyed_rwlock},
    {"memory-used-anew", memory_used_anew},
    {"inversion", inversion},
    {"cancelled-and-left", cancelled_and_left},
    {"hand-over-hand", hand_over_hand},
    {"forgotten", forgotten},
    {"condition-for-ever", condition_for_ever},
    {NULL, NULL},
};
