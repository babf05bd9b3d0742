/* Shards of open addressing, each with a lock that is held for some probes and never across a real call. */
#include "blocks.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "preload.h"

enum { SHARDS = 64, SLOTS_FIRST = 64, SPINS_MAX = 100, ACCOUNTS = LEDGER_THREADS_MAX + 1 };

struct shard {
    _Alignas(64) atomic_uintptr_t locked; /* by the thread with that state */
    uint32_t used, room;                  /* slots; room is a power of two */
    struct block *slots;
};

struct account {
    _Alignas(64) _Atomic int64_t bytes;
};

static struct table {
    bool open; /* false in a fork's child, since the kernel wipes it there */
    struct shard shards[SHARDS];
    struct account accounts[ACCOUNTS];
    struct block first[SHARDS][SLOTS_FIRST];
} * table;

void *blocks_map(size_t size)
{
#ifdef SYS_mmap2
    long mapped =
        syscall(SYS_mmap2, NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1L, 0L);
#else
    long mapped = syscall(SYS_mmap, NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1L, 0L);
#endif
    return mapped != -1 ? (void *)mapped : NULL;
}

void blocks_unmap(void *memory, size_t size)
{
    syscall(SYS_munmap, memory, size);
}

bool blocks_open(void)
{
    struct table *made = blocks_map(sizeof *made);
    if (made == NULL)
        return false;
    syscall(SYS_madvise, made, sizeof *made, MADV_WIPEONFORK);
    for (unsigned i = 0; i < SHARDS; i++) {
        made->shards[i].room = SLOTS_FIRST;
        made->shards[i].slots = made->first[i];
    }
    made->open = true;
    table = made;
    return true;
}

bool blocks_are_open(void)
{
    return table != NULL && table->open;
}

static void lock(struct shard *shard)
{
    uintptr_t nobody = 0;
    for (unsigned spins = 0; !atomic_compare_exchange_weak_explicit(
             &shard->locked, &nobody, (uintptr_t)&self, memory_order_acquire, memory_order_relaxed);
         spins++, nobody = 0)
        if (spins >= SPINS_MAX)
            syscall(SYS_sched_yield);
}

static void unlock(struct shard *shard)
{
    atomic_store_explicit(&shard->locked, 0, memory_order_release);
}

/* What such a shard held is not known any more. Its slots may have moved, or not: they are given up. */
void blocks_left(void)
{
    for (unsigned i = 0; i < SHARDS; i++) {
        struct shard *shard = &table->shards[i];
        if (shard->locked != (uintptr_t)&self)
            continue;
        atomic_fetch_add_explicit(&preload.ledger->blocks_unrecorded, shard->used, memory_order_relaxed);
        memset(table->first[i], 0, sizeof table->first[i]);
        shard->slots = table->first[i];
        shard->room = SLOTS_FIRST;
        shard->used = 0;
        unlock(shard);
    }
}

static struct shard *shard_of(uint64_t hash)
{
    return &table->shards[hash >> 58];
}

/* The slot of that address, or the free one where it would stand. */
static uint32_t slot_for(const struct shard *shard, uintptr_t address)
{
    uint32_t slot = (uint32_t)hash_mix(address) & (shard->room - 1);
    while (shard->slots[slot].address != 0 && shard->slots[slot].address != address)
        slot = (slot + 1) & (shard->room - 1);
    return slot;
}

static bool grow(struct shard *shard)
{
    struct shard larger = {.room = 2 * shard->room};
    larger.slots = larger.room != 0 ? blocks_map(larger.room * sizeof *larger.slots) : NULL;
    if (larger.slots == NULL)
        return false;
    for (uint32_t i = 0; i < shard->room; i++)
        if (shard->slots[i].address != 0)
            larger.slots[slot_for(&larger, shard->slots[i].address)] = shard->slots[i];
    if (shard->slots != table->first[shard - table->shards])
        blocks_unmap(shard->slots, shard->room * sizeof *shard->slots);
    shard->slots = larger.slots;
    shard->room = larger.room;
    return true;
}

/* Empties the slot: those behind it that it kept from their place move up. */
static void empty(struct shard *shard, uint32_t slot)
{
    uint32_t mask = shard->room - 1;
    uint32_t hole = slot;
    for (uint32_t next = (slot + 1) & mask; shard->slots[next].address != 0; next = (next + 1) & mask) {
        uint32_t wanted = (uint32_t)hash_mix(shard->slots[next].address) & mask;
        if (((next - wanted) & mask) < ((next - hole) & mask))
            continue;
        shard->slots[hole] = shard->slots[next];
        hole = next;
    }
    shard->slots[hole] = (struct block){0};
    shard->used--;
}

/* Adds to the account of the block's owner, if it has both. Returns what is in it then. */
static int64_t charge(const struct block *block, int64_t bytes)
{
    if (block->operation == 0 || block->account == 0)
        return 0;
    _Atomic int64_t *account = &table->accounts[block->account].bytes;
    return atomic_fetch_add_explicit(account, bytes, memory_order_relaxed) + bytes;
}

int64_t blocks_put(const struct block *block, struct block *stale)
{
    struct shard *shard = shard_of(hash_mix(block->address));
    int64_t bytes = -1;
    *stale = (struct block){0};
    lock(shard);
    bool roomy = 4 * (uint64_t)shard->used < 3 * (uint64_t)shard->room || grow(shard);
    uint32_t slot = slot_for(shard, block->address);
    if (shard->slots[slot].address != 0) {
        *stale = shard->slots[slot];
        charge(stale, -(int64_t)stale->bytes);
        shard->used--;
    }
    if (roomy || shard->used + 1 < shard->room) {
        shard->slots[slot] = *block;
        shard->used++;
        bytes = charge(block, (int64_t)block->bytes);
    } else if (stale->address != 0) {
        shard->used++;
        empty(shard, slot);
    }
    unlock(shard);
    return bytes;
}

bool blocks_take(uintptr_t address, struct block *out)
{
    struct shard *shard = shard_of(hash_mix(address));
    lock(shard);
    uint32_t slot = slot_for(shard, address);
    bool found = shard->slots[slot].address != 0;
    if (found) {
        *out = shard->slots[slot];
        charge(out, -(int64_t)out->bytes);
        empty(shard, slot);
    }
    unlock(shard);
    return found;
}

bool blocks_find(uintptr_t address, struct block *out)
{
    struct shard *shard = shard_of(hash_mix(address));
    lock(shard);
    *out = shard->slots[slot_for(shard, address)];
    unlock(shard);
    return out->address != 0;
}

/* Nobody gives a block back to the allocator before it is taken out here: it can be read meanwhile. */
size_t blocks_reach(uintptr_t address, uint32_t now, uintptr_t *words, size_t words_max)
{
    struct shard *shard = shard_of(hash_mix(address));
    size_t count = 0;
    lock(shard);
    struct block *block = &shard->slots[slot_for(shard, address)];
    if (block->address != 0 && block->by_libc && block->reached < now) {
        block->reached = now;
        count = block->bytes / sizeof *words < words_max ? block->bytes / sizeof *words : words_max;
        for (size_t i = 0; i < count; i++)
            words[i] = __atomic_load_n((const uintptr_t *)address + i, __ATOMIC_RELAXED);
    }
    unlock(shard);
    return count;
}

bool blocks_move(uintptr_t address, uint64_t operation, uint32_t from, uint32_t to)
{
    struct shard *shard = shard_of(hash_mix(address));
    lock(shard);
    struct block *block = &shard->slots[slot_for(shard, address)];
    bool found = block->address != 0 && block->operation == operation && block->place == from;
    if (found)
        block->place = to;
    unlock(shard);
    return found;
}

static void disown(struct block *block, struct block *out)
{
    *out = *block;
    charge(block, -(int64_t)block->bytes);
    block->operation = 0;
}

bool blocks_disown(uintptr_t address, uint64_t operation, uint32_t place, struct block *out)
{
    struct shard *shard = shard_of(hash_mix(address));
    lock(shard);
    struct block *block = &shard->slots[slot_for(shard, address)];
    bool found = block->address != 0 && block->operation != 0 &&
                 (operation == 0 || block->operation == operation) &&
                 (place == UINT32_MAX || block->place == place);
    if (found)
        disown(block, out);
    unlock(shard);
    return found;
}

/* Searches the shard from the slot on. Blocks may move up behind our back, but only while it is unlocked. */
static bool disown_in(struct shard *shard, uint32_t *slot, uint64_t operation, struct block *out)
{
    bool found = false;
    lock(shard);
    for (uint32_t i = 0; i < shard->room && !found; i++) {
        struct block *block = &shard->slots[(*slot + i) & (shard->room - 1)];
        found = block->address != 0 && block->operation == operation;
        if (!found)
            continue;
        disown(block, out);
        *slot += i;
    }
    unlock(shard);
    return found;
}

bool blocks_disown_next(struct blocks_cursor *cursor, uint64_t operation, struct block *out)
{
    for (; cursor->shard < SHARDS; cursor->shard++, cursor->slot = 0)
        if (disown_in(&table->shards[cursor->shard], &cursor->slot, operation, out))
            return true;
    return false;
}

void blocks_account_clear(unsigned account)
{
    atomic_store_explicit(&table->accounts[account].bytes, 0, memory_order_relaxed);
}
