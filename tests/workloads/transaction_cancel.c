/* Transfers that are cancelled, each at a place of the seed's choice, leave no descriptor, lock, connection
 * or transaction. Half of them are cancelled at one of the places where the transfer allows it, the others
 * while SQLite does a call of the system, which must not be felt there.
 *
 * The linker brings us in between: it wraps the calls that are counted here (see CMakeLists.txt).
 * Usage: transaction_cancel CANCELLATIONS SEED */
#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash.h"
#include "database.h"
#include "exeunt/mark.h"
#include "exeunt/workload.h"
#include "scratch.h"

enum { LANES = 4, PLACES = 9, CALLS = 24 };

/* What the calling thread holds, and at which place or call from here on it is cancelled; 0: at none. */
static _Thread_local struct {
    int places_left, calls_left;
    int locks, connections, transactions;
    bool at_work;
} self;

/* What all threads share. */
static struct {
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

void __real_pthread_testcancel(void);
void __wrap_pthread_testcancel(void);
void __wrap_pthread_testcancel(void)
{
    count_down(&self.places_left);
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
static void count_resource(const char *kind, int by)
{
    if (strcmp(kind, "connection") == 0)
        self.connections += by;
    if (strcmp(kind, "transaction") == 0)
        self.transactions += by;
}

void exeunt_mark_took(const char *kind, uint64_t id)
{
    (void)id;
    count_resource(kind, 1);
}

/* Also told of a transaction that there is none: SQLite may have ended it before. */
void exeunt_mark_gave(const char *kind, uint64_t id)
{
    (void)id;
    if (strcmp(kind, "transaction") != 0 || self.transactions > 0)
        count_resource(kind, -1);
}

/* SQLite is not written to be cancelled within its calls: it must be safe from that. */
static void count_call(void)
{
    int state;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    pthread_setcancelstate(state, NULL);
    if (self.at_work && state != PTHREAD_CANCEL_DISABLE && atomic_fetch_add(&test.left, 1) == 0)
        fprintf(stderr, "SQLite could have been cancelled\n");
    count_down(&self.calls_left);
}

static ssize_t pread_counted(int fd, void *buffer, size_t size, off_t offset)
{
    count_call();
    return pread(fd, buffer, size, offset);
}

static ssize_t pwrite_counted(int fd, const void *buffer, size_t size, off_t offset)
{
    count_call();
    return pwrite(fd, buffer, size, offset);
}

static void count_calls(void)
{
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    system->xSetSystemCall(system, "pread64", (sqlite3_syscall_ptr)pread_counted);
    system->xSetSystemCall(system, "pwrite64", (sqlite3_syscall_ptr)pwrite_counted);
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

/* One thread, one transfer. What it holds when it ends, however it ends, is told by the destructor of a key.
 */
static pthread_key_t at_end;

static void tell_left(void *number)
{
    if (self.locks == 0 && self.connections == 0 && self.transactions == 0)
        return;
    if (!test.is_control)
        fprintf(stderr, "transfer %llu left %d locks, %d connections and %d transactions\n",
                (unsigned long long)(uintptr_t)number - 1, self.locks, self.connections, self.transactions);
    atomic_fetch_add(&test.left, 1);
}

static void *transfer(void *of)
{
    uint64_t number = (uintptr_t)of;
    pthread_setspecific(at_end, (void *)(uintptr_t)(number + 1));
    uint64_t draw = hash_add(test.seed, number);
    bool at_place = draw % 2 == 0;
    self.places_left = at_place ? 1 + (int)(hash_mix(draw) % PLACES) : 0;
    self.calls_left = at_place ? 0 : 1 + (int)(hash_mix(draw) % CALLS);
    self.at_work = true;
    if (test.operation(test.state, number) == 0)
        atomic_fetch_add(&test.succeeded, 1);
    return NULL;
}

/* True if it was cancelled. */
static bool run_transfer(uint64_t number)
{
    pthread_t thread;
    void *result;
    if (pthread_create(&thread, NULL, transfer, (void *)(uintptr_t)number) != 0 ||
        pthread_join(thread, &result) != 0)
        abort();
    return result == PTHREAD_CANCELED;
}

static void *lane(void *nothing)
{
    while (test.cancelled < test.wanted && test.left == 0)
        if (run_transfer(atomic_fetch_add(&test.next, 1)))
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
    count_calls();
}

/* Whether a transfer without guards, the first that is cancelled, is seen to leave what it had. */
static bool control_is_caught(const struct exeunt_job_site *site)
{
    enum { TRIED_MAX = 1000 };
    open_state(site);
    test.operation = variant_named("handwritten");
    test.is_control = true;
    for (uint64_t number = 0; number < TRIED_MAX; number++)
        if (run_transfer(number))
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
        fail("a cancelled transfer without guards was not seen to leave anything");
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
    printf("%llu transfers were cancelled, %llu succeeded; %u descriptors before, %u after; %llu transfers "
           "stored, %llu torn\n",
           (unsigned long long)test.cancelled, (unsigned long long)test.succeeded, before, after,
           (unsigned long long)found.whole, (unsigned long long)found.torn);
    if (test.left != 0 || before != after || found.torn != 0 || found.whole != test.succeeded)
        fail("that is not in order");
}

int main(int argc, char **argv)
{
    if (argc != 3)
        fail("usage: transaction_cancel CANCELLATIONS SEED");
    if (access("/dev/shm", W_OK | X_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    test.wanted = strtoull(argv[1], NULL, 10);
    test.seed = strtoull(argv[2], NULL, 10);
    test.workload = exeunt_workload_named("transaction");
    pthread_key_create(&at_end, tell_left);
    char *folder = scratch_make();
    struct exeunt_job_site site = {.folder = folder, .seed = test.seed, .settings = {64, 8, 0}};
    run(&site);
    scratch_remove(folder);
    return 0;
}
