/* What the loader and the C library allocate for themselves, and keep for as long as they please: a thread's
 * storage, the buffer of a stream, the tables of a time zone. It is no leak of the operation in which they
 * happened to need it first. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct range {
    uintptr_t start, size;
};

/* The texts of both. Empty until roots_find. */
extern struct range loader_text, libc_text;

static inline bool within(const struct range *range, uintptr_t address)
{
    return address - range->start < range->size;
}

/* Finds where the two and their data are. Before the program's threads start. */
void roots_find(void);

/* Whether a call that allocates is the loader's own, or gets a stream its buffer: these are nobody else's. */
bool roots_allocate(uintptr_t site);

/* Goes from the C library's own data, static or of this thread, along blocks that the C library allocated:
 * their `reached` is from now on at least what this returns. For the seldom case that such a block seems to
 * be a leak: it takes some ten microseconds. */
uint32_t roots_reach(void);
