/* Threads: each gets its spawn path, by which a plan tells the threads of a program without marks apart, the
 * same ones in every run; and a place in the ledger until it is joined or detached. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "held.h"
#include "wrap.h"

/* What a new thread is to know of itself. */
struct start {
    void *(*work)(void *);
    void *argument;
    int path;
    uint64_t path_hash;
    struct ledger_spawned *spawned;
    bool ours; /* started from within libfiu: neither plan nor ledger for all that it does */
};

int path_below(const struct self *parent, uint32_t ordinal, bool forked, uint64_t *hash)
{
    struct ledger *ledger = preload.ledger;
    char path[LEDGER_PATH_MAX];
    *hash = hash_add(parent->path_hash, forked ? PLAN_FORKED | ordinal : ordinal);
    if (ledger == NULL || parent->path == LEDGER_PATH_UNKNOWN)
        return LEDGER_PATH_UNKNOWN;
    int length =
        snprintf(path, sizeof path, "%s.%s%u", ledger->paths[parent->path], forked ? "f" : "", ordinal);
    if (length >= (int)sizeof path)
        return LEDGER_PATH_UNKNOWN;
    uint32_t index = atomic_fetch_add_explicit(&ledger->path_count, 1, memory_order_relaxed);
    if (index >= LEDGER_PATHS_MAX)
        return LEDGER_PATH_UNKNOWN;
    memcpy(ledger->paths[index], path, (size_t)length + 1);
    return (int)index;
}

static void *allocate_own(size_t size)
{
    BYPASSING;
    return malloc(size);
}

static void free_own(void *block)
{
    BYPASSING;
    free(block);
}

static void *begin(void *argument)
{
    struct start start = *(struct start *)argument;
    free_own(argument);
    self.path = start.path;
    self.path_hash = start.path_hash;
    self.spawned = start.spawned;
    if (start.ours)
        self.bypass++;
    else if (preload.trace != NULL)
        thread_record(); /* so that its end is noted */
    void *result = start.work(start.argument);
    operation_unended();
    return result;
}

static struct start *start_made(void *(*work)(void *), void *argument)
{
    struct self *me = &self;
    struct start *start = allocate_own(sizeof *start);
    if (start == NULL)
        return NULL;
    *start = (struct start){.work = work, .argument = argument, .ours = me->bypass != 0};
    if (!start->ours)
        start->path = path_below(me, ++me->threads, false, &start->path_hash);
    return start;
}

/* A place for a thread that is about to be started, to be joined; NULL if there is none. */
static struct ledger_spawned *spawned_take(uintptr_t site)
{
    struct ledger *ledger = preload.ledger;
    for (unsigned i = 0; i < LEDGER_SPAWNED_MAX; i++) {
        struct ledger_spawned *spawned = &ledger->spawned[i];
        uint32_t nobody = 0;
        if (spawned->state != 0 ||
            !atomic_compare_exchange_strong(&spawned->state, &nobody, LEDGER_SPAWNED_USED))
            continue;
        spawned->path = self.path;
        spawned->operation = self.operation;
        spawned->taken_at = site_of(site);
        return spawned;
    }
    atomic_fetch_add_explicit(&ledger->threads_spawned_unrecorded, 1, memory_order_relaxed);
    return NULL;
}

static void spawned_free(struct ledger_spawned *spawned)
{
    spawned->handle = 0;
    spawned->state = 0;
}

/* The thread was started. If it has detached itself meanwhile, its place is free now. */
static void spawned_name(struct ledger_spawned *spawned, pthread_t thread)
{
    spawned->handle = thread;
    if ((atomic_fetch_or(&spawned->state, LEDGER_SPAWNED_NAMED) & LEDGER_SPAWNED_DETACHED) != 0)
        spawned_free(spawned);
}

/* The place of a thread that others are to join, or NULL. Looked for before the thread is joined or detached:
 * afterwards a new one may have its handle. */
static struct ledger_spawned *spawned_of(pthread_t thread)
{
    struct ledger *ledger = preload.ledger;
    if (ledger == NULL || self.bypass != 0 || preload.is_followed)
        return NULL;
    if (pthread_equal(thread, pthread_self()))
        return self.spawned;
    for (unsigned i = 0; i < LEDGER_SPAWNED_MAX; i++)
        if (ledger->spawned[i].handle == thread)
            return &ledger->spawned[i];
    return NULL;
}

static bool is_detached(const pthread_attr_t *attributes)
{
    int state = PTHREAD_CREATE_JOINABLE;
    return attributes != NULL && pthread_attr_getdetachstate(attributes, &state) == 0 &&
           state == PTHREAD_CREATE_DETACHED;
}

REAL(int, pthread_create,
     (pthread_t * thread, const pthread_attr_t *attributes, void *(*work)(void *), void *argument),
     (thread, attributes, work, argument))
EXPORT int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*work)(void *),
                          void *argument)
{
    struct fault fault;
    if (IF_DUE(POINT_PTHREAD_CREATE, fault))
        return fault.error;
    struct start *start = preload.ledger != NULL ? start_made(work, argument) : NULL;
    if (start == NULL)
        return real_pthread_create(thread, attributes, work, argument);
    bool watched = !start->ours && !preload.is_followed, detached = is_detached(attributes);
    struct ledger_spawned *spawned = watched && !detached ? spawned_take(CALL_SITE) : NULL;
    start->spawned = spawned;
    int failed = real_pthread_create(thread, attributes, begin, start);
    if (failed != 0) {
        free_own(start);
        if (spawned != NULL)
            spawned_free(spawned);
        return failed;
    }
    if (watched) {
        atomic_fetch_add_explicit(&preload.ledger->threads_started, 1, memory_order_relaxed);
        if (detached)
            atomic_fetch_add_explicit(&preload.ledger->threads_detached, 1, memory_order_relaxed);
    }
    if (spawned != NULL)
        spawned_name(spawned, *thread);
    return 0;
}

/* Joins are waits; those that give up leave the thread to be joined. */
#define JOINING(wait, name, parameters, arguments)                                                           \
    REAL(int, name, parameters, arguments)                                                                   \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        struct ledger_locks *locks __attribute__((unused, cleanup(plain_wait_over))) =                       \
            begin_wait((const void *)thread, wait, CALL_SITE);                                               \
        struct ledger_spawned *spawned = spawned_of(thread);                                                 \
        int failed = real_##name arguments;                                                                  \
        if (failed == 0 && spawned != NULL) {                                                                \
            atomic_fetch_add_explicit(&preload.ledger->threads_joined, 1, memory_order_relaxed);             \
            spawned_free(spawned);                                                                           \
        }                                                                                                    \
        return failed;                                                                                       \
    }

JOINING(LEDGER_JOIN, pthread_join, (pthread_t thread, void **result), (thread, result))
JOINING(LEDGER_WAIT, pthread_tryjoin_np, (pthread_t thread, void **result), (thread, result))
JOINING(LEDGER_WAIT, pthread_timedjoin_np, (pthread_t thread, void **result, const struct timespec *end),
        (thread, result, end))
JOINING(LEDGER_WAIT, pthread_clockjoin_np,
        (pthread_t thread, void **result, clockid_t clock, const struct timespec *end),
        (thread, result, clock, end))

/* Noted before: afterwards the thread may be gone. A refusal is the caller's mistake. */
REAL(int, pthread_detach, (pthread_t thread), (thread))
EXPORT int pthread_detach(pthread_t thread)
{
    struct ledger_spawned *spawned = spawned_of(thread);
    if (spawned != NULL) {
        atomic_fetch_add_explicit(&preload.ledger->threads_detached, 1, memory_order_relaxed);
        if ((atomic_fetch_or(&spawned->state, LEDGER_SPAWNED_DETACHED) & LEDGER_SPAWNED_NAMED) != 0)
            spawned_free(spawned);
        if (spawned == self.spawned)
            self.spawned = NULL;
    }
    return real_pthread_detach(thread);
}
