/* libfiu in this process. It delivers what the plan decides, and stays open to others: their fiu_enable
 * and fiu_disable, also by fiu-ctrl's commands, go through here, so that a point which nobody enabled
 * costs a load and a branch instead of libfiu's lock. */
#include "preload.h"

#include <fiu-control.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/hash.h"

enum { TABLE_SIZE = 2048 }; /* of names to points: a power of two, four times the points at most */

static struct {
    int (*init)(unsigned int);
    int (*fail)(const char *);
    void *(*failinfo)(void);
    int (*enable_external)(const char *, int, void *, unsigned int, external_cb_t *);
    _Atomic uint16_t table[TABLE_SIZE]; /* point + 1; 0: free */
    atomic_flag discovering;
} fiu = {.discovering = ATOMIC_FLAG_INIT};

EXPORT int fiu_fail(const char *name);

/* Who forks writes, who goes into libfiu reads. */
static pthread_rwlock_t gate = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
static bool gate_shut; /* written by the thread that forks */

struct visit {
    struct undisturbed before;
    unsigned bypass;
};

/* Into libfiu: neither plan nor ledger for what it does itself, no asynchronous cancellation and no signal
 * handler that would leave its lock held, and no fork meanwhile. */
static struct visit enter(void)
{
    struct visit visit = {undisturbed_begin(), bypass_begin()};
    if (self.visits++ == 0)
        pthread_rwlock_rdlock(&gate);
    return visit;
}

static void leave(struct visit visit)
{
    if (--self.visits == 0)
        pthread_rwlock_unlock(&gate);
    bypass_end(&visit.bypass);
    undisturbed_end(visit.before);
}

/* If somebody stays in libfiu, in a callback of the program's, the fork does not wait forever. Nor does it
 * wait for itself, called by such a callback or a signal handler. */
void fiu_before_fork(void)
{
    struct timespec limit;
    if (self.visits++ != 0)
        return;
    clock_gettime(CLOCK_MONOTONIC, &limit);
    limit.tv_sec++;
    BYPASSING; /* the lock is ours */
    gate_shut = pthread_rwlock_clockwrlock(&gate, CLOCK_MONOTONIC, &limit) == 0;
}

/* The child is not the thread that has locked. */
void fiu_after_fork(bool in_child)
{
    if (--self.visits != 0 || !gate_shut)
        return;
    gate_shut = false;
    BYPASSING;
    if (in_child)
        gate = (pthread_rwlock_t)PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
    else
        pthread_rwlock_unlock(&gate);
}

void fiu_resolve(void)
{
    if (fiu.failinfo != NULL)
        return;
    fiu.init = (int (*)(unsigned int))real_function("fiu_init");
    fiu.fail = (int (*)(const char *))real_function("fiu_fail");
    fiu.enable_external = (int (*)(const char *, int, void *, unsigned int, external_cb_t *))real_function(
        "fiu_enable_external");
    fiu.failinfo = (void *(*)(void))real_function("fiu_failinfo");
}

/* libfiu asks whether the point fails: yes, if this thread has a fault to deliver. Everything else about
 * the fault stays in the thread, since libfiu would share it. */
static int deliver(const char *name, int *failnum, void **failinfo, unsigned int *flags)
{
    (void)name, (void)failnum, (void)failinfo, (void)flags;
    return self.delivering != 0;
}

static void table_add(unsigned point)
{
    uint64_t at = preload.point_hashes[point];
    while (fiu.table[at % TABLE_SIZE] != 0)
        at++;
    atomic_store_explicit(&fiu.table[at % TABLE_SIZE], (uint16_t)(point + 1), memory_order_release);
}

int point_named(const char *name)
{
    const struct ledger *ledger = preload.ledger;
    if (ledger == NULL)
        return -1;
    uint64_t hash = hash_text(name);
    for (uint64_t at = hash;; at++) {
        unsigned entry = atomic_load_explicit(&fiu.table[at % TABLE_SIZE], memory_order_acquire);
        if (entry == 0)
            return -1;
        unsigned point = entry - 1;
        if (preload.point_hashes[point] == hash && strcmp(ledger->points[point].name, name) == 0)
            return (int)point;
    }
}

static void enable_planned(unsigned point)
{
    const struct ledger *ledger = preload.ledger;
    bool planned = plan_schedules(&ledger->schedule, point);
    for (uint32_t rule = 0; rule < ledger->plan.rule_count; rule++)
        planned = planned || plan_holds_for(&ledger->plan.rules[rule], point);
    if (planned)
        fiu.enable_external(ledger->points[point].name, 1, NULL, 0, deliver);
}

void fiu_attach(void)
{
    const struct ledger *ledger = preload.ledger;
    BYPASSING;
    fiu.init(0);
    for (uint32_t i = 0; i < ledger->point_count; i++) {
        if (point_named(ledger->points[i].name) < 0)
            table_add(i);
        enable_planned(i);
    }
}

/* Enters a point of the program's own, met for the first time. Returns its index, or -1 if there is no room.
 * Nobody else does so meanwhile. */
static int enter_point(struct ledger *ledger, const char *name)
{
    unsigned point = ledger->point_count;
    if (point >= PLAN_POINTS_MAX || strlen(name) >= PLAN_POINT_NAME_MAX) {
        ledger->points_unrecorded = 1;
        return -1;
    }
    memcpy(ledger->points[point].name, name, strlen(name) + 1);
    preload.point_hashes[point] = hash_text(name);
    plan_add_point(&ledger->plan, point, name);
    point_arm(point);
    enable_planned(point);
    atomic_store_explicit(&ledger->point_count, point + 1, memory_order_release);
    table_add(point);
    return (int)point;
}

/* A lock that waits: the others that meet the point at the same time are to fail as planned, too. */
static int discover_point(const char *name)
{
    struct ledger *ledger = preload.ledger;
    if (ledger == NULL || ledger->discover == 0)
        return -1;
    struct undisturbed before = undisturbed_begin();
    unsigned bypass = bypass_begin();
    while (atomic_flag_test_and_set_explicit(&fiu.discovering, memory_order_acquire))
        syscall(SYS_sched_yield);
    int point = point_named(name);
    if (point < 0)
        point = enter_point(ledger, name);
    atomic_flag_clear_explicit(&fiu.discovering, memory_order_release);
    bypass_end(&bypass);
    undisturbed_end(before);
    return point;
}

void fiu_listen(void)
{
    struct ledger *ledger = preload.ledger;
    if (ledger->remote[0] == '\0')
        return;
    int (*listen_by_pipes)(const char *) = (int (*)(const char *))real_function("fiu_rc_fifo");
    BYPASSING; /* its thread is ours */
    ledger->remote_open = listen_by_pipes(ledger->remote) == 0;
}

int fiu_deliver(unsigned point)
{
    struct visit visit = enter();
    int failed = fiu.fail(preload.ledger->points[point].name);
    if (failed != 0)
        self.failinfo = self.delivering > 0 ? self.delivering : 0;
    leave(visit);
    return failed;
}

/* A point that the plan does not know: libfiu's alone. */
static int fail_unplanned(const char *name)
{
    struct visit visit = enter();
    int failed = fiu.fail(name);
    if (failed != 0)
        self.failinfo = 0;
    leave(visit);
    return failed;
}

int fiu_fail(const char *name)
{
    if (LIKELY(!preload.any_armed))
        return 0;
    if (self.bypass >= BYPASS_IN_VFORK)
        return 0;
    if (self.bypass != 0)
        return fiu.fail(name);
    int point = point_named(name);
    struct fault fault;
    if (point < 0)
        point = discover_point(name);
    if (point < 0)
        return fail_unplanned(name);
    return fault_armed((unsigned)point) && fault_due((unsigned)point, CALL_SITE, SIZE_MAX, &fault)
               ? fault.failnum
               : 0;
}

void *fiu_failinfo(void)
{
    fiu_resolve();
    return self.failinfo != 0 ? (void *)(intptr_t)self.failinfo : fiu.failinfo();
}

/* Somebody else switches points: from now on every call asks libfiu. */
static void armed_by_others(void)
{
    fiu_resolve();
    for (unsigned i = 0; i < PLAN_POINTS_MAX; i++)
        preload.armed[i] |= preload.ledger != NULL ? ARMED_BY_OTHERS : 0;
    memset(preload.thresholds, 0xff, sizeof preload.thresholds); /* no quick way past libfiu */
    preload.any_armed = true;
}

/* A name that comes by remote control, whose thread is ours and the only one: nobody may have it. */
static void switched(const char *name)
{
    struct ledger *ledger = preload.ledger;
    if (self.bypass == 0 || ledger == NULL || ledger->remote_open == 0 || point_named(name) >= 0)
        return;
    unsigned place = 0, count = ledger->switched_count;
    while (place < count && strcmp(ledger->switched[place], name) != 0)
        place++;
    if (place < count || count == LEDGER_SWITCHED_MAX || strlen(name) >= PLAN_POINT_NAME_MAX)
        return;
    memcpy(ledger->switched[place], name, strlen(name) + 1);
    atomic_store_explicit(&ledger->switched_count, place + 1, memory_order_release);
}

#define SWITCH(function, parameters, arguments)                                                              \
    REAL(int, function, parameters, arguments)                                                               \
    EXPORT int function parameters                                                                           \
    {                                                                                                        \
        armed_by_others();                                                                                   \
        switched(name);                                                                                      \
        struct visit visit = enter();                                                                        \
        int result = real_##function arguments;                                                              \
        leave(visit);                                                                                        \
        return result;                                                                                       \
    }

SWITCH(fiu_enable, (const char *name, int failnum, void *failinfo, unsigned int flags),
       (name, failnum, failinfo, flags))
SWITCH(fiu_enable_random,
       (const char *name, int failnum, void *failinfo, unsigned int flags, float probability),
       (name, failnum, failinfo, flags, probability))
SWITCH(fiu_enable_external,
       (const char *name, int failnum, void *failinfo, unsigned int flags, external_cb_t *external_cb),
       (name, failnum, failinfo, flags, external_cb))
SWITCH(fiu_enable_stack,
       (const char *name, int failnum, void *failinfo, unsigned int flags, void *func, int func_pos_in_stack),
       (name, failnum, failinfo, flags, func, func_pos_in_stack))
SWITCH(fiu_enable_stack_by_name,
       (const char *name, int failnum, void *failinfo, unsigned int flags, const char *func_name,
        int func_pos_in_stack),
       (name, failnum, failinfo, flags, func_name, func_pos_in_stack))
SWITCH(fiu_disable, (const char *name), (name))
