/* One cell of the table of exit paths: a block that takes a resource in a folder of its own and is left by
 * one path, and the look at what is left. */
#pragma once

#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "database.h"
#include "exeunt/scope.h"

enum exit_path {
    BY_RETURN,
    BY_GOTO,
    BY_BREAK,
    BY_CONTINUE,
    BY_THROW,
    BY_DEFERRED_CANCEL,
    BY_ASYNC_CANCEL,
    BY_PTHREAD_EXIT,
    BY_LONGJMP,
    BY_EXIT, /* from here on the process ends */
    BY_SIGKILL,
    EXIT_PATHS
};

enum exit_resource { DESCRIPTOR, MUTEX, TRANSACTION, SOCKET, TEMPORARY_FILE, EXIT_RESOURCES };

/* Of a process whose block is left by exit. */
enum { CELL_EXIT_STATUS = 7 };

struct cell;

/* A block with one idiom of cleanup, which takes cell->resource and is left by cell->path. */
typedef void exit_scene(struct cell *cell);

struct cell {
    enum exit_path path;
    enum exit_resource resource;
    exit_scene *scene;
    uint64_t operation;    /* that the block is, for the ledger */
    char folder[PATH_MAX]; /* the cell's own */
    pthread_mutex_t *mutex;
    sqlite3 *db;
    bool taken;          /* the block has its resource */
    _Atomic int failure; /* if not: a negative errno */
    int fd;              /* what a block has that is not in a guard: descriptor or socket */
    struct exeunt_temp temp;
    jmp_buf outside;              /* of the block: where longjmp leads to */
    _Atomic uint64_t spins;       /* of the call-free place */
    pthread_barrier_t *all_taken; /* the cells that end the process together; NULL: it alone */
};

/* Makes the folder and what the resource lies in. Returns 0 or a negative errno. */
int cell_open(struct cell *cell);

/* In the process that had the block: ends what is left of the connection. */
void cell_close(struct cell *cell);

/* Takes the resource, as whoever uses a guard does. On failure what is returned is empty, and
 * cell->failure is set. */
int descriptor_take(struct cell *cell);
pthread_mutex_t *mutex_take(struct cell *cell);
sqlite3 *transaction_take(struct cell *cell);
int socket_take(struct cell *cell);
struct exeunt_temp temp_take(struct cell *cell);

static inline int transaction_release(sqlite3 *db)
{
    return db != NULL ? transaction_rollback(db) : 0;
}
EXEUNT_DEFINE_GUARD(transaction, sqlite3 *, NULL, transaction_release);

/* The same for blocks without a guard: takes into the cell, gives back from there. */
void cell_take(struct cell *cell);
void cell_give(void *cell);

/* Leaves the frames above it by one of the paths that are calls. Does not come back. */
void cell_leave(struct cell *cell);

/* The calling thread can be cancelled anywhere from now on. */
void cell_cancel_anywhere(void);

/* Runs the blocks of cells that share a path to their end, each in a thread of its own; a path that ends the
 * process is taken when all have their resources. Returns 0, -EPROTO if a block was left by another path than
 * its own, or the negative errno for which one had no thread or no resource. */
int cells_run(struct cell *cells, size_t count);

/* Looks, as the next one who wants the resource, whether it is to be had: 0; -EBUSY: it is still taken, or
 * what was half done is still there; otherwise the negative errno that kept us from looking. `process_ended`:
 * the block was in another process, which is no more. */
int cell_look(const char *folder, enum exit_resource resource, bool process_ended);
