/* A table with open addressing, at most half full. */
#include "base/counts.h"

#include <errno.h>
#include <stdlib.h>

int counts_make(size_t entries, struct counts *out)
{
    size_t room = 16;
    while (room < 2 * entries)
        room *= 2;
    *out = (struct counts){.slots = calloc(2 * room, sizeof *out->slots), .mask = room - 1};
    return out->slots == NULL ? -ENOMEM : 0;
}

uint64_t *counts_at(struct counts *counts, uint64_t hash)
{
    hash |= hash == 0;
    size_t i = hash & counts->mask;
    while (counts->slots[2 * i] != 0 && counts->slots[2 * i] != hash)
        i = (i + 1) & counts->mask;
    counts->slots[2 * i] = hash;
    return &counts->slots[2 * i + 1];
}

void counts_clear(struct counts *counts)
{
    free(counts->slots);
    *counts = (struct counts){0};
}
