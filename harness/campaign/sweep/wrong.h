/* Wrong releases of a run, and what its operations left: as the ledger's events tell them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ledger/reader.h"
#include "oracle/record.h"

/* As an event's kind, though none of the ledger's: a temporary file outlived the operation that made it. */
enum { WRONG_TEMP_LEFT = LEDGER_EVENT_KINDS };

struct wrongs {
    uint64_t *keys; /* owned */
    size_t count;
};

/* Whether the event tells of a resource that was released twice, or by somebody who did not hold it. */
bool wrong_is_release(const struct ledger_event *event);

/* Whether it tells of a resource that an operation (or thread) still had at its end. */
bool wrong_is_leak(const struct ledger_event *event);

/* What was left, or released wrongly. */
enum trace_resource wrong_resource(const struct ledger_event *event);

/* Its number, or address. */
uint64_t wrong_id(const struct ledger_event *event);

/* Where what was released twice was released first; 0: not known, or it was not. */
uint64_t wrong_released_at(const struct ledger_event *event);

/* What kind and place they have, in this run. */
uint64_t wrong_key(const struct ledger_view *ledger, const struct ledger_event *event);

/* The same of a connection that was given back twice. */
uint64_t wrong_release_key(const struct record *record, const struct record_event *event);

/* Reads the events of a run without faults: what is wrong even then. Returns 0 or -ENOMEM. */
int wrongs_of(struct ledger_view *ledger, const struct record *record, struct wrongs *out);
bool wrongs_have(const struct wrongs *wrongs, uint64_t key);
