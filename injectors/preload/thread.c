/* Threads: each gets its spawn path, by which a plan tells the threads of a program without marks apart, the
 * same ones in every run. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "wrap.h"

/* What a new thread is to know of itself. */
struct start {
    void *(*work)(void *);
    void *argument;
    int path;
    uint64_t path_hash;
    bool ours; /* started from within libfiu: neither plan nor ledger for all that it does */
};

int path_below(const struct self *parent, uint32_t ordinal, uint64_t *hash)
{
    struct ledger *ledger = preload.ledger;
    char path[LEDGER_PATH_MAX];
    *hash = hash_add(parent->path_hash, ordinal);
    if (ledger == NULL || parent->path == LEDGER_PATH_UNKNOWN)
        return LEDGER_PATH_UNKNOWN;
    int length = snprintf(path, sizeof path, "%s.%u", ledger->paths[parent->path], ordinal);
    if (length >= (int)sizeof path)
        return LEDGER_PATH_UNKNOWN;
    uint32_t index = atomic_fetch_add_explicit(&ledger->path_count, 1, memory_order_relaxed);
    if (index >= LEDGER_PATHS_MAX)
        return LEDGER_PATH_UNKNOWN;
    memcpy(ledger->paths[index], path, (size_t)length + 1);
    return (int)index;
}

static void *begin(void *argument)
{
    struct start start = *(struct start *)argument;
    self.bypass++;
    free(argument);
    self.bypass--;
    self.path = start.path;
    self.path_hash = start.path_hash;
    if (start.ours)
        self.bypass++;
    return start.work(start.argument);
}

static struct start *start_made(void *(*work)(void *), void *argument)
{
    struct self *me = &self;
    me->bypass++;
    struct start *start = malloc(sizeof *start);
    me->bypass--;
    if (start == NULL)
        return NULL;
    *start = (struct start){.work = work, .argument = argument, .ours = me->bypass != 0};
    if (!start->ours)
        start->path = path_below(me, ++me->threads, &start->path_hash);
    return start;
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
    int failed = real_pthread_create(thread, attributes, begin, start);
    if (failed != 0) {
        self.bypass++;
        free(start);
        self.bypass--;
    }
    return failed;
}
