/* Decides which faults a sweep tries, and which of them first. */
#include "campaign/sweep/agenda.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "campaign/sweep/filter.h"
#include "plan/profile.h"

/* A retry is all that these ask for. */
static bool asks_to_retry(int error)
{
    return error == EINTR || error == EAGAIN;
}

/* In the order of what really happens to programs. */
static const int likeliest[] = {EMFILE, ENOSPC, ENOMEM, EIO, ECONNRESET, EACCES, 0};

static const struct fault_point *profile_of(const char *point)
{
    for (size_t i = 0; i < fault_point_count; i++)
        if (strcmp(fault_points[i].name, point) == 0)
            return &fault_points[i];
    return NULL;
}

/* The i-th errno of the point, 0 beyond the last. A point of the program's own has one. */
static int errno_at(const char *point, size_t i, bool hostile)
{
    const struct fault_point *profile = profile_of(point);
    if (profile == NULL)
        return i == 0 ? EIO : 0;
    for (size_t at = 0; at < FAULT_ERRNOS_MAX && profile->errnos[at].error != 0; at++)
        if ((hostile || profile->errnos[at].realistic) && i-- == 0)
            return profile->errnos[at].error;
    return 0;
}

int agenda_errno(const char *point)
{
    int error, first = errno_at(point, 0, false);
    for (const int *wanted = likeliest; *wanted != 0; wanted++)
        for (size_t i = 0; (error = errno_at(point, i, false)) != 0; i++)
            if (error == *wanted)
                return error;
    for (size_t i = 0; (error = errno_at(point, i, false)) != 0; i++)
        if (!asks_to_retry(error))
            return error;
    return first;
}

int agenda_errno_at(const char *point, size_t i, bool hostile)
{
    int first = agenda_errno(point), error;
    if (i == 0)
        return first;
    for (size_t at = 0; (error = errno_at(point, at, hostile)) != 0; at++)
        if (error != first && --i == 0)
            return error;
    return 0;
}

static int add(struct agenda *agenda, const struct task *task)
{
    if (agenda->count == agenda->room) {
        size_t room = agenda->room == 0 ? 256 : 2 * agenda->room;
        struct task *tasks = realloc(agenda->tasks, room * sizeof *tasks);
        if (tasks == NULL)
            return -ENOMEM;
        agenda->tasks = tasks;
        agenda->room = room;
    }
    agenda->tasks[agenda->count++] = *task;
    return 0;
}

/* A signal interrupts once: a call that goes on being interrupted for ever is none that a program must bear.
 */
static int first_errno(enum sweep_mode mode, const char *point)
{
    int error = agenda_errno(point);
    return mode == SWEEP_PERSISTENT && error == EINTR ? 0 : error;
}

/* What is listed in one go through the calls. */
struct pass {
    enum sweep_mode mode;
    bool firsts;  /* the first call of each context, or all others */
    bool further; /* further errnos than the first */
};

static int list_errnos(struct agenda *agenda, const struct sweep_options *options, const char *point,
                       struct task *task)
{
    int failed = 0, error;
    for (size_t i = 1; failed == 0 && (error = agenda_errno_at(point, i, options->all_errnos)) != 0; i++) {
        task->errors[0] = error;
        failed = add(agenda, task);
    }
    return failed;
}

static int list_pass(struct agenda *agenda, const struct sweep_options *options,
                     const struct plan_points *points, const struct contexts *contexts,
                     const struct pass *pass)
{
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < contexts->call_count; i++) {
        const struct call *call = &contexts->calls[i];
        if ((!pass->further && (call->number == 0) != pass->firsts) || (size_t)call->point >= points->count)
            continue;
        const char *point = points->names[call->point];
        struct task task = {.mode = pass->mode, .calls = {*call}, .errors = {first_errno(pass->mode, point)}};
        if (!filter_takes(options->points, point))
            continue;
        if (pass->further)
            failed = list_errnos(agenda, options, point, &task);
        else if (task.errors[0] != 0)
            failed = add(agenda, &task);
    }
    return failed;
}

/* The second fault of a pair is found by a run with the first one alone. */
static bool has_mode(const struct sweep_options *options, const struct pass *pass)
{
    unsigned modes = options->modes;
    if ((modes >> SWEEP_PAIR & 1) != 0 && pass->firsts)
        modes |= 1u << SWEEP_ONCE;
    return (modes >> pass->mode & 1) != 0;
}

int agenda_make(const struct sweep_options *options, const struct plan_points *points,
                const struct contexts *contexts, struct agenda *out)
{
    static const struct pass passes[] = {
        {SWEEP_ONCE, .firsts = true},
        {SWEEP_PERSISTENT, .firsts = true},
        {SWEEP_ONCE, .firsts = false},
        {SWEEP_ONCE, .further = true},
    };
    static const enum sweep_depth depths[] = {SWEEP_CONTEXTS, SWEEP_CONTEXTS, SWEEP_CALLS, SWEEP_ALL};
    struct agenda agenda = {0};
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < sizeof passes / sizeof *passes; i++)
        if (depths[i] <= options->depth && has_mode(options, &passes[i]))
            failed = list_pass(&agenda, options, points, contexts, &passes[i]);
    if (failed != 0)
        agenda_clear(&agenda);
    else
        *out = agenda;
    return failed;
}

/* The coordinate's parts: who is told as the ledger names threads and operations. */
static bool is_at(const struct call *call, const char *coordinate, const char *point)
{
    char who[SWEEP_COORDINATE_MAX], rest[SWEEP_COORDINATE_MAX];
    const char *colon = strchr(coordinate, ':');
    if (colon == NULL)
        return false;
    snprintf(who, sizeof who, "%.*s", (int)(colon - coordinate), coordinate);
    snprintf(rest, sizeof rest, "%s#%u", point, call->k);
    return strcmp(rest, colon + 1) == 0 && (call->in_operation ? strtoull(who, NULL, 10) + 1 == call->who
                                                               : plan_who_of_path(who).path == call->who);
}

static const struct call *call_at(const struct plan_points *points, const struct contexts *contexts,
                                  const char *coordinate)
{
    for (size_t i = 0; i < contexts->call_count; i++) {
        const struct call *call = &contexts->calls[i];
        if ((size_t)call->point < points->count && is_at(call, coordinate, points->names[call->point]))
            return call;
    }
    return NULL;
}

int agenda_make_only(const struct sweep_options *options, const struct plan_points *points,
                     const struct contexts *contexts, struct agenda *out, struct error *error)
{
    const struct sweep_finding *only = options->only;
    struct task task = {.mode = only->mode == SWEEP_PAIR ? SWEEP_ONCE : only->mode};
    const struct call *call = call_at(points, contexts, only->faults[0].coordinate);
    bool is_typed = only->signature == 0; /* a finding's point was one, whatever the program has now */
    if (call == NULL && is_typed && filter_check_point(only->faults[0].point, points, error) != 0)
        return -EINVAL;
    if (call == NULL)
        return error_not_done(error, -ENOENT,
                              "'%s' does not come past %s in each run: it has changed, its runs "
                              "differ, or the coordinate is not one of its own",
                              options->program[0], only->faults[0].coordinate);
    task.calls[0] = *call;
    int asked = only->faults[0].error;
    task.errors[0] = asked != 0 ? asked : agenda_errno(points->names[call->point]);
    struct agenda agenda = {0};
    if (add(&agenda, &task) != 0)
        return error_not_done(error, -ENOMEM, "no memory for the fault");
    *out = agenda;
    return 0;
}

/* Each context is a second fault once. */
static bool is_new_second(struct agenda *agenda, uint64_t context)
{
    for (size_t i = 0; i < agenda->second_count; i++)
        if (agenda->seconds[i] == context)
            return false;
    uint64_t *seconds = realloc(agenda->seconds, (agenda->second_count + 1) * sizeof *seconds);
    if (seconds == NULL)
        return false;
    agenda->seconds = seconds;
    agenda->seconds[agenda->second_count++] = context;
    return true;
}

int agenda_add_pairs(struct agenda *agenda, const struct plan_points *points, const struct task *first,
                     const struct call *calls, size_t count)
{
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < count; i++) {
        if ((size_t)calls[i].point >= points->count)
            continue;
        struct task pair = {.mode = SWEEP_PAIR,
                            .calls = {first->calls[0], calls[i]},
                            .errors = {first->errors[0], agenda_errno(points->names[calls[i].point])}};
        if (pair.errors[1] != 0 && is_new_second(agenda, calls[i].context))
            failed = add(agenda, &pair);
    }
    return failed;
}

size_t agenda_keep_second(const struct plan_points *points, const struct sweep_finding *only,
                          struct call *calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if ((size_t)calls[i].point < points->count &&
            is_at(&calls[i], only->faults[1].coordinate, points->names[calls[i].point])) {
            calls[0] = calls[i];
            return 1;
        }
    return 0;
}

uint64_t agenda_key(const struct plan_points *points, const struct task *task)
{
    uint64_t key = hash_mix(task->mode);
    for (int i = 0; i < (task->mode == SWEEP_PAIR ? 2 : 1); i++) {
        key = hash_add(key, hash_text(points->names[task->calls[i].point]));
        key = hash_add(hash_add(key, task->calls[i].who), task->calls[i].k);
        key = hash_add(key, (uint64_t)task->errors[i]);
    }
    return key;
}

void agenda_clear(struct agenda *agenda)
{
    free(agenda->tasks);
    free(agenda->seconds);
    *agenda = (struct agenda){0};
}
