/* The blocks of the table of exit paths. Built twice, with -fexceptions and without: that decides which
 * cleanups run when a frame is unwound. Every statement is where a user would have it. */
#include "exit_scenes.h"

#ifdef __EXCEPTIONS
#define BUILT(scene) scene
#else
#define BUILT(scene) scene##_plain
#endif

/* Leaves the block, with the cleanup in force. The place that is cancelled asynchronously is in the block's
 * own frame and calls nothing: of a call the compiler knows that it may be left. */
#define LEAVE(cell)                                                                                          \
    if (!(cell)->taken || (cell)->path == BY_RETURN)                                                         \
        return;                                                                                              \
    if ((cell)->path == BY_GOTO)                                                                             \
        goto out;                                                                                            \
    if ((cell)->path == BY_BREAK)                                                                            \
        break;                                                                                               \
    if ((cell)->path == BY_CONTINUE)                                                                         \
        continue;                                                                                            \
    if ((cell)->path == BY_ASYNC_CANCEL) {                                                                   \
        cell_cancel_anywhere();                                                                              \
        for (;;)                                                                                             \
            atomic_fetch_add_explicit(&(cell)->spins, 1, memory_order_relaxed);                              \
    }                                                                                                        \
    cell_leave(cell)

void BUILT(exit_push)(struct cell *cell)
{
    cell_take(cell);
    for (int i = 0; i < 1; i++) {
        pthread_cleanup_push(cell_give, cell);
        // The macro hides a loop, that is what is measured. NOLINTNEXTLINE(bugprone-terminating-continue)
        LEAVE(cell);
        pthread_cleanup_pop(1);
    }
out:
    return;
}

#define GUARDED(kind, take)                                                                                  \
    static void guard_##kind(struct cell *cell)                                                              \
    {                                                                                                        \
        for (int i = 0; i < 1; i++) {                                                                        \
            EXEUNT_GUARD(kind, held, take(cell));                                                            \
            LEAVE(cell);                                                                                     \
        }                                                                                                    \
    out:                                                                                                     \
        return;                                                                                              \
    }
GUARDED(fd, descriptor_take)
GUARDED(mutex, mutex_take)
GUARDED(transaction, transaction_take)
GUARDED(socket, socket_take)
GUARDED(temp, temp_take)

void BUILT(exit_guard)(struct cell *cell)
{
    static exit_scene *const scenes[EXIT_RESOURCES] = {guard_fd, guard_mutex, guard_transaction, guard_socket,
                                                       guard_temp};
    scenes[cell->resource](cell);
}

#ifdef __EXCEPTIONS
void exit_unguarded(struct cell *cell)
{
    for (int i = 0; i < 1; i++) {
        cell_take(cell);
        LEAVE(cell);
        cell_give(cell); /* the only way out that was thought of */
    }
out:
    return;
}

void exit_handwritten(struct cell *cell)
{
    cell_take(cell);
    for (int i = 0; i < 1; i++) {
        if (cell->taken && cell->path == BY_RETURN) {
            cell_give(cell);
            return;
        }
        LEAVE(cell);
    }
out:
    cell_give(cell);
}

#define STACKED(kind, take)                                                                                  \
    static void stack_##kind(struct cell *cell)                                                              \
    {                                                                                                        \
        for (int i = 0; i < 1; i++) {                                                                        \
            EXEUNT_GUARD(stack, exits, exeunt_stack_make());                                                 \
            EXEUNT_GUARD(kind, held, take(cell));                                                            \
            if (EXEUNT_STACK_TAKE(kind, &exits, held) < 0)                                                   \
                return;                                                                                      \
            LEAVE(cell);                                                                                     \
        }                                                                                                    \
    out:                                                                                                     \
        return;                                                                                              \
    }
// The stack keeps the pointer itself. NOLINTBEGIN(bugprone-sizeof-expression)
STACKED(fd, descriptor_take)
STACKED(mutex, mutex_take)
STACKED(transaction, transaction_take)
STACKED(socket, socket_take)
STACKED(temp, temp_take)
// NOLINTEND(bugprone-sizeof-expression)

void exit_stack(struct cell *cell)
{
    static exit_scene *const scenes[EXIT_RESOURCES] = {stack_fd, stack_mutex, stack_transaction, stack_socket,
                                                       stack_temp};
    scenes[cell->resource](cell);
}
#endif
