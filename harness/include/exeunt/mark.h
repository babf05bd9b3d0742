/* Marks: how a program tells exeunt where its operations begin and end, and what they own.
 *
 * All functions are weak. Without exeunt's preload in the process they cost a load and a branch and do
 * nothing, so a program can carry its marks into production. Any thread may call them; none of them
 * blocks, allocates, is a cancellation point or changes errno. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What the marks call if the preload is there. Not for direct use. */
#define EXEUNT_MARK __attribute__((weak, visibility("default")))
EXEUNT_MARK void exeunt_mark_begin(uint64_t operation);
EXEUNT_MARK void exeunt_mark_end(int status);
EXEUNT_MARK void exeunt_mark_transfer(int fd);
EXEUNT_MARK void exeunt_mark_transfer_memory(void *block);
EXEUNT_MARK void exeunt_mark_transfer_lock(void *lock);
EXEUNT_MARK void exeunt_mark_took(const char *kind, uint64_t id);
EXEUNT_MARK void exeunt_mark_gave(const char *kind, uint64_t id);
EXEUNT_MARK void exeunt_mark_taken_for(int fd, const char *path, const void *caller);
EXEUNT_MARK void exeunt_mark_rest(void);
EXEUNT_MARK bool exeunt_mark_injected(int error);
EXEUNT_MARK bool exeunt_mark_stopping(void);
EXEUNT_MARK void exeunt_mark_benign(int change);
#undef EXEUNT_MARK

/* The calling thread begins operation number `operation` (the job's number as the queue gives it, below
 * 2^40 - 1). What the thread takes from here on belongs to the operation. An operation that is still
 * going on in this thread ends, as if it had succeeded; and one that goes on when the thread ends, as if it
 * had failed. That is told unless the thread was cancelled, or left by pthread_exit. Inlined even without
 * optimisation: the line that began it is the caller's. */
__attribute__((always_inline)) static inline void exeunt_begin(uint64_t operation)
{
    if (exeunt_mark_begin)
        exeunt_mark_begin(operation);
}

/* The calling thread's operation ends: `status` is 0 for success or a negative errno. Whatever it took,
 * still has and did not hand over is a leak, recorded now. Without an operation: does nothing. */
static inline void exeunt_end(int status)
{
    if (exeunt_mark_end)
        exeunt_mark_end(status);
}

/* Descriptor `fd` no longer belongs to the operation that took it: its new owner answers for it. */
static inline void exeunt_transfer(int fd)
{
    if (exeunt_mark_transfer)
        exeunt_mark_transfer(fd);
}

/* The block of memory that malloc or one of its kind returned no longer belongs to the operation that
 * allocated it, nor does it when it is reallocated. What it points to must be handed over by itself. NULL
 * is none. */
static inline void exeunt_transfer_memory(void *block)
{
    if (exeunt_mark_transfer_memory)
        exeunt_mark_transfer_memory(block);
}

/* The mutex, read-write lock or spin lock, which the calling thread holds, is handed over: any thread may
 * give it back, in any operation. */
static inline void exeunt_transfer_lock(void *lock)
{
    if (exeunt_mark_transfer_lock)
        exeunt_mark_transfer_lock(lock);
}

/* The operation took, or gave back, a resource that exeunt cannot see by itself: the connection, transaction
 * or session number `id` (an address will do). `kind` is its name, at most 23 bytes; there are at most 16
 * kinds. Any thread may give it back; to give what nobody has breaks a guarantee. Inlined even without
 * optimisation: the line that took it is the caller's. */
__attribute__((always_inline)) static inline void exeunt_took(const char *kind, uint64_t id)
{
    if (exeunt_mark_took)
        exeunt_mark_took(kind, id);
}

__attribute__((always_inline)) static inline void exeunt_gave(const char *kind, uint64_t id)
{
    if (exeunt_mark_gave)
        exeunt_mark_gave(kind, id);
}

/* For a library that takes on behalf of others: descriptor `fd`, and the temporary file `path` unless that is
 * NULL, were taken for `caller`, a return address, whose line is named instead of the library's. */
static inline void exeunt_taken_for(int fd, const char *path, const void *caller)
{
    if (exeunt_mark_taken_for)
        exeunt_mark_taken_for(fd, path, caller);
}

/* The program is at rest: no operation is going on. The first call counts the descriptors that the
 * program has for itself (the baseline), every later one those that it is left with. */
static inline void exeunt_rest(void)
{
    if (exeunt_mark_rest)
        exeunt_mark_rest();
}

/* Whether exeunt made a call of the current operation fail with the errno `error` (positive): lets a
 * service tell the outside world's EMFILE from an injected one. False without the preload. */
static inline bool exeunt_injected(int error)
{
    return exeunt_mark_injected && exeunt_mark_injected(error);
}

/* What fails in the calling thread between the two may fail unnoticed: a cache that could not be written, a
 * hint that could not be given. A sweep does not call it silent or masked if a fault that came there alone
 * changed nothing, or only the output; leaks, crashes and hangs are told all the same. May be nested; each
 * begin needs its end. A child that is forked in between begins with what its parent had. */
static inline void exeunt_benign_begin(void)
{
    if (exeunt_mark_benign)
        exeunt_mark_benign(1);
}

static inline void exeunt_benign_end(void)
{
    if (exeunt_mark_benign)
        exeunt_mark_benign(-1);
}

/* The same from here to the end of the block, by whatever way that is left; once in a block. A statement:
 *     exeunt_benign();
 * Needs gcc or clang, and -fexceptions if cancellation or an exception is among the ways. */
#define exeunt_benign()                                                                                      \
    __attribute__((cleanup(exeunt_benign_scope_end), unused)) const int exeunt_benign_scope =                \
        exeunt_benign_scope_begin()

static inline int exeunt_benign_scope_begin(void)
{
    exeunt_benign_begin();
    return 0;
}

static inline void exeunt_benign_scope_end(const int *scope)
{
    (void)scope;
    exeunt_benign_end();
}

/* Whether the program is asked to take no further jobs, so that it can end in order. */
static inline bool exeunt_stopping(void)
{
    return exeunt_mark_stopping && exeunt_mark_stopping();
}
