/* Decides which releases are the second of one taking. */
#include "oracle/release.h"

#include <errno.h>
#include <stdlib.h>

#include "base/counts.h"
#include "base/hash.h"

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
    struct counts takings; /* the last one, plus 1; 0: never taken */
};

/* Whether the event gives back what is held no more. */
static bool is_second(struct connections *connections, const struct record_event *event, size_t at,
                      size_t *taking)
{
    uint64_t key = hash_add(event->process, event->id);
    uint64_t *held = counts_at(&connections->held, key), *taken = counts_at(&connections->takings, key);
    if (event->kind == TRACE_TOOK) {
        ++*held;
        *taken = at + 1;
    }
    if (event->kind != TRACE_GAVE || *taken == 0)
        return false;
    *taking = *taken - 1;
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
        if (record->events[i].resource == TRACE_CONNECTION &&
            is_second(&connections, &record->events[i], i, &list[found].taking))
            list[found++].event = i;
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
