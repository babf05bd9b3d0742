/* Threads that are cancelled in their calls. Whatever such a thread held, nobody gives back: so afterwards
 * libfiu and the ledger must be as usable as before. */
#include <dlfcn.h>
#include <fcntl.h>
#include <fiu-control.h>
#include <fiu.h>
#include <pthread.h>
#include <unistd.h>

#include "calls.h"
#include "exeunt/mark.h"
#include "slots.h"

enum { CALLS_MAX = 3, SECONDS_MAX = 20 };

/* The number of locks that the thread takes until a cancellation comes upon it, holding the last; 0: none
 * comes. On the way through libfiu the wrapper's own lock is the first, libfiu's the second. */
enum { LOCKS_THROUGH_LIBFIU = 2 };
static __thread unsigned locks_to_come;
static bool came;

/* libfiu's calls come here. */
__attribute__((visibility("default"))) int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    static int (*real)(pthread_rwlock_t *);
    if (real == NULL)
        real = (int (*)(pthread_rwlock_t *))dlsym(RTLD_NEXT, "pthread_rwlock_rdlock");
    int result = real(lock);
    if (locks_to_come != 0 && --locks_to_come == 0) {
        came = true;
        pthread_cancel(pthread_self());
    }
    return result;
}

/* A thread's calls, the last of which it is cancelled in. */
struct attempt {
    const struct function *function;
    struct fixture fixtures[CALLS_MAX];
    unsigned calls;
    bool asynchronous; /* within libfiu; else pending before the call */
};

static void *attempt(void *argument)
{
    struct attempt *attempt = argument;
    exeunt_begin(attempt->calls);
    for (unsigned i = 0; i < attempt->calls; i++) {
        prepare_call(attempt->function, &attempt->fixtures[i]);
        if (i + 1 == attempt->calls && attempt->asynchronous) {
            locks_to_come = LOCKS_THROUGH_LIBFIU;
            pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
        } else if (i + 1 == attempt->calls) {
            pthread_cancel(pthread_self());
        }
        attempt->function->call(&attempt->fixtures[i]);
    }
    pthread_testcancel();
    return NULL;
}

static void cancel_in_call(const struct function *function, unsigned calls, bool asynchronous)
{
    struct attempt one = {.function = function, .calls = calls, .asynchronous = asynchronous};
    const char *how = asynchronous ? "cancelled in libfiu" : "cancelled";
    pthread_t thread;
    void *result = NULL;
    for (unsigned i = 0; i < calls; i++)
        fixture_make(&one.fixtures[i]);
    came = !asynchronous;
    int failed = pthread_create(&thread, NULL, attempt, &one);
    expect(failed == 0 && pthread_join(thread, &result) == 0, function->name, how, "there was no thread");
    expect(came && result == PTHREAD_CANCELED, function->name, how, "was not cancelled");
    expect(slots_agree(), function->name, how, "the ledger holds what the kernel does not");
    for (unsigned i = 0; i < calls; i++)
        fixture_remove(&one.fixtures[i]);
}

/* In a thread that has no part in the plan. */
static void *use_all(void *result)
{
    struct slots before = slots_now();
    bool usable = fiu_enable("app/unknown", 7, NULL, 0) == 0 && fiu_fail("app/unknown") == 7 &&
                  fiu_disable("app/unknown") == 0 && fiu_fail("app/unknown") == 0;
    int fd = open("/dev/null", O_RDONLY);
    *(bool *)result = usable && fd >= 0 && slots_taken_since(&before) && close(fd) == 0 && slots_agree();
    return NULL;
}

void cancel_calls(const struct function *function, bool has_errnos)
{
    pthread_t thread;
    bool usable = false;
    alarm(SECONDS_MAX);
    for (unsigned calls = 1; calls <= (function->effect == REPLACES ? 1 : CALLS_MAX); calls++)
        cancel_in_call(function, calls, false);
    if (has_errnos)
        cancel_in_call(function, 1, true);
    expect(pthread_create(&thread, NULL, use_all, &usable) == 0 && pthread_join(thread, NULL) == 0 && usable,
           function->name, "cancelled", "leaves libfiu or the ledger unusable");
}
