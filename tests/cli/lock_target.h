/* What the modes of the program in miniature share: its locks, and ways to await what must have happened. */
#pragma once

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

extern pthread_mutex_t first, second, groups[8];
extern pthread_rwlock_t schema;
extern pthread_spinlock_t spin;
extern pthread_cond_t condition;
extern pthread_barrier_t barrier; /* of two, unless a mode says otherwise */
extern sem_t semaphore;

/* "taken lock_wrong.c:57": where the next thing happens. */
#define HERE(what) dprintf(STDOUT_FILENO, "%s %s:%d\n", what, __FILE_NAME__, __LINE__)

/* Ends the program with status 99 unless a call that should succeed did. */
void need(bool condition_holds);

pthread_t start(void *(*work)(void *), void *argument);
void join(pthread_t thread);

/* Waits for the other thread at the barrier. */
void meet(void);

/* A thread that says who it is before it waits for a lock. */
struct waiter {
    pthread_t thread;
    _Atomic pid_t id;
};
void come(struct waiter *waiter);

/* Waits until the kernel has the thread in futex(2) on a word of the object. */
void await(struct waiter *waiter, const void *object, size_t size);
#define AWAIT(waiter, object) await(&(waiter), &(object), sizeof(object))

/* Lets as much time pass as a slow holder holds: many samples. */
void hold_long(void);

/* A thread that has the schema to read and then wants `first`; its argument is a waiter. */
void *read_then_first(void *argument);

/* What follows the mode's name on the command line, or NULL. */
extern const char *detail;

struct mode {
    const char *name;
    int (*run)(void);
};
extern const struct mode wrong_modes[], fine_modes[]; /* each ends with a NULL name */
