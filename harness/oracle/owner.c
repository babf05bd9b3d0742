/* Decides whether what a run still holds is a leak. */
#include "oracle/owner.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/counts.h"
#include "base/hash.h"
#include "oracle/holdings.h"

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

/* Of each context, how many one thread holds at once. */
static uint64_t *held_of(const struct record *record, struct counts *held, size_t taking)
{
    const struct record_event *taken = &record->events[taking];
    return counts_at(held, hash_add(key_of(record, taken), (uint64_t)taken->path));
}

static void learn_release(const struct owners *owners, const struct holdings *holdings, size_t taking,
                          size_t at)
{
    const struct record *record = holdings->record;
    const struct record_event *taken = &record->events[taking];
    struct owner *owner = owner_of(owners, key_of(record, taken));
    uint32_t active = holdings_active(holdings, taking);
    if (active < owner->active)
        owner->active = active;
    owner->by_same_thread &= taken->path == record->events[at].path;
    owner->held_last = at;
}

static void learn_event(const struct owners *owners, struct holdings *holdings, struct counts *held,
                        size_t at)
{
    const struct record *record = holdings->record;
    int64_t given = holdings_pass(holdings, at);
    if (given != HOLDINGS_NONE) {
        learn_release(owners, holdings, (size_t)given, at);
        --*held_of(record, held, (size_t)given);
    }
    if (record->events[at].kind != TRACE_TOOK)
        return;
    struct owner *owner = owner_of(owners, key_of(record, &record->events[at]));
    uint64_t now = ++*held_of(record, held, at);
    if (now > owner->held_most)
        owner->held_most = (uint32_t)now;
}

/* What was not given back, or nobody knows when. */
static void learn_rest(const struct owners *owners, const struct holdings *holdings)
{
    const struct record *record = holdings->record;
    for (size_t i = 0; i < record->event_count; i++)
        if (record->events[i].kind == TRACE_TOOK &&
            (holdings_has(holdings, i) || holdings_was_replaced(holdings, i)))
            owner_of(owners, key_of(record, &record->events[i]))->released = false;
}

int owners_learn(const struct record *record, struct owners *out)
{
    struct owners owners = {0};
    struct holdings holdings = {0};
    struct counts held = {0};
    int failed = list_owners(record, &owners);
    if (failed == 0)
        failed = holdings_make(record, &holdings);
    if (failed == 0)
        failed = counts_make(takings(record), &held);
    for (size_t i = 0; failed == 0 && i < record->event_count; i++)
        learn_event(&owners, &holdings, &held, i);
    if (failed == 0)
        learn_rest(&owners, &holdings);
    holdings_clear(&holdings);
    counts_clear(&held);
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

/* Whether the run, with the owner active, passed a place that steady runs pass only after the release. */
static bool is_late(const struct owner *owner, const struct passed *passed, const struct record *record,
                    size_t taking)
{
    const struct record_event *taken = &record->events[taking];
    for (size_t i = taking + 1; i < record->event_count; i++) {
        const struct record_event *event = &record->events[i];
        if (event->process == taken->process && event->kind == TRACE_EXITING)
            return false;
        if (event->path != taken->path || event->stack == 0)
            continue;
        if (record_active(record, taken->stack, event->stack) < owner->active)
            return false;
        if (event->kind == TRACE_CALL &&
            only_after(passed, record->stacks[event->stack].context, owner->held_last))
            return true;
    }
    return false;
}

/* What main itself owns lives as long as the process; a thread ends with all its frames. */
static bool is_deeper_than_main(const struct record *record, const struct record_event *taken, uint32_t depth)
{
    return !taken->is_main || depth > record_main_depth(record, taken->stack);
}

/* A run as it is judged. */
struct judging {
    const struct owners *owners;
    const struct passed *passed;
    struct holdings holdings;
    struct counts held;
    struct counts crowded; /* of each context and thread: its taking, plus 1, at which there were too many */
};

/* What a system library takes and gives back within itself, is its own affair: nobody here can mend it. */
static bool is_own_affair(const struct record *record, const struct record_event *taken, uint32_t owner)
{
    const struct record_stack *stack = &record->stacks[taken->stack];
    return owner < stack->depth && !record->frames[stack->first + stack->depth - 1 - owner].own;
}

/* Memory is judged by its owner alone: programs keep blocks for later more freely than anything else. */
static bool is_leak(struct judging *judging, size_t taking, enum leak_witness *witness)
{
    const struct record *record = judging->holdings.record;
    const struct record_event *taken = &record->events[taking];
    const struct owner *owner = owner_of(judging->owners, key_of(record, taken));
    bool memory = taken->resource == TRACE_MEMORY;
    if (!is_judged(owner) || (memory && is_own_affair(record, taken, owner->active)))
        return false;
    if (taken->resource == TRACE_FILE)
        *witness = LEAK_BY_STAY;
    else if (holdings_active(&judging->holdings, taking) < owner->active &&
             is_deeper_than_main(record, taken, owner->active))
        *witness = LEAK_BY_FRAME;
    else if (!memory && is_late(owner, judging->passed, record, taking))
        *witness = LEAK_BY_CONTEXT;
    else if (!memory && *held_of(record, &judging->crowded, taking) > taking + 1)
        *witness = LEAK_BY_NUMBER;
    else
        return false;
    return true;
}

/* If a context takes more than steady runs hold of it at once, those that were there before should have gone.
 */
static void pass(struct judging *judging, size_t at)
{
    const struct record *record = judging->holdings.record;
    int64_t given = holdings_pass(&judging->holdings, at);
    if (given != HOLDINGS_NONE)
        --*held_of(record, &judging->held, (size_t)given);
    if (record->events[at].kind != TRACE_TOOK)
        return;
    const struct owner *owner = owner_of(judging->owners, key_of(record, &record->events[at]));
    if ((*held_of(record, &judging->held, at))++ >= (owner != NULL ? owner->held_most : UINT64_MAX))
        *held_of(record, &judging->crowded, at) = at + 1;
}

static int open_judging(const struct record *record, struct judging *judging)
{
    size_t count = takings(record);
    int failed = holdings_make(record, &judging->holdings);
    if (failed == 0)
        failed = counts_make(count, &judging->held);
    return failed == 0 ? counts_make(count, &judging->crowded) : failed;
}

static void close_judging(struct judging *judging)
{
    holdings_clear(&judging->holdings);
    counts_clear(&judging->held);
    counts_clear(&judging->crowded);
}

int owners_judge(const struct owners *owners, const struct passed *passed, const struct record *record,
                 struct leak **out, size_t *count)
{
    struct judging judging = {.owners = owners, .passed = passed};
    int failed = open_judging(record, &judging);
    struct leak *leaks = failed == 0 ? calloc(takings(record) + 1, sizeof *leaks) : NULL;
    size_t found = 0;
    for (size_t i = 0; leaks != NULL && i < record->event_count; i++)
        pass(&judging, i);
    for (size_t i = 0; leaks != NULL && i < record->event_count; i++) {
        enum leak_witness witness;
        if (record->events[i].kind == TRACE_TOOK && holdings_has(&judging.holdings, i) &&
            is_leak(&judging, i, &witness))
            leaks[found++] = (struct leak){.event = i, .witness = witness};
    }
    close_judging(&judging);
    if (leaks == NULL)
        return -ENOMEM;
    *out = leaks;
    *count = found;
    return 0;
}

static bool is_told(const struct record_event *taken)
{
    return (taken->resource == TRACE_DESCRIPTOR && taken->id > STDERR_FILENO) ||
           taken->resource == TRACE_LOCK || taken->resource == TRACE_CHILD;
}

int owners_unreleased(const struct record *record, size_t **out, size_t *count)
{
    struct holdings holdings;
    struct counts seen = {0};
    int failed = holdings_make(record, &holdings);
    if (failed != 0)
        return failed;
    size_t *takings_left = calloc(takings(record) + 1, sizeof *takings_left), found = 0;
    failed = takings_left == NULL ? -ENOMEM : counts_make(takings(record), &seen);
    for (size_t i = 0; failed == 0 && i < record->event_count; i++)
        holdings_pass(&holdings, i);
    for (size_t i = 0; failed == 0 && i < record->event_count; i++) {
        const struct record_event *event = &record->events[i];
        if (event->kind == TRACE_TOOK && is_told(event) && holdings_has(&holdings, i) &&
            (*counts_at(&seen, key_of(record, event)))++ == 0)
            takings_left[found++] = i;
    }
    holdings_clear(&holdings);
    counts_clear(&seen);
    if (failed != 0)
        free(takings_left);
    else
        *out = takings_left, *count = found;
    return failed;
}
