/* Decides which frames of two stacks are the same activation, and which stacks are the same context. */
#include "oracle/record.h"

#include <stdlib.h>

#include "base/hash.h"

void record_clear(struct record *record)
{
    free(record->frames);
    free(record->stacks);
    free(record->events);
    *record = (struct record){0};
}

void record_set_contexts(struct record *record)
{
    for (size_t i = 0; i < record->stack_count; i++) {
        struct record_stack *stack = &record->stacks[i];
        uint64_t context = 0, last = 0;
        for (uint32_t depth = 0; depth < stack->depth; depth++) {
            uint64_t place = record->frames[stack->first + depth].place;
            if (depth == 0 || place != last)
                context = hash_add(context, place);
            last = place;
        }
        stack->context = context;
    }
}

/* Pair number i from the outermost. */
static const struct record_frame *outer(const struct record *record, const struct record_stack *stack,
                                        uint32_t i)
{
    return &record->frames[stack->first + stack->depth - 1 - i];
}

uint32_t record_equal(const struct record *record, uint32_t first, uint32_t second)
{
    const struct record_stack *a = &record->stacks[first], *b = &record->stacks[second];
    uint32_t limit = a->depth < b->depth ? a->depth : b->depth;
    uint32_t equal = 0;
    while (equal < limit && outer(record, a, equal)->address == outer(record, b, equal)->address &&
           outer(record, a, equal)->cfa == outer(record, b, equal)->cfa)
        equal++;
    return equal;
}

uint32_t record_active(const struct record *record, uint32_t taking, uint32_t other)
{
    uint32_t depth = record->stacks[taking].depth;
    uint32_t equal = record_equal(record, taking, other);
    return equal < depth ? equal : depth == 0 ? 0 : depth - 1;
}

uint32_t record_main_depth(const struct record *record, uint32_t stack)
{
    const struct record_stack *of = &record->stacks[stack];
    uint32_t depth = 0;
    while (depth < of->depth && outer(record, of, depth)->own) /* _start is the program's */
        depth++;
    if (depth == of->depth)
        return 0; /* no system frame outside: the unwinder came no further than main */
    while (depth < of->depth && !outer(record, of, depth)->own)
        depth++;
    return depth;
}

bool record_has_frame(const struct record *record, uint32_t stack, uint64_t address)
{
    const struct record_stack *of = &record->stacks[stack];
    for (uint32_t i = 0; i < of->depth; i++)
        if (record->frames[of->first + i].address == address)
            return true;
    return false;
}

bool record_has_ended(const struct record *record, uint64_t process)
{
    for (size_t i = record->event_count; i-- > 0;)
        if (record->events[i].kind == TRACE_EXITING && record->events[i].process == process)
            return true;
    return false;
}
