#include "cancellation.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash.h"
#include "exeunt/mark.h"
#include "scratch.h"

enum { LANES = 4, KINDS = 8 };

/* What the calling thread holds, and at which place or call from here on it is cancelled; 0: at none. */
static _Thread_local struct {
    int places_left, calls_left;
    int locks, descriptors;
    struct {
        const char *kind;
        int count;
    } told[KINDS]; /* resources, by the marks */
    bool at_work;
} self;

/* What all threads share. */
static struct {
    const struct cancellation *cancellation;
    const struct exeunt_workload *workload;
    exeunt_operation *operation;
    void *state;
    uint64_t seed, wanted;
    _Atomic uint64_t next, cancelled, succeeded, left;
    bool is_control; /* what is left is no news */
} test;

static void count_down(int *left)
{
    if (*left > 0 && --*left == 0)
        pthread_cancel(pthread_self());
}

void cancellation_place(void)
{
    count_down(&self.places_left);
}

bool cancellation_call(void)
{
    int state;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    pthread_setcancelstate(state, NULL);
    bool wrong = self.at_work && state != PTHREAD_CANCEL_DISABLE;
    if (wrong)
        atomic_fetch_add(&test.left, 1);
    count_down(&self.calls_left);
    return !wrong;
}

void cancellation_count_descriptor(int by)
{
    self.descriptors += by;
}

void __real_pthread_testcancel(void);
void __wrap_pthread_testcancel(void);
void __wrap_pthread_testcancel(void)
{
    cancellation_place();
    __real_pthread_testcancel();
}

#define COUNT_LOCKS(name, type, by)                                                                          \
    int __real_##name(type *lock);                                                                           \
    int __wrap_##name(type *lock);                                                                           \
    int __wrap_##name(type *lock)                                                                            \
    {                                                                                                        \
        int failed = __real_##name(lock);                                                                    \
        self.locks += failed == 0 ? (by) : 0;                                                                \
        return failed;                                                                                       \
    }
COUNT_LOCKS(pthread_mutex_lock, pthread_mutex_t, 1)
COUNT_LOCKS(pthread_mutex_unlock, pthread_mutex_t, -1)
COUNT_LOCKS(pthread_rwlock_rdlock, pthread_rwlock_t, 1)
COUNT_LOCKS(pthread_rwlock_unlock, pthread_rwlock_t, -1)

/* The marks stand for the preload. */
static void count_told(const char *kind, int by)
{
    size_t i = 0;
    while (i < KINDS && self.told[i].kind != NULL && strcmp(self.told[i].kind, kind) != 0)
        i++;
    if (i == KINDS)
        abort();
    self.told[i].kind = kind;
    /* Told of what there is not: SQLite may have ended a transaction before. */
    if (self.told[i].count + by >= 0)
        self.told[i].count += by;
}

void exeunt_mark_took(const char *kind, uint64_t id)
{
    (void)id;
    count_told(kind, 1);
}

void exeunt_mark_gave(const char *kind, uint64_t id)
{
    (void)id;
    count_told(kind, -1);
}

static unsigned count_descriptors(void)
{
    DIR *listing = opendir("/proc/self/fd");
    unsigned count = 0;
    if (listing == NULL)
        abort();
    while (readdir(listing) != NULL)
        count++;
    closedir(listing);
    return count;
}

/* One thread, one operation. What it holds when it ends, however it ends, is told by the destructor of a key.
 */
static pthread_key_t at_end;

static void tell_left(void *number)
{
    bool any = self.locks != 0 || self.descriptors != 0;
    for (size_t i = 0; i < KINDS; i++)
        any |= self.told[i].count != 0;
    if (!any)
        return;
    atomic_fetch_add(&test.left, 1);
    if (test.is_control)
        return;
    fprintf(stderr, "operation %llu left %d locks, %d descriptors", (unsigned long long)(uintptr_t)number - 1,
            self.locks, self.descriptors);
    for (size_t i = 0; i < KINDS && self.told[i].kind != NULL; i++)
        fprintf(stderr, ", %d of %s", self.told[i].count, self.told[i].kind);
    fputc('\n', stderr);
}

static void *operate(void *of)
{
    uint64_t number = (uintptr_t)of;
    pthread_setspecific(at_end, (void *)(uintptr_t)(number + 1));
    uint64_t draw = hash_add(test.seed, number);
    unsigned places = (unsigned)test.cancellation->places, calls = (unsigned)test.cancellation->calls;
    bool at_place = calls == 0 || draw % 2 == 0;
    self.places_left = at_place ? 1 + (int)(hash_mix(draw) % places) : 0;
    self.calls_left = at_place ? 0 : 1 + (int)(hash_mix(draw) % calls);
    self.at_work = true;
    if (test.operation(test.state, number) == 0)
        atomic_fetch_add(&test.succeeded, 1);
    return NULL;
}

/* True if it was cancelled. */
static bool run_operation(uint64_t number)
{
    pthread_t thread;
    void *result;
    if (pthread_create(&thread, NULL, operate, (void *)(uintptr_t)number) != 0 ||
        pthread_join(thread, &result) != 0)
        abort();
    return result == PTHREAD_CANCELED;
}

static void *lane(void *nothing)
{
    while (test.cancelled < test.wanted && test.left == 0)
        if (run_operation(atomic_fetch_add(&test.next, 1)))
            test.cancelled++;
    return nothing;
}

static exeunt_operation *variant_named(const char *name)
{
    for (const struct exeunt_variant *variant = test.workload->variants; variant->name != NULL; variant++)
        if (strcmp(variant->name, name) == 0)
            return variant->operation;
    abort();
}

static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static void open_state(const struct exeunt_job_site *site)
{
    struct exeunt_reason reason = {""};
    if (test.workload->open(site, &test.state, &reason) != 0)
        fail(reason.text);
    if (test.cancellation->opened != NULL)
        test.cancellation->opened();
}

/* Whether an operation without guards, the first that is cancelled, is seen to leave what it had. */
static bool control_is_caught(const struct exeunt_job_site *site)
{
    enum { TRIED_MAX = 1000 };
    open_state(site);
    test.operation = variant_named("handwritten");
    test.is_control = true;
    for (uint64_t number = 0; number < TRIED_MAX; number++)
        if (run_operation(number))
            return test.left == 1;
    return false;
}

/* In a process of its own, since nobody can use the locks after it. What it stored is taken out again. */
static void expect_control_caught(const struct exeunt_job_site *site)
{
    pid_t child = fork();
    if (child == 0)
        _exit(control_is_caught(site) ? 0 : 1);
    int status;
    if (waitpid(child, &status, 0) != child || status != 0)
        fail("a cancelled operation without guards was not seen to leave anything");
    struct exeunt_check found;
    struct exeunt_reason reason = {""};
    if (test.workload->check(site, &found, &reason) != 0)
        fail(reason.text);
}

static void run_lanes(void)
{
    pthread_t lanes[LANES];
    for (int i = 0; i < LANES; i++)
        if (pthread_create(&lanes[i], NULL, lane, NULL) != 0)
            abort();
    for (int i = 0; i < LANES; i++)
        pthread_join(lanes[i], NULL);
}

static void run(const struct exeunt_job_site *site)
{
    struct exeunt_reason reason = {""};
    if (test.workload->prepare(site, &reason) != 0)
        fail(reason.text);
    expect_control_caught(site);
    open_state(site);
    test.operation = variant_named("guarded");
    unsigned before = count_descriptors();
    run_lanes();
    unsigned after = count_descriptors();
    test.workload->close(test.state);
    struct exeunt_check found;
    if (test.workload->check(site, &found, &reason) != 0)
        fail(reason.text);
    printf(
        "%llu operations were cancelled, %llu succeeded; %u descriptors before, %u after; %llu results are "
        "whole, %llu torn\n",
        (unsigned long long)test.cancelled, (unsigned long long)test.succeeded, before, after,
        (unsigned long long)found.whole, (unsigned long long)found.torn);
    if (test.left != 0 || before != after || found.torn != 0 || found.whole != test.succeeded)
        fail("that is not in order");
}

int cancellation_main(const struct cancellation *cancellation, int argc, char **argv)
{
    if (argc != 3)
        fail("give two numbers: CANCELLATIONS SEED");
    if (access("/dev/shm", W_OK | X_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    test.cancellation = cancellation;
    test.wanted = strtoull(argv[1], NULL, 10);
    test.seed = strtoull(argv[2], NULL, 10);
    test.workload = exeunt_workload_named(cancellation->workload);
    pthread_key_create(&at_end, tell_left);
    char *folder = scratch_make();
    struct exeunt_job_site site = {.folder = folder, .seed = test.seed};
    memcpy(site.settings, cancellation->settings, sizeof site.settings);
    run(&site);
    scratch_remove(folder);
    return 0;
}
