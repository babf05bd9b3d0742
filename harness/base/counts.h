/* Counters, found by a hash. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct counts {
    uint64_t *slots; /* owned: pairs of hash and counter */
    size_t mask;
};

/* Makes room for so many different hashes, and no more. Returns 0 with *out the caller's (counts_clear), or
 * -ENOMEM. */
int counts_make(size_t entries, struct counts *out);

/* The counter of the hash, which is entered with 0 if it is new. */
uint64_t *counts_at(struct counts *counts, uint64_t hash);

void counts_clear(struct counts *counts);
