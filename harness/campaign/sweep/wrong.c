/* Decides which of the ledger's events are news of a faulting run. */
#include "campaign/sweep/wrong.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"
#include "oracle/release.h"

bool wrong_is_release(const struct ledger_event *event)
{
    return event->kind == LEDGER_DOUBLE_CLOSE || event->kind == LEDGER_FOREIGN_CLOSE ||
           event->kind == LEDGER_FOREIGN_UNLOCK || event->kind == LEDGER_DOUBLE_UNLOCK ||
           event->kind == LEDGER_HELD_DESTROYED;
}

bool wrong_is_leak(const struct ledger_event *event)
{
    return event->kind == LEDGER_LEAK || event->kind == LEDGER_LOCK_LEFT ||
           event->kind == LEDGER_RESOURCE_LEAK || event->kind == LEDGER_HEAP_LEAK ||
           event->kind == WRONG_TEMP_LEFT;
}

enum trace_resource wrong_resource(const struct ledger_event *event)
{
    switch (event->kind) {
    case LEDGER_LEAK:
    case LEDGER_DOUBLE_CLOSE:
    case LEDGER_FOREIGN_CLOSE:
        return TRACE_DESCRIPTOR;
    case LEDGER_RESOURCE_LEAK:
        return TRACE_CONNECTION;
    case LEDGER_HEAP_LEAK:
        return TRACE_MEMORY;
    case WRONG_TEMP_LEFT:
        return TRACE_FILE;
    default:
        return TRACE_LOCK;
    }
}

uint64_t wrong_id(const struct ledger_event *event)
{
    return wrong_resource(event) == TRACE_LOCK ? event->lock : (uint64_t)event->fd;
}

/* A descriptor that another operation has was released before that took it. */
uint64_t wrong_released_at(const struct ledger_event *event)
{
    return event->kind == LEDGER_DOUBLE_CLOSE ? event->released_at : 0;
}

static uint64_t offset_of(const struct ledger_view *ledger, uint64_t address)
{
    struct ledger_module module;
    return ledger_module_of(ledger, address, &module) ? address - module.bias : address;
}

uint64_t wrong_key(const struct ledger_view *ledger, const struct ledger_event *event)
{
    uint64_t hash = hash_add(event->kind, offset_of(ledger, event->taken_at));
    return hash_add(hash, offset_of(ledger, event->site));
}

uint64_t wrong_release_key(const struct record *record, const struct record_event *event)
{
    return hash_add(TRACE_CONNECTION, record->stacks[event->stack].context);
}

static int add(struct wrongs *wrongs, uint64_t key)
{
    uint64_t *grown = realloc(wrongs->keys, (wrongs->count + 1) * sizeof *grown);
    if (grown == NULL)
        return -ENOMEM;
    wrongs->keys = grown;
    wrongs->keys[wrongs->count++] = key;
    return 0;
}

static int add_releases(const struct record *record, struct wrongs *wrongs)
{
    struct release *releases;
    size_t count;
    int failed = releases_judge(record, &releases, &count);
    if (failed != 0)
        return failed;
    for (size_t i = 0; failed == 0 && i < count; i++)
        failed = add(wrongs, wrong_release_key(record, &record->events[releases[i].event]));
    free(releases);
    return failed;
}

int wrongs_of(struct ledger_view *ledger, const struct record *record, struct wrongs *out)
{
    struct wrongs wrongs = {0};
    struct ledger_event event;
    uint64_t lost = 0;
    int failed = add_releases(record, &wrongs);
    while (failed == 0 && ledger_next_event(ledger, &event, &lost))
        if (wrong_is_release(&event) || wrong_is_leak(&event))
            failed = add(&wrongs, wrong_key(ledger, &event));
    if (failed != 0)
        free(wrongs.keys);
    else
        *out = wrongs;
    return failed;
}

bool wrongs_have(const struct wrongs *wrongs, uint64_t key)
{
    for (size_t i = 0; i < wrongs->count; i++)
        if (wrongs->keys[i] == key)
            return true;
    return false;
}
