/* Reads what a traced child wrote, and believes none of it. */
#include "ledger/trace_reader.h"

#include <string.h>

static uint32_t events_ever(const struct ledger_view *view)
{
    return view->trace != NULL ? atomic_load_explicit(&view->trace->event_count, memory_order_acquire) : 0;
}

uint32_t trace_event_count(const struct ledger_view *view)
{
    uint32_t count = events_ever(view);
    return count < TRACE_EVENTS_MAX ? count : TRACE_EVENTS_MAX;
}

uint32_t trace_events_lost(const struct ledger_view *view)
{
    return events_ever(view) - trace_event_count(view);
}

uint32_t trace_stacks_lost(const struct ledger_view *view)
{
    return view->trace != NULL ? view->trace->stacks_lost : 0;
}

static bool within_range(const struct ledger_view *view, const struct trace_event *event)
{
    return event->kind >= TRACE_CALL && event->kind < TRACE_KINDS && event->point >= -1 &&
           event->point < (int32_t)ledger_point_count(view) && event->path >= 0 &&
           event->path < LEDGER_PATHS_MAX && event->stack < TRACE_STACKS_MAX &&
           event->resource < TRACE_RESOURCES;
}

bool trace_event(const struct ledger_view *view, uint32_t index, struct trace_event *out)
{
    if (index >= trace_event_count(view))
        return false;
    const struct trace_event *event = &view->trace->events[index];
    struct trace_event copy;
    copy.kind = atomic_load_explicit(&event->kind, memory_order_acquire);
    memcpy((char *)&copy + sizeof copy.kind, (const char *)event + sizeof event->kind,
           sizeof copy - sizeof copy.kind);
    if (!within_range(view, &copy))
        return false;
    memcpy(out, &copy, sizeof *out);
    return true;
}

uint32_t trace_stack(const struct ledger_view *view, uint32_t index, struct trace_frame *frames, uint32_t max)
{
    if (view->trace == NULL || index == TRACE_STACK_NONE || index >= TRACE_STACKS_MAX)
        return 0;
    const struct trace_stack *stack = &view->trace->stacks[index];
    if (atomic_load_explicit(&stack->hash, memory_order_acquire) <= TRACE_STACK_BUSY)
        return 0;
    volatile const uint32_t *first_place = &stack->first, *depth_place = &stack->depth;
    uint32_t first = *first_place, depth = *depth_place; /* each read once: what is checked is what is used */
    if (depth > TRACE_DEPTH_MAX || first > TRACE_FRAMES_MAX - depth)
        return 0;
    uint32_t count = depth < max ? depth : max;
    memcpy(frames, &view->trace->frames[first], count * sizeof *frames);
    return depth;
}
