/* Threads that are cancelled in a call, by another thread or by the plan, and what they leave. */
#include "cancel_modes.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exeunt/mark.h"
#include "target.h"

static void *cancelled_close(void *fd)
{
    need(pthread_cancel(pthread_self()) == 0); /* acts at the next cancellation point: the close */
    close((int)(intptr_t)fd);
    _exit(1);
}

static void close_it(void *fd)
{
    close(*(int *)fd);
}

/* The thread is cancelled by the plan in its second open. */
static void *open_cancelled(void *unused)
{
    exeunt_begin(2);
    open_null();
    open_null();
    _exit(1);
    return unused;
}

static void *open_guarded_and_cancelled(void *unused)
{
    exeunt_begin(2);
    int fd = open_null();
    pthread_cleanup_push(close_it, &fd);
    open_null();
    _exit(1);
    pthread_cleanup_pop(0);
    return unused;
}

/* It can be cancelled anywhere: it is in lseek, which is no cancellation point, and its cleanup is watched.
 */
static void *seek_cancelled_at_once(void *unused)
{
    int fd = open_null();
    exeunt_begin(2);
    open_null();
    pthread_cleanup_push(close_it, &fd);
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    lseek(fd, 0, SEEK_SET);
    _exit(1);
    pthread_cleanup_pop(0);
    return unused;
}

/* Nothing acts on it: lseek goes on. */
static void *seek_cancelled(void *unused)
{
    need(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL) == 0);
    exeunt_begin(2);
    int fd = open_null();
    need(lseek(fd, 0, SEEK_SET) == 0 && close(fd) == 0);
    exeunt_end(0);
    return unused;
}

void cancelled_by_plan(void)
{
    in_thread(open_cancelled, NULL);
}

void guarded_and_cancelled_by_plan(void)
{
    in_thread(open_guarded_and_cancelled, NULL);
}

void cancelled_by_plan_at_once(void)
{
    in_thread(seek_cancelled_at_once, NULL);
}

void cancelled_by_plan_in_vain(void)
{
    in_thread(seek_cancelled, NULL);
}

/* A close that is cancelled has not closed: the descriptor stays, and is a leak of this operation. */
void cancelled_in_close(void)
{
    int fd = open_null();
    in_thread(cancelled_close, (void *)(intptr_t)fd);
    need(syscall(SYS_fcntl, fd, F_GETFD) >= 0);
}
