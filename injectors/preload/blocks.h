/* The table of blocks: what is allocated now, by address, with who took it where. It lives in memory of its
 * own, mapped by raw system calls, and grows as it must; all functions may be called by any thread.
 *
 * A block may be owned by an operation, and then counts in the account of the operation's thread until it
 * is given back, by whatever thread, or disowned. In a fork's child the table is empty and closed: the
 * kernel wipes it, so that no lock which another thread held stays locked there. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block {
    uintptr_t address; /* 0: none */
    size_t bytes;
    uintptr_t site;
    uint64_t operation : 40; /* its owner, encoded; 0: nobody's */
    uint64_t account : 11;   /* 0: none */
    uint64_t by_libc : 1;    /* the C library allocated it, for itself or for its caller */
    uint32_t place;          /* in the owner's log */
    uint32_t reached;        /* when the C library's own data last led to it; 0: never */
};

/* Makes the table, before the program's threads start. False: there is no memory for it. */
bool blocks_open(void);

/* Whether there is a table to note anything in. */
bool blocks_are_open(void);

/* Enters the block. If one of its address is there still, it was given back unseen: copied to *stale, whose
 * address is 0 otherwise. Returns the bytes in the block's account now, -1 if there is no room for it. */
int64_t blocks_put(const struct block *block, struct block *stale);

/* Takes the block of that address out, to *out. False: there is none. */
bool blocks_take(uintptr_t address, struct block *out);

/* The block of that address, copied to *out. False: there is none. */
bool blocks_find(uintptr_t address, struct block *out);

/* The block of that address, if the C library allocated it and `now` is newer than when it was last reached:
 * it is reached now, and its first words, up to `words_max`, are copied to *words. Returns their number. */
size_t blocks_reach(uintptr_t address, uint32_t now, uintptr_t *words, size_t words_max);

/* The block of `address` is owned still, and stands at `from` in its owner's log: moves it to `to`. */
bool blocks_move(uintptr_t address, uint64_t operation, uint32_t from, uint32_t to);

/* From now on the block belongs to nobody, if `operation` owns it (0: whoever does) and, unless `place` is
 * UINT32_MAX, it stands there in the owner's log. Copied to *out as it was. False: it is none of those. */
bool blocks_disown(uintptr_t address, uint64_t operation, uint32_t place, struct block *out);

/* Disowns the next block of the operation, searching the whole table. False: there is no more. Begin with
 * a zeroed cursor. */
struct blocks_cursor {
    uint32_t shard, slot;
};
bool blocks_disown_next(struct blocks_cursor *cursor, uint64_t operation, struct block *out);

/* The calling thread has left one of the above by a jump out of a signal handler: gives its lock back. */
void blocks_left(void);

/* Empties an account. */
void blocks_account_clear(unsigned account);

/* Memory straight from the kernel, zeroed, and back to it. NULL: there is none. */
void *blocks_map(size_t size);
void blocks_unmap(void *memory, size_t size);
