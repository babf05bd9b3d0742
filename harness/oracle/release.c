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

bool release_find(const struct record *record, enum trace_resource resource, uint64_t id, int32_t path,
                  uint64_t site, struct release *out)
{
    bool found = false;
    for (size_t i = 0; i < record->event_count; i++) {
        const struct record_event *event = &record->events[i];
        if (event->kind != TRACE_GAVE || event->resource != resource || event->id != id ||
            event->path != path || !record_has_frame(record, event->stack, site))
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
    struct counts held;
    struct counts takings, givings; /* the last one, plus 1; 0: none */
};

/* Whether the event gives back what is held no more. */
static bool is_second(struct connections *connections, const struct record_event *event, size_t at,
                      struct release *out)
{
    uint64_t key = hash_add(event->process, event->id);
    uint64_t *held = counts_at(&connections->held, key), *taken = counts_at(&connections->takings, key),
             *given = counts_at(&connections->givings, key);
    if (event->kind == TRACE_TOOK) {
        ++*held;
        *taken = at + 1;
    }
    if (event->kind != TRACE_GAVE || *taken == 0)
        return false;
    *out = (struct release){.event = at, .first = *given - 1, .taking = *taken - 1};
    *given = at + 1;
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
    if (failed == 0)
        failed = counts_make(room, &connections.givings);
    for (size_t i = 0; failed == 0 && i < record->event_count; i++)
        if (record->events[i].resource == TRACE_CONNECTION &&
            is_second(&connections, &record->events[i], i, &list[found]))
            found++;
    counts_clear(&connections.held);
    counts_clear(&connections.takings);
    counts_clear(&connections.givings);
    if (failed != 0) {
        free(list);
        return failed;
    }
    *out = list;
    *count = found;
    return 0;
}
