/* Decides what is the same fault in two jobs: the line that calls, by the way that it was come to, not the
 * number of the call. The first close of a job that stops early is another one than the first of all others.
 */
#include "campaign/sweep/reach.h"

#include <errno.h>
#include <stdlib.h>

#include "base/counts.h"
#include "base/hash.h"

static bool is_of_job(const struct call *call)
{
    return call->in_operation && call->who <= REACH_JOBS;
}

static int by_fault(const void *a, const void *b)
{
    const struct reach_call *first = a, *second = b;
    if (first->fault != second->fault)
        return first->fault < second->fault ? -1 : 1;
    if (first->effort != second->effort)
        return first->effort < second->effort ? -1 : 1;
    return first->job < second->job ? -1 : first->job > second->job;
}

/* The order of the calls is that in which each job made them. */
static void list_calls(const struct contexts *contexts, const bool unfit[REACH_JOBS], struct counts *times,
                       struct reach *reach)
{
    size_t efforts[REACH_JOBS] = {0};
    for (size_t i = 0; i < contexts->call_count; i++)
        if (is_of_job(&contexts->calls[i]))
            efforts[contexts->calls[i].who - 1]++;
    for (size_t i = 0; i < contexts->call_count; i++) {
        const struct call *call = &contexts->calls[i];
        uint32_t job = (uint32_t)call->who - 1;
        if (!is_of_job(call) || unfit[job])
            continue;
        uint64_t time = (*counts_at(times, hash_add(call->context, call->who)))++;
        reach->calls[reach->count++] = (struct reach_call){
            .fault = hash_add(call->context, time), .effort = efforts[job], .job = job, .call = *call};
    }
}

int reach_make(const struct contexts *contexts, const bool unfit[REACH_JOBS], struct reach *out)
{
    struct reach reach = {.calls = calloc(contexts->call_count + 1, sizeof *reach.calls)};
    struct counts times;
    if (reach.calls == NULL)
        return -ENOMEM;
    if (counts_make(contexts->call_count, &times) != 0) {
        reach_clear(&reach);
        return -ENOMEM;
    }
    list_calls(contexts, unfit, &times, &reach);
    counts_clear(&times);
    qsort(reach.calls, reach.count, sizeof *reach.calls, by_fault);
    *out = reach;
    return 0;
}

void reach_clear(struct reach *reach)
{
    free(reach->calls);
    *reach = (struct reach){0};
}

size_t reach_fits(const struct reach *reach, size_t first)
{
    size_t end = first;
    while (end < reach->count && reach->calls[end].fault == reach->calls[first].fault)
        end++;
    return end - first;
}
