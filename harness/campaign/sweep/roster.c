/* Decides which operation meets which fault. What few jobs reach is given to these before they have other
 * duties; a fault that did not come in one job is tried in another. */
#include "campaign/sweep/roster.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "campaign/sweep/filter.h"
#include "plan/profile.h"

int roster_errno(const struct sweep_options *options, const struct setup *setup, size_t point, size_t i)
{
    if (point >= fault_point_count)
        return i == 0 ? setup->options->workload->points[point - fault_point_count].error : 0;
    const char *name = setup->points.names[point];
    size_t at = agenda_errno(name) != 0 ? i : i + 1; /* no errno is the likeliest: all others come behind */
    return agenda_errno_at(name, at, options->all_errnos);
}

int roster_add(struct roster *roster, const struct duty *duty)
{
    if (roster->count == roster->room) {
        size_t room = roster->room == 0 ? 256 : 2 * roster->room;
        struct duty *duties = realloc(roster->duties, room * sizeof *duties);
        if (duties == NULL)
            return -ENOMEM;
        roster->duties = duties;
        roster->room = room;
    }
    roster->duties[roster->count++] = *duty;
    roster->left++;
    return 0;
}

static int list_errnos(struct roster *roster, const struct sweep_options *options, const struct setup *setup,
                       size_t reached, size_t fits)
{
    const struct call *call = &roster->reach->calls[reached].call;
    struct duty duty = {.task = {.mode = SWEEP_ONCE, .calls = {*call}}, .fits = fits, .reached = reached};
    int failed = 0;
    for (size_t i = 0; failed == 0; i++) {
        duty.task.errors[0] = roster_errno(options, setup, (size_t)call->point, i);
        if (duty.task.errors[0] == 0)
            return 0;
        for (duty.round = 0; failed == 0 && duty.round < options->rounds; duty.round++)
            failed = roster_add(roster, &duty);
    }
    return failed;
}

static int rarest_first(const void *a, const void *b)
{
    const struct duty *first = a, *second = b;
    const struct call *one = &first->task.calls[0], *other = &second->task.calls[0];
    if (first->fits != second->fits)
        return first->fits < second->fits ? -1 : 1;
    if (one->point != other->point)
        return one->point < other->point ? -1 : 1;
    if (one->k != other->k)
        return one->k < other->k ? -1 : 1;
    if (first->reached != second->reached)
        return first->reached < second->reached ? -1 : 1;
    if (first->round != second->round)
        return first->round < second->round ? -1 : 1;
    return first->task.errors[0] - second->task.errors[0];
}

int roster_make(const struct sweep_options *options, const struct setup *setup, const struct reach *reach,
                struct roster *out)
{
    struct roster roster = {.reach = reach, .repeatable = setup->options->workload->repeatable};
    int failed = 0;
    for (size_t i = 0, fits; failed == 0 && i < reach->count; i += fits) {
        size_t point = (size_t)reach->calls[i].call.point;
        fits = reach_fits(reach, i);
        if (point < setup->points.count && filter_takes(options->points, setup->points.names[point]))
            failed = list_errnos(&roster, options, setup, i, fits);
    }
    if (failed != 0) {
        roster_clear(&roster);
        return failed;
    }
    if (roster.count > 0)
        qsort(roster.duties, roster.count, sizeof *roster.duties, rarest_first);
    *out = roster;
    return 0;
}

/* JOB:POINT#K, of which the point is known from elsewhere. */
static bool read_coordinate(const char *coordinate, uint32_t *job, uint32_t *k)
{
    char who[SWEEP_COORDINATE_MAX];
    const char *colon = strchr(coordinate, ':'), *number = strrchr(coordinate, '#');
    uint64_t operation, calls;
    if (colon == NULL || number == NULL)
        return false;
    snprintf(who, sizeof who, "%.*s", (int)(colon - coordinate), coordinate);
    if (text_number(who, 0, UINT32_MAX, &operation) != 0 ||
        text_number(number + 1, 1, UINT32_MAX, &calls) != 0)
        return false;
    *job = (uint32_t)operation;
    *k = (uint32_t)calls;
    return true;
}

int roster_make_only(const struct sweep_options *options, const struct setup *setup, struct roster *out,
                     struct error *error)
{
    const struct sweep_fault *fault = &options->only->faults[0];
    const struct plan_points *points = &setup->points;
    struct duty duty = {
        .is_fixed = true, .alone = true, .tries = ROSTER_TRIES - 1, .task = {.mode = SWEEP_ONCE}};
    struct call *call = &duty.task.calls[0];
    if (!read_coordinate(fault->coordinate, &duty.job, &call->k))
        return error_usage(error,
                           "'%s' is not the coordinate of an operation, as in 17:%s#3: numbers are at most "
                           "%" PRIu32 ", and calls are counted from 1",
                           fault->coordinate, points->names[0], UINT32_MAX);
    if (options->only->mode == SWEEP_PERSISTENT)
        return error_usage(error, "'%s+' is of a program: in an operation of a workload one call fails, '%s'",
                           fault->coordinate, fault->coordinate);
    call->point = -1;
    for (size_t i = 0; i < points->count; i++)
        if (strcmp(points->names[i], fault->point) == 0)
            call->point = (int32_t)i;
    if (call->point < 0)
        return filter_check_point(fault->point, points, error);
    duty.task.errors[0] =
        fault->error != 0 ? fault->error : roster_errno(options, setup, (size_t)call->point, 0);
    struct roster roster = {.duties = NULL};
    if (roster_add(&roster, &duty) != 0)
        return error_not_done(error, -ENOMEM, "no memory for the fault");
    *out = roster;
    return 0;
}

/* Whether the row does a job, and whether it may do it again. */
enum taking { TAKEN_NOT, TAKEN_BY_SEVERAL, TAKEN_BY_ONE };

/* What a job stored is overwritten by the same job, so the workload's check would see but the last of them:
 * each fault is met once where its job is done for nothing else. In further rounds one job meets many. */
static bool wants_own_job(const struct roster *roster, const struct duty *duty)
{
    return !roster->repeatable || duty->round == 0;
}

static bool is_free(enum taking taking, bool own)
{
    return taking == TAKEN_NOT || (taking == TAKEN_BY_SEVERAL && !own);
}

/* Finds a job that can meet the duty and is free: another one in each round, and after each try in vain.
 * What a job has shown in company is asked of that job. */
static bool find_job(const struct roster *roster, struct duty *duty, const enum taking taken[REACH_JOBS])
{
    bool own = wants_own_job(roster, duty);
    if (duty->is_fixed || duty->first || duty->alone)
        return duty->job >= REACH_JOBS || is_free(taken[duty->job], own);
    size_t left = duty->fits > 0 ? (duty->round + duty->tries) % duty->fits : 0;
    for (size_t i = 0; i < 2 * duty->fits; i++) {
        const struct reach_call *reached = &roster->reach->calls[duty->reached + i % duty->fits];
        if (!is_free(taken[reached->job], own) || (left > 0 && left-- > 0))
            continue;
        duty->job = reached->job;
        duty->task.calls[0] = reached->call;
        return true;
    }
    return false;
}

void roster_give(const struct duty *duty, struct row_plan *plan)
{
    const struct call *call = &duty->task.calls[0];
    plan->jobs[plan->count++] = duty->job;
    plan_schedule_add(
        &plan->schedule,
        &(struct plan_entry){.point = call->point, .error = duty->task.errors[0], .k = call->k});
}

static bool is_last_try(const struct duty *duty)
{
    return duty->tries + 1 == ROSTER_TRIES && duty->job < ROW_MAX;
}

/* It, or only it, needs a process in which nothing failed before. */
static bool is_particular(const struct duty *duty)
{
    return duty->first || duty->alone || is_last_try(duty);
}

/* Who is particular stays in front: the row has but one such. */
static int in_order(const void *a, const void *b)
{
    const struct duty *first = *(struct duty *const *)a, *second = *(struct duty *const *)b;
    if (is_particular(first) != is_particular(second))
        return is_particular(first) ? -1 : 1;
    if (first->job != second->job)
        return first->job < second->job ? -1 : 1;
    return first < second ? -1 : first > second;
}

static size_t choose(struct roster *roster, struct duty *duties[ROW_MAX])
{
    enum taking taken[REACH_JOBS] = {TAKEN_NOT};
    bool is_closed = false;
    size_t count = 0;
    for (size_t i = 0; i < 2 * roster->count && count < ROW_MAX && !is_closed; i++) {
        struct duty *duty = &roster->duties[i < roster->count ? i : i - roster->count];
        bool fits = is_particular(duty) ? count == 0 : i >= roster->count;
        if (duty->over || !fits || !find_job(roster, duty, taken))
            continue;
        if (duty->job < REACH_JOBS)
            taken[duty->job] = wants_own_job(roster, duty) ? TAKEN_BY_ONE : TAKEN_BY_SEVERAL;
        duties[count++] = duty;
        is_closed = duty->alone || is_last_try(duty);
    }
    return count;
}

/* The one duty comes behind all jobs before its own, which have none. */
static void assign_behind(struct duty *duties[ROW_MAX], struct row_plan *plan)
{
    struct duty *duty = duties[0];
    *plan = (struct row_plan){.count = duty->job, .schedule = {.count = duty->job}};
    for (uint32_t job = 0; job < duty->job; job++) {
        plan->jobs[job] = job;
        duties[job] = NULL;
    }
    duties[duty->job] = duty;
    roster_give(duty, plan);
}

void roster_assign(struct roster *roster, struct duty *duties[ROW_MAX], struct row_plan *plan)
{
    size_t count = choose(roster, duties);
    if (count == 1 && is_last_try(duties[0])) {
        assign_behind(duties, plan);
        return;
    }
    qsort(duties, count, sizeof(struct duty *), in_order);
    *plan = (struct row_plan){.count = 0};
    for (size_t i = 0; i < count; i++)
        roster_give(duties[i], plan);
}

void roster_done(struct roster *roster, struct duty *duty, enum sweep_kind end)
{
    duty->over = true;
    duty->end = end;
    roster->left--;
}

void roster_tried(struct roster *roster, struct duty *duty)
{
    if (++duty->tries == ROSTER_TRIES)
        roster_done(roster, duty, SWEEP_DRIFTED);
}

void roster_clear(struct roster *roster)
{
    free(roster->duties);
    *roster = (struct roster){0};
}
