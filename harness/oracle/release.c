/* Decides which releases are the second of one taking. */
#include "oracle/release.h"

#include <errno.h>
#include <stdlib.h>

#include "base/counts.h"
#include "base/hash.h"

/* What came before the event. Numbers and addresses mean something within one process. */
static struct release release_at(const struct record *record, size_t event)
{
    struct release release = {event, RELEASE_UNKNOWN, RELEASE_UNKNOWN};
    const struct record_event *given = &record->events[event];
    for (size_t i = event; i-- > 0 && release.taking == RELEASE_UNKNOWN;) {
        const struct record_event *before = &record->events[i];
        if (before->resource != given->resource || before->id != given->id ||
            before->process != given->process)
            continue;
        if (before->kind == TRACE_TOOK)
            release.taking = i;
        else if (before->kind == TRACE_GAVE && release.first == RELEASE_UNKNOWN)
            release.first = i;
    }
    return release;
}

static bool is_call(const struct record *record, const struct record_event *event,
                    const struct release_call *call)
{
    return event->kind == TRACE_GAVE && event->resource == call->resource && event->id == call->id &&
           event->path == call->path &&
           (call->operation == 0 || (event->in_operation && event->who == call->operation)) &&
           record_has_frame(record, event->stack, call->site);
}

bool release_find(const struct record *record, const struct release_call *call, struct release *out)
{
    bool found = false;
    for (size_t i = 0; i < record->event_count; i++) {
        if (!is_call(record, &record->events[i], call))
            continue;
        *out = release_at(record, i);
        found = true;
        if (out->first != RELEASE_UNKNOWN)
            return true;
    }
    return found;
}

static size_t connection_events(const struct record *record)
{
    size_t count = 0;
    for (size_t i = 0; i < record->event_count; i++)
        count += record->events[i].resource == TRACE_CONNECTION;
    return count;
}

/* What is known of all connections, by process and id. */
struct connections {
    struct counts held, takings;
};

/* Whether the event gives back what was taken, and is held no more. */
static bool is_second(struct connections *connections, const struct record_event *event)
{
    uint64_t key = hash_add(event->process, event->id);
    uint64_t *held = counts_at(&connections->held, key), *takings = counts_at(&connections->takings, key);
    *held += event->kind == TRACE_TOOK;
    *takings += event->kind == TRACE_TOOK;
    if (event->kind != TRACE_GAVE || *takings == 0)
        return false;
    bool second = *held == 0;
    *held -= !second;
    return second;
}

int releases_judge(const struct record *record, struct release **out, size_t *count)
{
    size_t room = connection_events(record), found = 0;
    struct release *list = calloc(room + 1, sizeof *list);
    struct connections connections = {0};
    int failed = list == NULL ? -ENOMEM : counts_make(room, &connections.held);
    if (failed == 0)
        failed = counts_make(room, &connections.takings);
    for (size_t i = 0; failed == 0 && i < record->event_count; i++)
        if (record->events[i].resource == TRACE_CONNECTION && is_second(&connections, &record->events[i]))
            list[found++] = release_at(record, i);
    counts_clear(&connections.held);
    counts_clear(&connections.takings);
    if (failed != 0) {
        free(list);
        return failed;
    }
    *out = list;
    *count = found;
    return 0;
}
