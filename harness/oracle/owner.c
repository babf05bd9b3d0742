/* Decides whether what a run still holds is a leak. */
#include "oracle/owner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "ledger/layout.h"

/* Something taken and not given back yet. */
struct holding {
    size_t event;    /* that took it */
    uint32_t active; /* frames of the taking that have been active ever since */
    bool late;       /* a place was passed that steady runs pass only after the release */
    bool crowded;    /* its context took more beside it than it ever holds at once in steady runs */
};

struct holdings {
    struct holding *list;
    size_t count, room;
};

static uint64_t key_of(const struct record *record, const struct record_event *event)
{
    return hash_add(record->stacks[event->stack].context, event->resource);
}

static int by_key(const void *a, const void *b)
{
    const struct owner *first = a, *second = b;
    return first->key < second->key ? -1 : first->key > second->key;
}

static struct owner *owner_of(const struct owners *owners, uint64_t key)
{
    const struct owner wanted = {.key = key};
    return owners->count == 0 ? NULL : bsearch(&wanted, owners->list, owners->count, sizeof wanted, by_key);
}

static int hold(struct holdings *holdings, size_t event, uint32_t depth)
{
    if (holdings->count == holdings->room) {
        size_t room = holdings->room == 0 ? 64 : 2 * holdings->room;
        struct holding *list = realloc(holdings->list, room * sizeof *list);
        if (list == NULL)
            return -ENOMEM;
        holdings->list = list;
        holdings->room = room;
    }
    holdings->list[holdings->count++] = (struct holding){.event = event, .active = depth};
    return 0;
}

static struct holding *find(const struct record *record, const struct holdings *holdings,
                            const struct record_event *given)
{
    for (size_t i = holdings->count; i-- > 0;) {
        const struct record_event *taken = &record->events[holdings->list[i].event];
        if (taken->resource == given->resource && taken->id == given->id)
            return &holdings->list[i];
    }
    return NULL;
}

static void drop(struct holdings *holdings, struct holding *gone)
{
    *gone = holdings->list[--holdings->count];
}

/* What the event says of frames: those that are not on its stack have returned. */
static void pass(const struct record *record, const struct holdings *holdings,
                 const struct record_event *event)
{
    bool ended = event->kind == TRACE_THREAD_ENDED;
    for (size_t i = 0; (ended || event->stack != 0) && i < holdings->count; i++) {
        struct holding *holding = &holdings->list[i];
        const struct record_event *taken = &record->events[holding->event];
        if (taken->path != event->path)
            continue;
        uint32_t active = ended ? 0 : record_active(record, taken->stack, event->stack);
        if (active < holding->active)
            holding->active = active;
    }
}

/* Number of those that the same context took. */
static uint32_t held_of(const struct record *record, const struct holdings *holdings, uint64_t key)
{
    uint32_t held = 0;
    for (size_t i = 0; i < holdings->count; i++)
        held += key_of(record, &record->events[holdings->list[i].event]) == key;
    return held;
}

static size_t takings(const struct record *record)
{
    size_t count = 0;
    for (size_t i = 0; i < record->event_count; i++)
        count += record->events[i].kind == TRACE_TOOK;
    return count;
}

/* The owners of all contexts that take something, with nothing known of them yet. */
static int list_owners(const struct record *record, struct owners *out)
{
    size_t room = takings(record), count = 0;
    struct owner *list = calloc(room + 1, sizeof *list);
    if (list == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < record->event_count; i++)
        if (record->events[i].kind == TRACE_TOOK)
            list[count++] = (struct owner){.key = key_of(record, &record->events[i]),
                                           .active = UINT32_MAX,
                                           .released = true,
                                           .by_same_thread = true};
    qsort(list, count, sizeof *list, by_key);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || list[kept - 1].key != list[i].key)
            list[kept++] = list[i];
    *out = (struct owners){.list = list, .count = kept};
    return 0;
}

static void learn_release(const struct record *record, const struct owners *owners,
                          const struct holding *holding, const struct record_event *given, size_t at)
{
    const struct record_event *taken = &record->events[holding->event];
    struct owner *owner = owner_of(owners, key_of(record, taken));
    if (holding->active < owner->active)
        owner->active = holding->active;
    owner->by_same_thread &= taken->path == given->path;
    owner->held_last = at;
}

static int learn_event(const struct record *record, size_t at, struct holdings *holdings,
                       const struct owners *owners)
{
    const struct record_event *event = &record->events[at];
    pass(record, holdings, event);
    if (event->kind == TRACE_GAVE) {
        struct holding *given = find(record, holdings, event);
        if (given == NULL)
            return 0;
        learn_release(record, owners, given, event, at);
        drop(holdings, given);
    }
    if (event->kind != TRACE_TOOK)
        return 0;
    int failed = hold(holdings, at, record->stacks[event->stack].depth);
    struct owner *owner = owner_of(owners, key_of(record, event));
    uint32_t held = failed == 0 ? held_of(record, holdings, owner->key) : 0;
    if (held > owner->held_most)
        owner->held_most = held;
    return failed;
}

int owners_learn(const struct record *record, struct owners *out)
{
    struct owners owners;
    struct holdings holdings = {0};
    int failed = list_owners(record, &owners);
    if (failed != 0)
        return failed;
    for (size_t i = 0; failed == 0 && i < record->event_count; i++)
        failed = learn_event(record, i, &holdings, &owners);
    for (size_t i = 0; i < holdings.count; i++)
        owner_of(&owners, key_of(record, &record->events[holdings.list[i].event]))->released = false;
    free(holdings.list);
    if (failed != 0)
        owners_clear(&owners);
    else
        *out = owners;
    return failed;
}

void owners_join(struct owners *owners, const struct owners *other)
{
    size_t kept = 0;
    for (size_t i = 0; i < owners->count; i++) {
        const struct owner *twin = owner_of(other, owners->list[i].key);
        if (twin == NULL)
            continue;
        struct owner owner = owners->list[i];
        owner.active = twin->active < owner.active ? twin->active : owner.active;
        owner.held_most = twin->held_most > owner.held_most ? twin->held_most : owner.held_most;
        owner.held_last = twin->held_last > owner.held_last ? twin->held_last : owner.held_last;
        owner.released &= twin->released;
        owner.by_same_thread &= twin->by_same_thread;
        owners->list[kept++] = owner;
    }
    owners->count = kept;
}

void owners_clear(struct owners *owners)
{
    free(owners->list);
    *owners = (struct owners){0};
}

static int by_context(const void *a, const void *b)
{
    const struct first_passed *first = a, *second = b;
    if (first->context != second->context)
        return first->context < second->context ? -1 : 1;
    return first->event < second->event ? -1 : first->event > second->event;
}

int passed_learn(const struct record *record, struct passed *out)
{
    struct first_passed *list = malloc((record->event_count + 1) * sizeof *list);
    if (list == NULL)
        return -ENOMEM;
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < record->event_count; i++)
        if (record->events[i].kind == TRACE_CALL && record->events[i].stack != 0)
            list[count++] =
                (struct first_passed){.context = record->stacks[record->events[i].stack].context, .event = i};
    qsort(list, count, sizeof *list, by_context);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || list[kept - 1].context != list[i].context)
            list[kept++] = list[i];
    *out = (struct passed){.list = list, .count = kept};
    return 0;
}

void passed_clear(struct passed *passed)
{
    free(passed->list);
    *passed = (struct passed){0};
}

/* Whether the steady run passes the context only after the event of that number. */
static bool only_after(const struct passed *passed, uint64_t context, uint64_t event)
{
    size_t low = 0, high = passed->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (passed->list[middle].context < context)
            low = middle + 1;
        else
            high = middle;
    }
    return low < passed->count && passed->list[low].context == context && passed->list[low].event > event;
}

/* A resource that steady runs give back, each one, in the thread that took it. */
static bool is_judged(const struct owner *owner)
{
    return owner != NULL && owner->released && owner->by_same_thread && owner->active != UINT32_MAX;
}

/* Notes for what is held whether the event's context comes only after its release, with the owner active. */
static void note_late(const struct owners *owners, const struct passed *passed, const struct record *record,
                      const struct holdings *holdings, const struct record_event *event)
{
    if (event->kind != TRACE_CALL || event->stack == 0)
        return;
    uint64_t context = record->stacks[event->stack].context;
    for (size_t i = 0; i < holdings->count; i++) {
        struct holding *holding = &holdings->list[i];
        const struct record_event *taken = &record->events[holding->event];
        const struct owner *owner = owner_of(owners, key_of(record, taken));
        if (taken->path == event->path && is_judged(owner) && holding->active >= owner->active &&
            only_after(passed, context, owner->held_last))
            holding->late = true;
    }
}

/* What main itself owns lives as long as the process; a thread ends with all its frames. */
static bool is_deeper_than_main(const struct record *record, const struct record_event *taken, uint32_t depth)
{
    return taken->path != LEDGER_PATH_MAIN || depth > record_main_depth(record, taken->stack);
}

static bool is_leak(const struct owners *owners, const struct record *record, const struct holding *holding,
                    enum leak_witness *witness)
{
    const struct record_event *taken = &record->events[holding->event];
    const struct owner *owner = owner_of(owners, key_of(record, taken));
    if (!is_judged(owner))
        return false;
    if (taken->resource == TRACE_FILE)
        *witness = LEAK_BY_STAY;
    else if (holding->active < owner->active && is_deeper_than_main(record, taken, owner->active))
        *witness = LEAK_BY_FRAME;
    else if (holding->late)
        *witness = LEAK_BY_CONTEXT;
    else if (holding->crowded)
        *witness = LEAK_BY_NUMBER;
    else
        return false;
    return true;
}

/* Takes what the event took. If that is more than steady runs hold at once, those that were there before
 * should have gone. */
static int take(const struct owners *owners, const struct record *record, struct holdings *holdings,
                size_t event)
{
    uint64_t key = key_of(record, &record->events[event]);
    const struct owner *owner = owner_of(owners, key);
    bool crowded = owner != NULL && held_of(record, holdings, key) >= owner->held_most;
    for (size_t i = 0; crowded && i < holdings->count; i++)
        if (key_of(record, &record->events[holdings->list[i].event]) == key)
            holdings->list[i].crowded = true;
    return hold(holdings, event, record->stacks[record->events[event].stack].depth);
}

/* Goes through the run; leaves what is held at its end. */
static int go_through(const struct owners *owners, const struct passed *passed, const struct record *record,
                      struct holdings *holdings)
{
    bool exiting = false;
    for (size_t i = 0; i < record->event_count; i++) {
        const struct record_event *event = &record->events[i];
        pass(record, holdings, event);
        exiting |= event->kind == TRACE_EXITING;
        if (!exiting)
            note_late(owners, passed, record, holdings, event);
        struct holding *given = event->kind == TRACE_GAVE ? find(record, holdings, event) : NULL;
        if (given != NULL)
            drop(holdings, given);
        if (event->kind == TRACE_TOOK && take(owners, record, holdings, i) != 0)
            return -ENOMEM;
    }
    return 0;
}

int owners_judge(const struct owners *owners, const struct passed *passed, const struct record *record,
                 struct leak **out, size_t *count)
{
    struct holdings holdings = {0};
    int failed = go_through(owners, passed, record, &holdings);
    struct leak *leaks = failed == 0 ? calloc(holdings.count + 1, sizeof *leaks) : NULL;
    size_t found = 0;
    for (size_t i = 0; leaks != NULL && i < holdings.count; i++) {
        enum leak_witness witness;
        if (is_leak(owners, record, &holdings.list[i], &witness))
            leaks[found++] = (struct leak){.event = holdings.list[i].event, .witness = witness};
    }
    free(holdings.list);
    if (leaks == NULL)
        return -ENOMEM;
    *out = leaks;
    *count = found;
    return 0;
}
