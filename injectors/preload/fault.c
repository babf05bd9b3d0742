/* Decides a call that is armed: by the plan, delivered through libfiu, with an errno that this call can
 * return. */
#include "preload.h"

#include <errno.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "trace.h"

static void delay(uint64_t ns)
{
    struct timespec time = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};
    while (syscall(SYS_nanosleep, &time, &time) != 0 && errno == EINTR)
        continue;
}

/* The calling thread. What the C library does for it is none of the program's calls; and a thread that can be
 * cancelled anywhere is so only when that is over. */
static void cancel(void)
{
    int type;
    pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &type);
    {
        BYPASSING;
        pthread_cancel(pthread_self());
    }
    pthread_setcanceltype(type, NULL);
}

static void remember(struct self *me, int error)
{
    if (error >= 0 && error / 64 < ERRNO_WORDS)
        me->injected[error / 64] |= UINT64_C(1) << (error % 64);
}

int fault_after_short(unsigned point, uint64_t choice)
{
    const struct fault_errno *chosen = fault_realistic(&fault_points[point], choice);
    int error = chosen != NULL ? chosen->error : EIO;
    remember(&self, error);
    return error;
}

static void note(unsigned point, uint64_t k, int error, uintptr_t site)
{
    struct self *me = &self;
    me->last_point = (int)point;
    me->last_error = error;
    me->last_k = k;
    if (me->first_fault == 0)
        me->first_fault = hash_add(hash_add(preload.point_hashes[point], k), (uint64_t)error) | 1;
    remember(me, error);
    trace_fault(point, k);
    atomic_fetch_add_explicit(&preload.ledger->points[point].injected, 1, memory_order_relaxed);
    event_write((struct ledger_event){
        .kind = LEDGER_FAULT, .point = (int)point, .error = error, .k = k, .site = site_of(site), .fd = -1});
}

/* The effect of the planned fault on this call. False: it has none here, the call goes on. */
static bool effect_of(unsigned point, const struct plan_fault *planned, size_t movable, struct fault *out)
{
    *out = (struct fault){0};
    if (planned->kind == PLAN_SHORT) {
        out->shorten = planned->choice | 1;
        return point < FAULT_POINTS_COUNT && fault_points[point].shortens && movable >= 2;
    }
    if (point >= FAULT_POINTS_COUNT) {
        int usual = preload.ledger->points[point].error;
        out->error = planned->error != 0 || planned->failnum != 0 ? planned->error : usual != 0 ? usual : EIO;
        out->failnum = planned->failnum != 0 ? planned->failnum : out->error;
        return true;
    }
    const struct fault_point *profile = &fault_points[point];
    const struct fault_errno *chosen = planned->error != 0 ? fault_errno_of(profile, planned->error)
                                                           : fault_realistic(profile, planned->choice);
    if (chosen == NULL)
        return false;
    out->error = chosen->error;
    out->done = chosen->done;
    return true;
}

/* A point that others enabled in libfiu, and that the plan leaves alone now. A point of the program's own
 * gives their failnum; a call of ours takes the errno from their failinfo, as libfiu's preload does. */
static bool deliver_others(unsigned point, struct fault *out)
{
    int failed = fiu_deliver(point);
    if (failed == 0)
        return false;
    if (point >= FAULT_POINTS_COUNT) {
        *out = (struct fault){.error = failed, .failnum = failed};
        return true;
    }
    struct plan_fault asked = {.kind = PLAN_ERRNO, .error = (int)(intptr_t)fiu_failinfo()};
    return effect_of(point, &asked, SIZE_MAX, out);
}

static bool deliver_planned(unsigned point, const struct plan_fault *planned, size_t movable,
                            struct fault *out)
{
    if (!effect_of(point, planned, movable, out))
        return false;
    self.delivering = out->error != 0 ? out->error : -1;
    int failed = fiu_deliver(point);
    self.delivering = 0;
    return failed != 0;
}

/* `planned` is NULL for what the plan does not fail. A thread that is cancelled asynchronously ends before or
 * behind all this, and signals come there. */
static bool deliver(unsigned point, uint64_t k, uintptr_t site, const struct plan_fault *planned,
                    size_t movable, struct fault *out)
{
    struct undisturbed before = undisturbed_begin();
    int saved = errno;
    bool fails = planned != NULL ? deliver_planned(point, planned, movable, out) : deliver_others(point, out);
    if (fails) {
        note(point, k, out->error, site);
        remember(&self, out->failnum);
    }
    errno = saved;
    undisturbed_end(before);
    return fails;
}

/* From now on the quick rule answers for itself, until it says yes. */
static void go_quickly(struct self *me, unsigned point, uint64_t k)
{
    const struct plan_rule *rule = preload.quick_rules[point];
    if (rule != NULL && (preload.armed[point] & ~ARMED_FOR_HEAP) == ARMED_BY_PLAN)
        me->streams[point] = plan_stream(rule, preload.point_hashes[point], who(me)) + k * HASH_STEP;
}

/* Whether the call is due, by the schedule or by a rule. */
static bool is_planned(const struct self *me, unsigned point, uint64_t k, struct plan_fault *out)
{
    const struct ledger *ledger = preload.ledger;
    if (plan_scheduled(&ledger->schedule, point, me->operation, k, out))
        return true;
    uint64_t struck = atomic_load_explicit(&preload.struck, memory_order_relaxed);
    if (!plan_due(&ledger->plan, point, preload.point_hashes[point], who(me), k, struck, out))
        return false;
    if (ledger->plan.rules[out->rule].persists)
        atomic_fetch_or_explicit(&preload.struck, UINT64_C(1) << out->rule, memory_order_relaxed);
    return true;
}

bool fault_decide(unsigned point, uintptr_t site, size_t movable, struct fault *out)
{
    struct self *me = &self;
    if (me->bypass != 0)
        return false;
    bool by_plan = (preload.armed[point] & ARMED_BY_PLAN) != 0 &&
                   (me->operation != 0 || preload.ledger->plan.within_operations == 0);
    uint64_t k = ++me->calls[point];
    struct plan_fault planned;
    if (UNLIKELY(preload.trace != NULL))
        trace_call(point, k, site);
    if (by_plan && k == 1)
        preload.ledger->points[point].met = 1;
    if (by_plan)
        go_quickly(me, point, k);
    if (!by_plan || !is_planned(me, point, k, &planned))
        return UNLIKELY((preload.armed[point] & ARMED_BY_OTHERS) != 0) &&
               deliver(point, k, site, NULL, SIZE_MAX, out);
    if (planned.kind != PLAN_DELAY && planned.kind != PLAN_CANCEL)
        return deliver(point, k, site, &planned, movable, out);
    int saved = errno;
    note(point, k, 0, site);
    if (planned.kind == PLAN_DELAY)
        delay(planned.delay_ns);
    else
        cancel();
    errno = saved;
    return false;
}
