/* The heap, if it is watched: what each operation has allocated and not given back. Bytes are those that
 * were asked for. Costs nothing when it is not watched, since nobody calls it then. */
#pragma once

#include "blocks.h"
#include "preload.h"

/* Begins to watch if the supervisor asked for it: arms the allocating points of mem.c with ARMED_FOR_HEAP,
 * unless the program's allocations pass by our wrappers. Before the program's threads start. */
void heap_attach(void);

static inline bool heap_is_watched(void)
{
    return UNLIKELY((preload.armed[POINT_MALLOC] & ARMED_FOR_HEAP) != 0);
}

/* Notes that the call at `site` was given a block of so many bytes. NULL is none. Keeps errno. */
void heap_took(void *block, size_t bytes, uintptr_t site);

/* Notes that a block is about to be given back; copies to *was what was known of it, whose address is 0 if
 * nothing was. Keeps errno. */
void heap_giving(void *block, struct block *was);

/* Notes how a reallocation came out, after heap_giving of the old block. It is the reallocating operation's
 * from now on; but what was nobody's stays so, since it was handed over or is older than all operations. */
void heap_moved(const struct block *was, bool was_none, void *block, size_t bytes, uintptr_t site);

/* Notes that the block was not given back after all. */
void heap_kept(const struct block *was);

/* The block no longer belongs to the operation that allocated it. */
void heap_transfer(void *block);

/* The calling thread's operation begins; ends, and what it still has is a leak; the thread ends. */
void heap_operation_began(void);
void heap_operation_ended(int status);
void heap_thread_ended(void);
