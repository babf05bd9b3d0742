/* The columns of the table of exit paths: one block for each kind of cleanup. Built twice, with -fexceptions
 * and without, because that is what decides. */
#include "exit_paths.h"

#include <exeunt/scope.h>

#ifdef __EXCEPTIONS
#define COLUMNS       columns
#define NAMED(column) column
#else
#define COLUMNS       columns_plain
#define NAMED(column) column "-plain"
#endif

/* Leaves the block, with the cleanup in force. Every statement is where a user would have it. */
#define LEAVE(path)                                                                                          \
    if ((path) == BY_RETURN)                                                                                 \
        return;                                                                                              \
    if ((path) == BY_GOTO)                                                                                   \
        goto out;                                                                                            \
    if ((path) == BY_BREAK)                                                                                  \
        break;                                                                                               \
    if ((path) == BY_CONTINUE)                                                                               \
        continue;                                                                                            \
    leave_by(path)

static int note_release(const char *held)
{
    if (held)
        cleanup_ran();
    return 0;
}
EXEUNT_DEFINE_GUARD(noted, const char *, NULL, note_release);

static void guard(enum path path)
{
    for (int i = 0; i < 1; i++) {
        EXEUNT_GUARD(noted, held, "held");
        LEAVE(path);
    }
out:
    return;
}

static void note_attribute(const int *variable)
{
    (void)variable;
    cleanup_ran();
}

static void attribute(enum path path)
{
    for (int i = 0; i < 1; i++) {
        __attribute__((cleanup(note_attribute))) int held = 1;
        (void)held;
        LEAVE(path);
    }
out:
    return;
}

static void note_pushed(void *arg)
{
    (void)arg;
    cleanup_ran();
}

static void push(enum path path)
{
    for (int i = 0; i < 1; i++) {
        pthread_cleanup_push(note_pushed, NULL);
        // The macro hides a loop, that is what is measured. NOLINTNEXTLINE(bugprone-terminating-continue)
        LEAVE(path);
        pthread_cleanup_pop(1);
    }
out:
    return;
}

#ifdef __EXCEPTIONS
static int note_callback(void *arg)
{
    (void)arg;
    cleanup_ran();
    return 0;
}

static void stack(enum path path)
{
    for (int i = 0; i < 1; i++) {
        EXEUNT_GUARD(stack, exits, exeunt_stack_make());
        if (exeunt_stack_push(&exits, note_callback, NULL) < 0)
            return;
        LEAVE(path);
    }
out:
    return;
}
#endif

const struct column COLUMNS[] = {
    {NAMED("guard"), guard},
    {NAMED("guard"), attribute},
    {NAMED("push"), push},
#ifdef __EXCEPTIONS
    {NAMED("stack"), stack},
#endif
    {0},
};
