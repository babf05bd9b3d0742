/* Decides which calls are worth a run: those that come again in every run, one for each context first. */
#include "oracle/contexts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/counts.h"
#include "base/hash.h"

static uint64_t coordinate_of(const struct call *call)
{
    return hash_add(hash_add(call->who, (uint64_t)call->point), call->k);
}

static int by_coordinate(const void *a, const void *b)
{
    uint64_t first = coordinate_of(a), second = coordinate_of(b);
    return first < second ? -1 : first > second;
}

/* The point belongs to the context: one line can call two of them. */
uint64_t contexts_of(const struct record *record, const struct record_event *event)
{
    return hash_add(record->stacks[event->stack].context, (uint64_t)event->point);
}

static struct call call_of(const struct record *record, const struct record_event *event)
{
    return (struct call){.who = event->who,
                         .in_operation = event->in_operation,
                         .path = event->path,
                         .point = event->point,
                         .k = event->k,
                         .context = contexts_of(record, event),
                         .stack = event->stack};
}

static int list_calls(const struct record *record, size_t from, struct call **out, size_t *count)
{
    struct call *calls = malloc((record->event_count + 1) * sizeof *calls);
    if (calls == NULL)
        return -ENOMEM;
    size_t found = 0;
    for (size_t i = from; i < record->event_count; i++)
        if (record->events[i].kind == TRACE_CALL && record->events[i].stack != 0)
            calls[found++] = call_of(record, &record->events[i]);
    *out = calls;
    *count = found;
    return 0;
}

int contexts_number(struct contexts *contexts)
{
    contexts->count = 0;
    struct counts seen_of;
    if (counts_make(contexts->call_count, &seen_of) != 0)
        return -ENOMEM;
    for (size_t i = 0; i < contexts->call_count; i++) {
        uint64_t *seen = counts_at(&seen_of, contexts->calls[i].context);
        contexts->count += *seen == 0;
        contexts->calls[i].number = (uint32_t)(*seen)++;
    }
    counts_clear(&seen_of);
    return 0;
}

int contexts_learn(const struct record *first, const struct record *second, struct contexts *out)
{
    struct contexts contexts = {0};
    struct call *twins = NULL;
    size_t twin_count = 0, kept = 0;
    int failed = list_calls(first, 0, &contexts.calls, &contexts.call_count);
    if (failed == 0)
        failed = list_calls(second, 0, &twins, &twin_count);
    if (failed == 0)
        qsort(twins, twin_count, sizeof *twins, by_coordinate);
    for (size_t i = 0; failed == 0 && i < contexts.call_count; i++) {
        const struct call *call = &contexts.calls[i];
        const struct call *twin = bsearch(call, twins, twin_count, sizeof *twins, by_coordinate);
        if (twin != NULL && twin->context == call->context)
            contexts.calls[kept++] = *call;
    }
    contexts.unsteady = contexts.call_count - kept;
    contexts.call_count = kept;
    free(twins);
    if (failed == 0)
        failed = contexts_number(&contexts);
    if (failed != 0)
        contexts_clear(&contexts);
    else
        *out = contexts;
    return failed;
}

void contexts_clear(struct contexts *contexts)
{
    free(contexts->calls);
    *contexts = (struct contexts){0};
}

static size_t behind_fault(const struct record *record)
{
    size_t behind = record->event_count;
    for (size_t i = 0; i < record->event_count; i++)
        if (record->events[i].kind == TRACE_FAULT)
            behind = i + 1;
    return behind;
}

int contexts_after_fault(const struct record *record, const struct contexts *steady, struct call **out,
                         size_t *count)
{
    struct call *calls;
    size_t found, kept = 0;
    struct counts known;
    int failed = list_calls(record, behind_fault(record), &calls, &found);
    if (failed != 0)
        return failed;
    if (counts_make(found + steady->call_count, &known) != 0) {
        free(calls);
        return -ENOMEM;
    }
    for (size_t i = 0; i < steady->call_count; i++)
        ++*counts_at(&known, steady->calls[i].context);
    for (size_t i = 0; i < found; i++)
        if ((*counts_at(&known, calls[i].context))++ == 0)
            calls[kept++] = calls[i];
    counts_clear(&known);
    *out = calls;
    *count = kept;
    return 0;
}
