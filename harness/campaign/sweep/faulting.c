/* Decides what a faulting run shows: by its record against the baseline, by the ledger's events, and by what
 * the kernel still has after it. */
#include "campaign/sweep/faulting.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "campaign/points.h"
#include "oracle/release.h"

static struct plan_who who_of(const struct call *call)
{
    return call->in_operation ? (struct plan_who){.operation = call->who}
                              : (struct plan_who){.path = call->who};
}

static int make_plan(const struct baseline *baseline, const struct task *task, struct plan *plan)
{
    *plan = (struct plan){.image = baseline->image};
    int failed = 0;
    for (int i = 0; failed == 0 && i < (task->mode == SWEEP_PAIR ? 2 : 1); i++)
        failed = plan_fail_at(plan, (unsigned)task->calls[i].point, who_of(&task->calls[i]), task->calls[i].k,
                              task->errors[i], task->mode == SWEEP_PERSISTENT);
    return failed;
}

uint64_t faulting_site(const struct record *record, uint32_t stack)
{
    const struct record_stack *of = &record->stacks[stack];
    for (uint32_t i = 0; i < of->depth; i++)
        if (record->frames[of->first + i].own)
            return record->frames[of->first + i].address;
    return of->depth > 0 ? record->frames[of->first].address : 0;
}

/* The place of the same, for keys. */
static uint64_t site_place(const struct record *record, uint32_t stack)
{
    const struct record_stack *of = &record->stacks[stack];
    for (uint32_t i = 0; i < of->depth; i++)
        if (record->frames[of->first + i].own)
            return record->frames[of->first + i].place;
    return of->depth > 0 ? record->frames[of->first].place : 0;
}

static bool is_call(const struct record *record, const struct record_event *event, const struct call *call)
{
    return event->who == call->who && event->point == call->point && event->k == call->k &&
           contexts_of(record, event) == call->context;
}

/* Finds the faults in the record. False: one did not come, or not in its context. */
static bool find_faults(const struct task *task, struct faulting *faulting)
{
    const struct record *record = &faulting->sight.record;
    int wanted = task->mode == SWEEP_PAIR ? 2 : 1, found = 0;
    for (size_t i = 0; i < record->event_count && found < wanted; i++) {
        if (record->events[i].kind != TRACE_FAULT)
            continue;
        if (!is_call(record, &record->events[i], &task->calls[found]))
            return false;
        faulting->faults[found++] = record->events[i];
    }
    return found == wanted;
}

static void show(struct faulting *faulting, const struct task *task, struct shown shown, uint64_t place)
{
    const struct record_event *last = &faulting->faults[task->mode == SWEEP_PAIR ? 1 : 0];
    uint64_t what = hash_add(shown.kind, shown.resource);
    uint64_t key = hash_add(what, (uint64_t)last->point);
    shown.thing = hash_add(what, place);
    shown.key = hash_add(key, place != 0 ? place : site_place(&faulting->sight.record, last->stack));
    for (size_t i = 0; i < faulting->shown_count; i++)
        if (faulting->shown[i].key == shown.key)
            return;
    if (faulting->shown_count < SHOWN_MAX)
        faulting->shown[faulting->shown_count++] = shown;
    else
        faulting->left_out++;
}

/* A rename that fails after another failure was to put back what was there: that excuses a file, too. Else
 * who cannot give a file its name is to remove it. */
static bool puts_back(const char *point, enum trace_resource resource)
{
    return resource == TRACE_FILE &&
           (strcmp(point, "posix/io/dir/rename") == 0 || strcmp(point, "posix/io/dir/renameat") == 0 ||
            strcmp(point, "linux/io/dir/renameat2") == 0);
}

static bool giving_failed(const struct worker *worker, const struct task *task, enum trace_resource resource)
{
    for (int i = 0; i < (task->mode == SWEEP_PAIR ? 2 : 1); i++) {
        const char *point = worker->site->points->names[task->calls[i].point];
        if (points_give_back(point, resource) || (i > 0 && puts_back(point, resource)))
            return true;
    }
    return false;
}

/* Whether the run has shown already that something else of that place was left. */
static bool came_with_other(const struct faulting *faulting, uint64_t taken_at)
{
    for (size_t i = 0; i < faulting->shown_count; i++)
        if (faulting->shown[i].kind == SWEEP_LEAK && faulting->shown[i].resource != TRACE_MEMORY &&
            faulting->shown[i].taken_at == taken_at)
            return true;
    return false;
}

/* Memory may be kept on purpose, and weighs less; what belongs to a stream or a connection that was left is
 * no finding of its own. */
static void show_leak(struct faulting *faulting, const struct task *task, const struct leak *leak)
{
    const struct record *record = &faulting->sight.record;
    const struct record_event *taken = &record->events[leak->event];
    bool certain = leak->witness == LEAK_BY_FRAME || leak->witness == LEAK_BY_STAY;
    uint64_t taken_at = faulting_site(record, taken->stack);
    if (taken->resource == TRACE_MEMORY && came_with_other(faulting, taken_at))
        return;
    show(faulting, task,
         (struct shown){.kind = SWEEP_LEAK,
                        .resource = taken->resource,
                        .severity = certain && taken->resource != TRACE_MEMORY ? SWEEP_HIGH : SWEEP_MEDIUM,
                        .taken_at = taken_at,
                        .taken_by = taken->stack,
                        .id = taken->id},
         site_place(record, taken->stack));
}

/* What stays since its very giving back was made to fail is no leak. Memory comes last. */
static int show_leaks(const struct worker *worker, const struct baseline *baseline, const struct task *task,
                      struct faulting *faulting)
{
    const struct record *record = &faulting->sight.record;
    struct leak *leaks;
    size_t count;
    int failed = owners_judge(&baseline->owners, &baseline->passed, record, &leaks, &count);
    if (failed != 0)
        return failed;
    for (size_t i = 0; i < 2 * count; i++) {
        const struct leak *leak = &leaks[i < count ? i : i - count];
        const struct record_event *taken = &record->events[leak->event];
        if ((taken->resource == TRACE_MEMORY) == (i >= count) &&
            !giving_failed(worker, task, taken->resource) &&
            !(taken->resource == TRACE_CHILD && baseline->leaves_children) &&
            worker_still_has(worker, &faulting->sight, taken))
            show_leak(faulting, task, leak);
    }
    free(leaks);
    return 0;
}

static uint32_t stack_at(const struct record *record, size_t event)
{
    return event == RELEASE_UNKNOWN ? 0 : record->events[event].stack;
}

/* A release that was the second, or another's: with what came before it. */
static struct shown shown_of_release(const struct record *record, const struct release *release)
{
    return (struct shown){.kind = SWEEP_DOUBLE_RELEASE,
                          .severity = SWEEP_HIGH,
                          .taken_by = stack_at(record, release->taking),
                          .released_by = stack_at(record, release->first),
                          .again_by = stack_at(record, release->event)};
}

/* Connections that were given back twice. */
static int show_releases(const struct baseline *baseline, const struct task *task, struct faulting *faulting,
                         size_t *found)
{
    const struct record *record = &faulting->sight.record;
    struct release *releases;
    size_t count;
    int failed = releases_judge(record, &releases, &count);
    for (size_t i = 0; failed == 0 && i < count; i++) {
        const struct record_event *event = &record->events[releases[i].event];
        if (wrongs_have(&baseline->wrongs, wrong_release_key(record, event)))
            continue;
        ++*found;
        struct shown shown = shown_of_release(record, &releases[i]);
        shown.resource = event->resource;
        shown.taken_at = faulting_site(record, event->stack);
        show(faulting, task, shown, wrong_release_key(record, event));
    }
    if (failed == 0)
        free(releases);
    return failed;
}

/* The stack of the last taking of such a resource there; 0: there is none. */
static uint32_t stack_of_taking(const struct record *record, enum trace_resource resource, uint64_t taken_at)
{
    for (size_t i = record->event_count; i-- > 0;) {
        const struct record_event *event = &record->events[i];
        if (event->kind == TRACE_TOOK && event->resource == resource &&
            record_has_frame(record, event->stack, taken_at))
            return event->stack;
    }
    return 0;
}

static struct shown shown_of_wrong(const struct record *record, const struct ledger_event *event)
{
    struct release release = {RELEASE_UNKNOWN, RELEASE_UNKNOWN, RELEASE_UNKNOWN};
    struct shown shown = {.kind = SWEEP_LEAK, .severity = SWEEP_HIGH};
    enum trace_resource resource = wrong_resource(event);
    if (wrong_is_release(event)) {
        const struct release_call call = {
            .resource = resource, .id = wrong_id(event), .path = event->path, .site = event->site};
        release_find(record, &call, &release);
        shown = shown_of_release(record, &release);
    } else {
        shown.taken_by = stack_of_taking(record, resource, event->taken_at);
    }
    shown.resource = resource;
    shown.taken_at = wrong_is_release(event) && event->site != 0 ? event->site : event->taken_at;
    shown.id = wrong_id(event);
    return shown;
}

static bool is_waited_for(const struct deadlock *deadlock, uint64_t lock)
{
    for (size_t i = 0; i < deadlock->edge_count; i++)
        if (deadlock->edges[i].lock == lock)
            return true;
    return false;
}

/* What the ledger found at once: wrong releases, and what operations left at their end. Of a run that a
 * deadlock has ended, only locks that were left and are waited for in it. */
static void show_wrongs(const struct worker *worker, const struct baseline *baseline, const struct task *task,
                        struct faulting *faulting, size_t *releases)
{
    struct ledger_view *ledger = attempter_ledger(worker->attempter);
    const struct deadlock *deadlock = &faulting->sight.seen.deadlock;
    struct ledger_event event;
    uint64_t lost = 0;
    while (ledger_next_event(ledger, &event, &lost)) {
        bool release = wrong_is_release(&event);
        uint64_t key = wrong_key(ledger, &event);
        if ((!release && !wrong_is_leak(&event)) || wrongs_have(&baseline->wrongs, key) ||
            (deadlock->edge_count > 0 &&
             !(event.kind == LEDGER_LOCK_LEFT && is_waited_for(deadlock, event.lock))))
            continue;
        *releases += release;
        show(faulting, task, shown_of_wrong(&faulting->sight.record, &event), key);
    }
}

static enum sweep_severity severity_of(enum sweep_kind outcome, bool told)
{
    if (outcome == SWEEP_SILENT)
        return told ? SWEEP_LOW : SWEEP_MEDIUM;
    return outcome == SWEEP_ABORT ? SWEEP_MEDIUM : SWEEP_HIGH;
}

/* All of them, also the later ones of a fault that persists. */
static bool are_benign(const struct record *record)
{
    for (size_t i = 0; i < record->event_count; i++)
        if (record->events[i].kind == TRACE_FAULT && record->events[i].id == 0)
            return false;
    return true;
}

/* A call that the program's own code made, and not a library for it. */
static bool is_own_call(const struct record *record, const struct record_event *event)
{
    const struct record_stack *stack = &record->stacks[event->stack];
    return stack->depth > 0 && record->frames[stack->first].own;
}

/* Of one failure alone: when a second one meets its report, that is not the program's doing. */
static bool is_swallowed(const struct worker *worker, const struct baseline *baseline,
                         const struct task *task, const struct faulting *faulting,
                         const struct run_seen *seen)
{
    return worker->site->options->swallowed && task->mode == SWEEP_ONCE &&
           is_own_call(&faulting->sight.record, &faulting->faults[0]) &&
           outcome_is_swallowed(&baseline->steady, seen);
}

/* What the outcome itself says; of a deadlock by a lock that was left, the lock tells the story: whether
 * anybody came to wait for it, the threads' speed decides. */
static void show_outcome(const struct worker *worker, const struct baseline *baseline,
                         const struct task *task, struct faulting *faulting, const struct run_seen *seen)
{
    bool told = !baseline->steady.errors_steady || baseline->steady.errors != seen->errors;
    enum sweep_kind outcome = faulting->outcome;
    if (outcome == SWEEP_SILENT || outcome == SWEEP_CRASH || outcome == SWEEP_ABORT ||
        (outcome == SWEEP_HANG && faulting->shown_count == 0) || outcome == SWEEP_SANITIZER)
        show(faulting, task, (struct shown){.kind = outcome, .severity = severity_of(outcome, told)}, 0);
    if (is_swallowed(worker, baseline, task, faulting, seen))
        show(faulting, task, (struct shown){.kind = SWEEP_MASKED, .severity = SWEEP_LOW}, 0);
}

/* A run that was ended by force is reported as that alone: nothing got the time to clean up. But who left a
 * lock that others wait for would never have given it back. */
static bool ended_by_itself(const struct run_seen *seen)
{
    return !seen->timed_out && seen->signal == 0 && !seen->sanitizer;
}

static int judge(const struct worker *worker, const struct baseline *baseline, const struct task *task,
                 struct faulting *faulting)
{
    struct run_seen seen = worker_seen(&faulting->sight);
    seen.drifted = !find_faults(task, faulting);
    seen.benign = are_benign(&faulting->sight.record);
    faulting->too_long = !seen.drifted && faulting->sight.record.lost && ended_by_itself(&seen);
    seen.drifted |= faulting->too_long;
    bool locked_up = faulting->sight.seen.deadlock.edge_count > 0;
    if (!seen.drifted && (ended_by_itself(&seen) || locked_up))
        show_wrongs(worker, baseline, task, faulting, &seen.double_releases);
    if (!seen.drifted && ended_by_itself(&seen)) {
        int failed = show_releases(baseline, task, faulting, &seen.double_releases);
        if (failed == 0)
            failed = show_leaks(worker, baseline, task, faulting);
        if (failed != 0)
            return failed;
        for (size_t i = 0; i < faulting->shown_count; i++)
            seen.leaks += faulting->shown[i].kind == SWEEP_LEAK;
    }
    faulting->outcome = outcome_of(&baseline->steady, &seen);
    show_outcome(worker, baseline, task, faulting, &seen);
    return 0;
}

int faulting_run(struct worker *worker, const struct baseline *baseline, const struct task *task,
                 struct faulting *out, struct error *error)
{
    struct plan plan;
    struct faulting faulting = {0};
    int failed = make_plan(baseline, task, &plan);
    if (failed != 0)
        return error_not_done(error, failed, "the plan of a run has no room for its faults");
    failed = worker_run(worker, &plan, baseline->limit_ns, &faulting.sight, error);
    if (failed != 0)
        return failed;
    failed = judge(worker, baseline, task, &faulting);
    if (failed != 0) {
        faulting_clear(&faulting);
        return error_not_done(error, failed, "no memory to judge a run");
    }
    *out = faulting;
    return 0;
}

const struct shown *faulting_shown(const struct faulting *faulting, uint64_t thing)
{
    for (size_t i = 0; i < faulting->shown_count; i++)
        if (faulting->shown[i].thing == thing)
            return &faulting->shown[i];
    return NULL;
}

bool faulting_shows(const struct faulting *faulting, uint64_t key)
{
    for (size_t i = 0; i < faulting->shown_count; i++)
        if (faulting->shown[i].key == key)
            return true;
    return false;
}

void faulting_clear(struct faulting *faulting)
{
    sight_clear(&faulting->sight);
}
