/* The supervisor's side of a trace: untrusted input, as all of the ledger. Every index is checked; what is
 * asked for is copied out. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ledger/reader.h"

/* Events that can be read, and those that came when there was no room left. 0 without a trace. */
uint32_t trace_event_count(const struct ledger_view *view);
uint32_t trace_events_lost(const struct ledger_view *view);

/* Stacks for which there was no room: their events have TRACE_STACK_NONE. */
uint32_t trace_stacks_lost(const struct ledger_view *view);

/* Event number `index`, in the order in which they were written. Kind, point, path, stack and resource are
 * within range. False: there is none, it is incomplete, or no event at all. */
bool trace_event(const struct ledger_view *view, uint32_t index, struct trace_event *out);

/* Copies up to `max` frames of a stack, innermost first. Returns its depth, at most TRACE_DEPTH_MAX; 0 if
 * there is no such stack. */
uint32_t trace_stack(const struct ledger_view *view, uint32_t index, struct trace_frame *frames,
                     uint32_t max);
