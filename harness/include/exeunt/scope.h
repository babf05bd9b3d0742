/* Scoped guards: context managers for C.
 *
 *     int copy(const char *from, const char *to, struct exeunt_failure *why)
 *     {
 *         EXEUNT_GUARD(fd, in, open(from, O_RDONLY | O_CLOEXEC));
 *         if (in < 0)
 *             return -errno;
 *         EXEUNT_GUARD(temp, out, exeunt_temp_make("spool", "upload-"));
 *         if (out.fd < 0)
 *             return -errno;                      // `in` is closed here
 *         ...                                     // on any exit: `in` closed, `out` closed and unlinked
 *         return exeunt_temp_rename(&out, to);    // checked close, rename; only `in` is left to close
 *     }
 *
 * Four tools, each usable without the others: guards, contexts, the exit stack, and throw and try. All of
 * it needs libc, libgcc's unwinder and -fexceptions. The objects belong to the thread that uses them; any
 * number of threads may use the library at once.
 *
 * Which exit path runs which kind of cleanup (`exeunt compare exits` measures this table, and fails if what
 * it promises does not hold):
 *
 *     handwritten   a call of the release at every exit that the author sees
 *     push-plain    pthread_cleanup_push, built without -fexceptions
 *     push          pthread_cleanup_push, built with -fexceptions
 *     guard-plain   a guard, or any variable with the attribute `cleanup`, built without -fexceptions
 *     guard         the same, built with -fexceptions
 *     exit-stack    an exit stack in a guard, built with -fexceptions
 *
 * | left by         | handwritten | push-plain | push | guard-plain | guard | exit-stack |
 * |-----------------|-------------|------------|------|-------------|-------|------------|
 * | return          | runs        | no         | runs | runs        | runs  | runs       |
 * | goto            | runs        | no         | runs | runs        | runs  | runs       |
 * | break           | runs        | runs       | runs | runs        | runs  | runs       |
 * | continue        | runs        | runs       | runs | runs        | runs  | runs       |
 * | throw           | no          | no         | runs | no          | runs  | runs       |
 * | deferred cancel | no          | runs       | runs | no          | runs  | runs       |
 * | pthread_exit    | no          | runs       | runs | no          | runs  | runs       |
 * | longjmp         | no          | no         | no   | no          | no    | no         |
 * | exit            | no          | no         | no   | no          | no    | no         |
 * | SIGKILL         | no          | no         | no   | no          | no    | no         |
 *
 * gcc and clang agree in every cell, with and without sanitizers. For pthread_cleanup_push, POSIX
 * leaves return and goto undefined, and break and continue only leave the loop that the macro hides. With the
 * process go its descriptors, sockets, locks (robust mutexes in shared memory too) and SQLite transactions;
 * its temporary files stay.
 *
 * Asynchronous cancellation guarantees nothing. Never goto past a guard. Frames that are unwound must have
 * been built with -fexceptions: a frame that was not is left without its cleanups. */
#pragma once

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Without -fexceptions cancellation, pthread_exit and throw skip the guards of a frame, in silence. Who knows
 * that and accepts it defines EXEUNT_SCOPE_NO_UNWIND; throw, EXEUNT_TRY and EXEUNT_WITH are then left out. */
#if !defined(__EXCEPTIONS) && !defined(EXEUNT_SCOPE_NO_UNWIND)
#error "exeunt/scope.h needs -fexceptions, or EXEUNT_SCOPE_NO_UNWIND to accept skipped guards"
#endif

#pragma GCC visibility push(default)

/* Of functions that take a lock: inlined, so that whoever watches locks sees the line of the caller. */
#define EXEUNT_INLINE static inline __attribute__((always_inline, unused))

/* ---- Failures and the reporter ---------------------------------------------------------------------- */

/* Why a block is left. A plain value: copy it freely. `file` is a string literal. */
struct exeunt_failure {
    int code;          /* a negative errno, or any number of the application's but 0 and EXEUNT_SUPPRESS */
    char message[240]; /* one sentence; what does not fit is cut off */
    const char *file;  /* where it was thrown, or the call whose block returned it; "" if not known */
    int line;
};

/* What is released, and where it was declared. Strings are literals. */
struct exeunt_place {
    const char *kind; /* "fd", "mutex", "context", "callback", ... */
    const char *name; /* of the variable, context or function */
    const char *file;
    int line;
};

/* Told of each release that fails where nobody can be returned an error. Runs in the thread that releases,
 * with cancellation off; must not throw. */
typedef void exeunt_reporter(const struct exeunt_place *place, const struct exeunt_failure *failure);

/* Sets the reporter of the process and returns the one before; NULL stands for the default, which writes
 * one line to stderr. Any thread, at any time. */
exeunt_reporter *exeunt_scope_set_reporter(exeunt_reporter *reporter);

/* Reports that releasing `place` failed with `code`, a negative errno. Keeps errno. */
void exeunt_scope_report(const struct exeunt_place *place, int code);

/* ---- Guards ----------------------------------------------------------------------------------------- */

/* Declares the variable `name` of the kind's type and sets it to the value of the expression, which may
 * well be a failure: `if (in < 0) return -errno;`. What it then holds is released when its block is left.
 * Deferred cancellation is off from before the expression until the guard holds its value, and during the
 * release: an expression that blocks cannot be cancelled. It must not jump out (return, goto); it may
 * throw. Release keeps errno; a failure of it goes to the reporter. */
#define EXEUNT_GUARD(kind, name, ...)                                                                        \
    static const struct exeunt_place exeunt_place_of_##name = {#kind, #name, __FILE__, __LINE__};            \
    exeunt_type_##kind name = exeunt_empty_##kind();                                                         \
    __attribute__((cleanup(exeunt_leave_##kind))) struct exeunt_guard exeunt_guard_of_##name = {             \
        &(name), &exeunt_place_of_##name, exeunt_cancel_off()};                                              \
    (name) = (__VA_ARGS__);                                                                                  \
    exeunt_guard_holds(&exeunt_guard_of_##name)

/* Hands ownership over: yields the value, leaves the guard empty. */
#define EXEUNT_TAKE(kind, name) exeunt_take_##kind(&(name))

/* Releases now: 0 or the negative errno of the release. The guard is left empty either way. Keeps errno. */
#define EXEUNT_RELEASE(kind, name) exeunt_release_##kind(&(name))

/* Defines a kind of guard. `empty` is the value that holds nothing; `int release(type value)` returns 0 or
 * a negative errno and must accept, and answer 0 to, `empty` and whatever a failed acquire yields. It must
 * not throw.
 *
 *     static int database_close(sqlite3 *database);
 *     EXEUNT_DEFINE_GUARD(database, sqlite3 *, NULL, database_close);
 *     ...
 *     EXEUNT_GUARD(database, db, database_open(path)); */
#define EXEUNT_DEFINE_GUARD(kind, type, empty, release)                                                      \
    static inline __attribute__((unused)) type exeunt_empty_##kind(void)                                     \
    {                                                                                                        \
        return empty;                                                                                        \
    }                                                                                                        \
    static inline __attribute__((unused, warn_unused_result)) type exeunt_take_##kind(type *variable)        \
    {                                                                                                        \
        type value = *variable;                                                                              \
        *variable = empty;                                                                                   \
        return value;                                                                                        \
    }                                                                                                        \
    static inline __attribute__((unused)) int exeunt_release_##kind(void *variable)                          \
    {                                                                                                        \
        int errno_kept = errno;                                                                              \
        int cancel_state = exeunt_cancel_off();                                                              \
        int code = release(exeunt_take_##kind(variable));                                                    \
        exeunt_cancel_restore(cancel_state);                                                                 \
        errno = errno_kept;                                                                                  \
        return code;                                                                                         \
    }                                                                                                        \
    static inline __attribute__((unused)) void exeunt_leave_##kind(struct exeunt_guard *guard)               \
    {                                                                                                        \
        int code = exeunt_release_##kind(guard->variable);                                                   \
        if (__builtin_expect(code != 0, 0))                                                                  \
            exeunt_scope_report(guard->place, code);                                                         \
    }                                                                                                        \
    typedef type exeunt_type_##kind

/* What a guard keeps beside its variable. Not for direct use, nor are the functions after it. */
struct exeunt_guard {
    void *variable;
    const struct exeunt_place *place;
    int cancel_state; /* of the thread, before the guard */
};

static inline int exeunt_cancel_off(void)
{
    int state;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    return state;
}

static inline void exeunt_cancel_restore(int state)
{
    pthread_setcancelstate(state, NULL);
}

#ifdef __clang_analyzer__ /* knows nothing of cleanups: what the guard holds has to leave its sight */
void exeunt_guard_holds(struct exeunt_guard *guard);
#else
static inline void exeunt_guard_holds(struct exeunt_guard *guard)
{
    exeunt_cancel_restore(guard->cancel_state);
}
#endif

/* fd: a descriptor. close() on Linux has released it even if it fails: it is never called again.
 *     EXEUNT_GUARD(fd, in, open(path, O_RDONLY | O_CLOEXEC));   if (in < 0) ... */
int exeunt_fd_release(int fd);
EXEUNT_DEFINE_GUARD(fd, int, -1, exeunt_fd_release);

/* socket: as fd, but shut down in both directions first, so that copies of the descriptor end too. */
int exeunt_socket_release(int fd);
EXEUNT_DEFINE_GUARD(socket, int, -1, exeunt_socket_release);

/* file: a stream. EXEUNT_RELEASE gives the failure of the last flush.
 *     EXEUNT_GUARD(file, log, fopen(path, "ae"));   if (!log) ... */
int exeunt_file_release(FILE *file);
EXEUNT_DEFINE_GUARD(file, FILE *, NULL, exeunt_file_release);

/* memory: what malloc and its kin return. */
int exeunt_memory_release(void *memory);
EXEUNT_DEFINE_GUARD(memory, void *, NULL, exeunt_memory_release);

/* mutex, rwlock: a lock that the thread holds. The acquiring functions return their argument, or NULL with
 * errno set if the lock is not held (EDEADLK, EBUSY from a try, ...).
 *     EXEUNT_GUARD(mutex, held, exeunt_mutex_lock(&queue->mutex));   if (!held) ...
 * A robust mutex whose owner died is held: returned with errno EOWNERDEAD, otherwise errno is untouched. */
EXEUNT_INLINE pthread_mutex_t *exeunt_mutex_lock(pthread_mutex_t *mutex);
EXEUNT_INLINE pthread_mutex_t *exeunt_mutex_trylock(pthread_mutex_t *mutex);
int exeunt_mutex_release(pthread_mutex_t *mutex);
EXEUNT_DEFINE_GUARD(mutex, pthread_mutex_t *, NULL, exeunt_mutex_release);

EXEUNT_INLINE pthread_rwlock_t *exeunt_rwlock_read(pthread_rwlock_t *lock);
EXEUNT_INLINE pthread_rwlock_t *exeunt_rwlock_write(pthread_rwlock_t *lock);
EXEUNT_INLINE pthread_rwlock_t *exeunt_rwlock_tryread(pthread_rwlock_t *lock);
EXEUNT_INLINE pthread_rwlock_t *exeunt_rwlock_trywrite(pthread_rwlock_t *lock);
int exeunt_rwlock_release(pthread_rwlock_t *lock);
EXEUNT_DEFINE_GUARD(rwlock, pthread_rwlock_t *, NULL, exeunt_rwlock_release);

/* What stands behind the lock guards. Not for direct use. */
pthread_mutex_t *exeunt_mutex_held(pthread_mutex_t *mutex, int error);
pthread_rwlock_t *exeunt_rwlock_held(pthread_rwlock_t *lock, int error);

EXEUNT_INLINE pthread_mutex_t *exeunt_mutex_lock(pthread_mutex_t *mutex)
{
    return exeunt_mutex_held(mutex, pthread_mutex_lock(mutex));
}

EXEUNT_INLINE pthread_mutex_t *exeunt_mutex_trylock(pthread_mutex_t *mutex)
{
    return exeunt_mutex_held(mutex, pthread_mutex_trylock(mutex));
}

EXEUNT_INLINE pthread_rwlock_t *exeunt_rwlock_read(pthread_rwlock_t *lock)
{
    return exeunt_rwlock_held(lock, pthread_rwlock_rdlock(lock));
}

EXEUNT_INLINE pthread_rwlock_t *exeunt_rwlock_write(pthread_rwlock_t *lock)
{
    return exeunt_rwlock_held(lock, pthread_rwlock_wrlock(lock));
}

EXEUNT_INLINE pthread_rwlock_t *exeunt_rwlock_tryread(pthread_rwlock_t *lock)
{
    return exeunt_rwlock_held(lock, pthread_rwlock_tryrdlock(lock));
}

EXEUNT_INLINE pthread_rwlock_t *exeunt_rwlock_trywrite(pthread_rwlock_t *lock)
{
    return exeunt_rwlock_held(lock, pthread_rwlock_trywrlock(lock));
}

/* temp: a temporary file, closed and unlinked unless it is kept. */
struct exeunt_temp {
    int fd;     /* open for reading and writing, close-on-exec; -1 if there is none or it is closed */
    char *path; /* on the heap, of any length; NULL if there is no file that is ours to unlink */
};

/* Makes a new file DIR/PREFIXxxxxxx, mode 0600. On failure fd is -1, path NULL and errno set. Without a
 * guard the caller owns both members. */
struct exeunt_temp exeunt_temp_make(const char *dir, const char *prefix);

/* Closes the descriptor now; the file is still unlinked at the end. 0 or a negative errno. */
int exeunt_temp_close(struct exeunt_temp *temp);

/* The file stays: it is no longer unlinked. The path is freed, the descriptor still closed at the end. */
void exeunt_temp_keep(struct exeunt_temp *temp);

/* Closes, renames to `target` and keeps, with cancellation off. 0, or a negative errno of the step that
 * failed: the file is then still unlinked at the end. Syncing to disk before is the caller's choice. */
int exeunt_temp_rename(struct exeunt_temp *temp, const char *target);

int exeunt_temp_release(struct exeunt_temp temp);
EXEUNT_DEFINE_GUARD(temp, struct exeunt_temp, ((struct exeunt_temp){-1, NULL}), exeunt_temp_release);

/* ---- Contexts --------------------------------------------------------------------------------------- */

/* What an exit returns to say: there was a failure, and it ends here. */
enum { EXEUNT_SUPPRESS = INT_MAX };

/* Enter and exit as a pair, class style. Both run with cancellation off; exit keeps errno.
 *
 * enter: 0 or a negative errno; may throw. NULL: nothing to do. Unless it returns 0, exit does not run.
 * exit: is told why the block is left: `failure` is NULL if it reached its end. Returns 0 (a failure goes
 * on), EXEUNT_SUPPRESS (it ends here), or a negative errno: it failed itself; may throw instead. Its own
 * failure becomes the block's if there was none; otherwise it is reported and the first one goes on.
 *
 * A thread that is cancelled or calls pthread_exit inside the block is told as -ECANCELED and cannot be
 * suppressed. The caller keeps the object, and what `self` points to, alive until the block is left. */
struct exeunt_context {
    const char *name; /* for reports */
    int (*enter)(void *self);
    int (*exit)(void *self, const struct exeunt_failure *failure);
    void *self;
};

/* A block as a function: 0, or what went wrong as a negative errno; may throw instead. */
typedef int exeunt_block(void *arg);

/* Runs block(arg) within `context`. Failures keep the way they came by: what enter, the block or exit
 * returned is returned, what they threw is thrown on. 0 if all went well or the failure was suppressed. */
#define exeunt_with(context, block, arg)                                                                     \
    exeunt_with_at(EXEUNT_PLACE("block", #block), (context), (block), (arg))

/* Generator style: one function is both halves.
 *
 *     static int transaction(struct exeunt_yield *yield, void *database)
 *     {
 *         EXEUNT_GUARD(mutex, held, exeunt_mutex_lock(...));               // enter: before the yield
 *         const struct exeunt_failure *failure = exeunt_yield(yield);      // the block
 *         return failure ? rollback(database) : commit(database);          // exit: after it
 *     }
 *
 * The rules of enter hold before the yield, those of exit after it, return values included. The block may
 * return or throw, the generator goes on behind the yield. Only cancellation and pthread_exit do not come
 * back to it: they run the guards in its frame and nothing else, so what must always be undone is a guard.
 * Not to yield is -EPROTO unless the generator returned a code of its own. */
struct exeunt_yield;
typedef int exeunt_generator(struct exeunt_yield *yield, void *arg);

/* Runs block(arg) within generator(generator_arg); returns and throws as exeunt_with does. */
#define exeunt_with_generator(generator, generator_arg, block, arg)                                          \
    exeunt_with_generator_at(EXEUNT_PLACE("generator", #generator), (generator), (generator_arg), (block),   \
                             (arg))

/* Runs the block, once. NULL if it returned 0; otherwise its failure, valid until the generator returns. */
const struct exeunt_failure *exeunt_yield(struct exeunt_yield *yield);

/* The place of a call, for the macros here. */
#define EXEUNT_PLACE(kind, name) (&(const struct exeunt_place){(kind), (name), __FILE__, __LINE__})
int exeunt_with_at(const struct exeunt_place *place, const struct exeunt_context *context,
                   exeunt_block *block, void *arg);
int exeunt_with_generator_at(const struct exeunt_place *place, exeunt_generator *generator,
                             void *generator_arg, exeunt_block *block, void *arg);

/* ---- Exit stack ------------------------------------------------------------------------------------- */

/* Exits whose number is known only at run time. They run last in, first out; all of them run even if one
 * fails or throws. Zeroed: empty. As a guard it runs on every path; since C cannot tell a return from
 * cancellation, exits are then told the failure in flight, or -ECANCELED, and cannot suppress it: say that
 * all is well with exeunt_stack_close(&exits, NULL), or use exeunt_stack_context.
 *
 *     EXEUNT_GUARD(stack, exits, exeunt_stack_make());
 *     for (...) {
 *         EXEUNT_GUARD(fd, shard, open(...));
 *         if (shard < 0 || EXEUNT_STACK_TAKE(fd, &exits, shard) < 0)
 *             return -errno;
 *     }
 *     return exeunt_stack_close(&exits, NULL); */
struct exeunt_stack {
    struct exeunt_stack_entry *top;
};

static inline struct exeunt_stack exeunt_stack_make(void)
{
    return (struct exeunt_stack){NULL};
}

/* Pushes `int callback(void *arg)`, which returns 0 or a negative errno. 0, or -ENOMEM: nothing pushed. */
#define exeunt_stack_push(stack, callback, arg)                                                              \
    exeunt_stack_push_at(EXEUNT_PLACE("callback", #callback), (stack), (callback), (arg))

/* Enters the context and pushes its exit; `context` itself is copied. 0, or -ENOMEM or what enter returned:
 * nothing is then entered or pushed. */
#define exeunt_stack_enter(stack, context)                                                                   \
    exeunt_stack_enter_at(EXEUNT_PLACE("context", #context), (stack), (context))

/* Hands what the guard `name` holds over to the stack. 0, or -ENOMEM with errno set: still the guard's. */
#define EXEUNT_STACK_TAKE(kind, stack, name)                                                                 \
    (exeunt_stack_hold_at(EXEUNT_PLACE(#kind, #name), (stack), exeunt_release_##kind, &(name), sizeof(name)) \
         ? -ENOMEM                                                                                           \
         : ((name) = exeunt_empty_##kind(), 0))

/* Hands all exits on to the stack that is returned; `from` is left empty. */
struct exeunt_stack exeunt_stack_move(struct exeunt_stack *from);

/* Runs and removes all exits; `failure` is NULL if the block reached its end. Its result has the meaning of
 * the result of a context's exit. A failing exit's failure is what the exits below it are told; after one
 * that suppresses, another's failure stands alone. */
int exeunt_stack_close(struct exeunt_stack *stack, const struct exeunt_failure *failure);

/* The stack as a context: its exits are told exactly, and may suppress. */
struct exeunt_context exeunt_stack_context(struct exeunt_stack *stack);

int exeunt_stack_push_at(const struct exeunt_place *place, struct exeunt_stack *stack,
                         int (*callback)(void *), void *arg);
int exeunt_stack_enter_at(const struct exeunt_place *place, struct exeunt_stack *stack,
                          const struct exeunt_context *context);
int exeunt_stack_hold_at(const struct exeunt_place *place, struct exeunt_stack *stack, int (*release)(void *),
                         const void *value, size_t size);
int exeunt_stack_release(struct exeunt_stack stack);
EXEUNT_DEFINE_GUARD(stack, struct exeunt_stack, ((struct exeunt_stack){NULL}), exeunt_stack_release);

/* ---- Throw and try ---------------------------------------------------------------------------------- */

/* Runs block(arg). Returns 0, or the code that it returned or threw, with `failure` (if not NULL) set. */
#define exeunt_try(block, arg, failure)                                                                      \
    exeunt_try_at(EXEUNT_PLACE("block", #block), (block), (arg), (failure))
int exeunt_try_at(const struct exeunt_place *place, exeunt_block *block, void *arg,
                  struct exeunt_failure *failure);

#ifdef __EXCEPTIONS
#include <setjmp.h>
#include <unwind.h>

/* Throws: leaves every frame up to the innermost try or context of this thread, running all guards on the
 * way. Cancellation is off meanwhile; where the failure lands it is what it was on entry. If there is no
 * such block: says so and aborts. `code` must not be 0 or EXEUNT_SUPPRESS. A cleanup may try and catch
 * within itself; a failure that leaves it while another is on its way aborts, and it must not call
 * pthread_exit then. Not from signal handlers. C++ frames on the way run their destructors; one that catches
 * (...) and does not throw on aborts. */
#define exeunt_throw(code, ...) exeunt_throw_at(__FILE__, __LINE__, (code), __VA_ARGS__)

/* Throws a failure that was caught before, as it is. */
_Noreturn void exeunt_rethrow(const struct exeunt_failure *failure);

_Noreturn void exeunt_throw_at(const char *file, int line, int code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Try as a block. In the second block `name` is the failure, a const struct exeunt_failure *.
 *
 *     EXEUNT_TRY(failure)
 *     {
 *         ...
 *     }
 *     EXEUNT_CATCH(failure)
 *     {
 *         fprintf(stderr, "%s\n", failure->message);
 *     }
 *
 * Locals of this function that the first block changes and that are read later must be `volatile`;
 * gcc's -Wclobbered asks for it too, now and then in vain. `break` and `continue` leave only these blocks;
 * return and goto may leave them; longjmp must not. */
#define EXEUNT_TRY(name)                                                                                     \
    for (struct exeunt_landing exeunt_landing_of_##name __attribute__((cleanup(exeunt_landing_leave))),      \
         *exeunt_once_of_##name = exeunt_landing_open(&exeunt_landing_of_##name);                            \
         exeunt_once_of_##name; exeunt_once_of_##name = NULL)                                                \
        if (_setjmp(exeunt_landing_of_##name.jump) == 0)
#define EXEUNT_CATCH(name)                                                                                   \
    else for (const struct exeunt_failure *name = &exeunt_landing_of_##name.failure; name; name = NULL)

/* A context as a block.
 *
 *     EXEUNT_WITH(&transaction)
 *     {
 *         ...
 *     }
 *
 * The end of the block, `break` and `continue` leave it well. return and goto cannot be told from
 * cancellation, so exit is told -ECANCELED, the safe answer. Failures of enter, and of exit at the end, are
 * thrown. Locals and longjmp: as for EXEUNT_TRY. */
#define EXEUNT_WITH(context)              EXEUNT_WITH_NUMBERED(__COUNTER__, context)
#define EXEUNT_WITH_NUMBERED(id, context) EXEUNT_WITH_NAMED(id, context)
#define EXEUNT_WITH_NAMED(id, within)                                                                        \
    for (struct exeunt_with exeunt_with_##id __attribute__((                                                 \
             cleanup(exeunt_with_leave))) = {.context = (within), .file = __FILE__, .line = __LINE__};       \
         exeunt_with_enter(&exeunt_with_##id); exeunt_with_end(&exeunt_with_##id))                           \
        if (_setjmp(exeunt_with_##id.landing.jump) != 0)                                                     \
            exeunt_with_failed(&exeunt_with_##id);                                                           \
        else                                                                                                 \
            for (bool exeunt_once_##id = true; exeunt_once_##id; exeunt_once_##id = false)

/* A place where a failure lands: a marker in the frame that catches, whose cleanup runs after those of the
 * guards within and ends the unwinding, if it was meant for it. Not for direct use, nor is what follows. */
struct exeunt_landing {
    jmp_buf jump;
    struct _Unwind_Exception exception;
    struct exeunt_failure failure;
    struct exeunt_landing *outer;
    int cancel_state; /* of the thread, on entry */
    enum { EXEUNT_LANDING_LEFT, EXEUNT_LANDING_OPEN, EXEUNT_LANDING_THROWN } state;
};

struct exeunt_with {
    struct exeunt_landing landing;
    const struct exeunt_context *context;
    const char *file;
    int line;
    enum { EXEUNT_WITH_NEW, EXEUNT_WITH_ENTERED, EXEUNT_WITH_LEFT } state;
};

struct exeunt_landing *exeunt_landing_open(struct exeunt_landing *landing);
void exeunt_landing_leave(struct exeunt_landing *landing);
bool exeunt_with_enter(struct exeunt_with *with);
void exeunt_with_end(struct exeunt_with *with);
void exeunt_with_failed(struct exeunt_with *with);
void exeunt_with_leave(struct exeunt_with *with);
#endif /* __EXCEPTIONS */

#pragma GCC visibility pop
