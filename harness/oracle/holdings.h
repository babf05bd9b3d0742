/* What a run holds as its record is gone through: taken and not given back yet, and which frames of the
 * taking have been active ever since. Each event costs about the same, however much is held. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oracle/record.h"

struct holdings {
    const struct record *record;
    uint32_t *chains; /* latest taking of each hash, plus 1; owned */
    uint32_t
        *next; /* of each taking: the one before it in its chain, plus 1; HOLDINGS_GONE: not held; owned */
    size_t mask;
    struct holdings_thread *threads; /* by index of spawn path; owned */
};

enum { HOLDINGS_NONE = -1 };

/* Returns 0 with *out the caller's (holdings_clear), or -ENOMEM. Nothing is held yet. */
int holdings_make(const struct record *record, struct holdings *out);
void holdings_clear(struct holdings *holdings);

/* Goes on to the event of that number; all are gone through, in their order. Returns the taking that it gives
 * back, which holdings_active still knows of; HOLDINGS_NONE: it gives back nothing that is held. */
int64_t holdings_pass(struct holdings *holdings, size_t event);

/* Whether that taking is held now. */
bool holdings_has(const struct holdings *holdings, size_t taking);

/* Frames of the taking that have been active up to the last event passed. */
uint32_t holdings_active(const struct holdings *holdings, size_t taking);

/* Whether it was followed by a taking of the same thing, of which there can be but one: it was given back,
 * and nobody knows when. */
bool holdings_was_replaced(const struct holdings *holdings, size_t taking);
