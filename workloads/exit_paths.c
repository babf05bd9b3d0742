/* The paths on which a block is left, and that it was indeed left so. Each block is an operation in a thread
 * of its own: what it leaves behind is a finding at the end of that operation, however it ends. */
#include "exit_cell.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "exeunt/mark.h"

/* Ends the process once all the cells that end with it are at the same place: the last of them does it. */
static void wait_for_all(struct cell *cell)
{
    int place = pthread_barrier_wait(cell->all_taken);
    if (place == PTHREAD_BARRIER_SERIAL_THREAD)
        return;
    for (;;)
        pause();
}

void cell_leave(struct cell *cell)
{
    switch (cell->path) {
    case BY_THROW:
        exeunt_throw(-EIO, "thrown");
    case BY_DEFERRED_CANCEL:
        pthread_cancel(pthread_self());
        pthread_testcancel();
        break;
    case BY_PTHREAD_EXIT:
        pthread_exit(cell);
    case BY_LONGJMP:
        longjmp(cell->outside, 1);
    case BY_EXIT:
        wait_for_all(cell);
        exit(CELL_EXIT_STATUS);
    case BY_SIGKILL:
        wait_for_all(cell);
        kill(getpid(), SIGKILL);
        break;
    default:
        break;
    }
    abort();
}

void cell_cancel_anywhere(void)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
}

static int run_scene(void *arg)
{
    struct cell *cell = arg;
    cell->scene(cell);
    return 0;
}

static void run_to_landing(struct cell *cell)
{
    if (setjmp(cell->outside) == 0)
        cell->scene(cell);
}

/* Whether the block was left as it should be, if it comes back at all. */
static bool run_block(struct cell *cell)
{
    if (cell->path == BY_THROW)
        return exeunt_try(run_scene, cell, NULL) == -EIO;
    if (cell->path == BY_LONGJMP)
        run_to_landing(cell);
    else
        cell->scene(cell);
    return true;
}

/* Returns its argument if all is well; so does pthread_exit. */
static void *run_thread(void *arg)
{
    struct cell *cell = arg;
    exeunt_begin(cell->operation);
    bool landed = run_block(cell);
    exeunt_end(0);
    return landed ? cell : NULL;
}

/* Within its loop nothing is called: no call could tell that it is there. */
static void cancel_in_its_loop(struct cell *cell, pthread_t thread)
{
    while (atomic_load_explicit(&cell->spins, memory_order_relaxed) == 0 && cell->failure == 0)
        sched_yield();
    pthread_cancel(thread);
}

static int end_thread(struct cell *cell, pthread_t thread)
{
    bool is_cancelled = cell->path == BY_DEFERRED_CANCEL || cell->path == BY_ASYNC_CANCEL;
    void *end = NULL;
    if (cell->path == BY_ASYNC_CANCEL)
        cancel_in_its_loop(cell, thread);
    pthread_join(thread, &end);
    if (cell->failure != 0)
        return cell->failure;
    return end == (is_cancelled ? PTHREAD_CANCELED : (void *)cell) ? 0 : -EPROTO;
}

int cells_run(struct cell *cells, size_t count)
{
    pthread_t threads[EXIT_RESOURCES];
    pthread_barrier_t all_taken;
    size_t started = 0;
    int failed = -pthread_barrier_init(&all_taken, NULL, (unsigned)count);
    for (; started < count && failed == 0; started += failed == 0) {
        cells[started].all_taken = &all_taken;
        failed = -pthread_create(&threads[started], NULL, run_thread, &cells[started]);
    }
    for (size_t i = 0; i < started; i++) {
        int ended = end_thread(&cells[i], threads[i]);
        failed = failed != 0 ? failed : ended;
    }
    return failed;
}
