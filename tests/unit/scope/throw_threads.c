/* Threads that throw, catch and suppress at once do not meet each other's failures. A plain program, so that
 * it runs under ThreadSanitizer too. */
#include <exeunt/scope.h>
#include <string.h>

enum { THREADS = 4, ROUNDS = 2000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t start;
static int balance; /* under the mutex */

static int enter(void *self)
{
    (void)self;
    return 0;
}

static int suppress_odd(void *self, const struct exeunt_failure *failure)
{
    (void)self;
    return failure && failure->code % 2 ? EXEUNT_SUPPRESS : 0;
}

static const struct exeunt_context context = {"odd", enter, suppress_odd, NULL};

static int fail_locked(void *code)
{
    EXEUNT_GUARD(mutex, held, exeunt_mutex_lock(&mutex));
    balance += *(int *)code;
    balance -= *(int *)code;
    exeunt_throw(*(int *)code, "round %d", *(int *)code);
}

static int fail_in_context(void *code)
{
    return exeunt_with(&context, fail_locked, code);
}

struct worker {
    pthread_t thread;
    int number;
    int wrong;
};

static void *run(void *arg)
{
    struct worker *worker = arg;
    pthread_barrier_wait(&start);
    for (int i = 0; i < ROUNDS; i++) {
        int code = -1 - i * THREADS - worker->number;
        char expected[32];
        struct exeunt_failure failure = {.message = "none"};
        snprintf(expected, sizeof expected, "round %d", code);
        int caught = exeunt_try(fail_in_context, &code, &failure);
        bool odd = code % 2;
        worker->wrong += caught != (odd ? 0 : code) || strcmp(failure.message, odd ? "none" : expected) != 0;
    }
    return NULL;
}

int main(void)
{
    struct worker workers[THREADS] = {0};
    int wrong = 0;
    pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        workers[i].number = i;
        if (pthread_create(&workers[i].thread, NULL, run, &workers[i]) != 0)
            return 2;
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        wrong += workers[i].wrong;
    }
    printf("%d wrong, balance %d\n", wrong, balance);
    return wrong || balance || pthread_mutex_trylock(&mutex) != 0;
}
