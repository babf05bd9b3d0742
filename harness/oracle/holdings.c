/* Decides what is held by chains of takings with the same hash, and which frames are active by the lows of
 * each thread. The outermost pairs that a taking shares with all later stacks are those that each of these
 * stacks shares with the one before it: so a thread keeps, of these numbers, only the least ones from some
 * event to now, which are no more than a stack has pairs. */
#include "oracle/holdings.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"

enum { END = 0 };
static const uint32_t gone = UINT32_MAX, replaced = UINT32_MAX - 1;

/* The least number of pairs that two stacks in a row had in common, up to now from some event on that comes
 * before `event`, and not before that one. */
struct low {
    size_t event;
    uint32_t equal;
};

struct holdings_thread {
    uint32_t last; /* stack of its last event; 0: none */
    uint32_t count;
    struct low lows[TRACE_DEPTH_MAX + 1]; /* both members grow */
};

static size_t paths_of(const struct record *record)
{
    int32_t last = 0;
    for (size_t i = 0; i < record->event_count; i++)
        last = record->events[i].path > last ? record->events[i].path : last;
    return (size_t)last + 1;
}

int holdings_make(const struct record *record, struct holdings *out)
{
    size_t room = 64;
    while (room < record->event_count)
        room *= 2;
    struct holdings holdings = {.record = record,
                                .chains = calloc(room, sizeof *holdings.chains),
                                .next = malloc((record->event_count + 1) * sizeof *holdings.next),
                                .mask = room - 1,
                                .threads = calloc(paths_of(record), sizeof *holdings.threads)};
    if (holdings.chains == NULL || holdings.next == NULL || holdings.threads == NULL) {
        holdings_clear(&holdings);
        return -ENOMEM;
    }
    for (size_t i = 0; i < record->event_count; i++)
        holdings.next[i] = gone;
    *out = holdings;
    return 0;
}

void holdings_clear(struct holdings *holdings)
{
    free(holdings->chains);
    free(holdings->next);
    free(holdings->threads);
    *holdings = (struct holdings){0};
}

static bool same_thing(const struct record_event *a, const struct record_event *b)
{
    return a->resource == b->resource && a->id == b->id &&
           (a->process == b->process || a->resource == TRACE_FILE);
}

static uint32_t *chain_of(const struct holdings *holdings, const struct record_event *event)
{
    return &holdings->chains[hash_add(event->resource, event->id) & holdings->mask];
}

/* Takes the latest taking of the same thing out of its chain, and marks it. */
static int64_t strike(struct holdings *holdings, const struct record_event *event, uint32_t mark)
{
    for (uint32_t *link = chain_of(holdings, event); *link != END; link = &holdings->next[*link - 1]) {
        uint32_t taking = *link - 1;
        if (!same_thing(&holdings->record->events[taking], event))
            continue;
        *link = holdings->next[taking];
        holdings->next[taking] = mark;
        return taking;
    }
    return HOLDINGS_NONE;
}

static void hold(struct holdings *holdings, size_t taking)
{
    uint32_t *chain = chain_of(holdings, &holdings->record->events[taking]);
    holdings->next[taking] = *chain;
    *chain = (uint32_t)taking + 1;
}

/* A giving that was noted did not take place: its taking holds as before. */
static void keep(struct holdings *holdings, size_t event)
{
    const struct record_event *events = holdings->record->events;
    for (size_t i = event; i-- > 0;)
        if (events[i].kind == TRACE_TOOK && same_thing(&events[i], &events[event])) {
            if (holdings->next[i] == gone)
                hold(holdings, i);
            return;
        }
}

/* Of these there is but one of a number, or of a name. */
static bool is_single(enum trace_resource resource)
{
    return resource == TRACE_DESCRIPTOR || resource == TRACE_CHILD || resource == TRACE_FILE ||
           resource == TRACE_MEMORY;
}

/* What the event says of frames: those that are not on its stack have returned. */
static void see_stack(struct holdings *holdings, size_t at)
{
    const struct record_event *event = &holdings->record->events[at];
    struct holdings_thread *thread = &holdings->threads[event->path];
    bool ended = event->kind == TRACE_THREAD_ENDED;
    if (!ended && event->stack == 0)
        return;
    uint32_t equal =
        ended || thread->last == 0 ? 0 : record_equal(holdings->record, thread->last, event->stack);
    while (thread->count > 0 && thread->lows[thread->count - 1].equal >= equal)
        thread->count--;
    thread->lows[thread->count++] = (struct low){.event = at, .equal = equal};
    thread->last = ended ? 0 : event->stack;
}

int64_t holdings_pass(struct holdings *holdings, size_t at)
{
    const struct record_event *event = &holdings->record->events[at];
    see_stack(holdings, at);
    if (event->kind == TRACE_GAVE)
        return strike(holdings, event, gone);
    if (event->kind == TRACE_KEPT)
        keep(holdings, at);
    if (event->kind == TRACE_TOOK) {
        if (is_single(event->resource))
            strike(holdings, event, replaced);
        hold(holdings, at);
    }
    return HOLDINGS_NONE;
}

bool holdings_has(const struct holdings *holdings, size_t taking)
{
    return holdings->next[taking] < replaced;
}

bool holdings_was_replaced(const struct holdings *holdings, size_t taking)
{
    return holdings->next[taking] == replaced;
}

uint32_t holdings_active(const struct holdings *holdings, size_t taking)
{
    const struct record_event *taken = &holdings->record->events[taking];
    const struct holdings_thread *thread = &holdings->threads[taken->path];
    uint32_t depth = holdings->record->stacks[taken->stack].depth;
    uint32_t low = UINT32_MAX;
    for (uint32_t i = thread->count; i-- > 0 && thread->lows[i].event > taking;)
        low = thread->lows[i].equal;
    if (low == UINT32_MAX || depth == 0)
        return depth;
    return low < depth ? low : depth - 1;
}
