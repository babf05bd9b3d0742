/* Threads. */
#include <pthread.h>
#include <unistd.h>

#include "calls.h"

static void *stay(void *unused)
{
    for (;;)
        pause();
    return unused;
}

static int thread_starts(void)
{
    pthread_t thread;
    return pthread_create(&thread, NULL, stay, NULL);
}

RETURNS(pthread_create, thread_starts())

const struct function thread_calls[] = {
    CHANGING(pthread_create),
    {NULL, NULL, LEAVES},
};
