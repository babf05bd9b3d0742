/* Which operations a run completed, and the first fault of each: what comparisons of runs rest on. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ledger/reader.h"
#include "oracle/result.h"

/* Zeroed: empty. Covers the operations that have a record in the ledger, the first 1048576. */
struct witness {
    uint64_t *first_faults; /* by operation number; owned */
    size_t count;
};

/* Copies the ledger's operations. Returns 0 or -ENOMEM. */
int witness_take(const struct ledger_view *ledger, struct witness *out);
void witness_clear(struct witness *witness);

/* Sets the digest of each variant over the operations that all `result->variant_count` witnesses hold. */
void witness_digest(const struct witness *witnesses, struct result *result);
