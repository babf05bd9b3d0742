/* Keeps the heap's books: a count for each thread, an account for each operation, and a log of what the
 * operation allocated, so that its end has to look at nothing else. */
#include "heap.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "roots.h"
#include "trace.h"

enum { LOG_ROOM_FIRST = 512, PLACES_MAX = 32 };

/* Whether a jump out of a signal handler has left the books half done, seen from a frame that lies above the
 * one that kept them. A handler with a stack of its own may lie there too. */
static COLD bool was_left(uintptr_t frame)
{
    stack_t stack;
    if (frame < self.in_heap ||
        (syscall(SYS_sigaltstack, NULL, &stack) == 0 && (stack.ss_flags & SS_ONSTACK) != 0))
        return false;
    blocks_left();
    return true;
}

/* Our own steps must not meet themselves: neither by what they call, nor out of a signal handler. */
static bool enter(void)
{
    uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    if ((self.in_heap != 0 && !was_left(frame)) || !blocks_are_open() || preload.ledger == NULL)
        return false;
    self.in_heap = frame;
    self.bypass++;
    return true;
}

static void leave(void)
{
    if (self.bypass != 0) /* a jump within a signal handler has ended it already: see jump.c */
        self.bypass--;
    self.in_heap = 0;
}

/* The thread's own count, which nobody else writes to; a thread without a record has a share in one. */
static void count(int64_t bytes)
{
    struct ledger_thread *record = self.record;
    if (UNLIKELY(record == NULL)) {
        atomic_fetch_add_explicit(&preload.ledger->heap_elsewhere, bytes, memory_order_relaxed);
        return;
    }
    int64_t heap = atomic_load_explicit(&record->heap, memory_order_relaxed);
    atomic_store_explicit(&record->heap, heap + bytes, memory_order_relaxed);
}

static unsigned account(void)
{
    return self.record != NULL ? (unsigned)(self.record - preload.ledger->threads) + 1 : 0;
}

static void raise_peak(int64_t bytes)
{
    _Atomic uint64_t *peak = &preload.ledger->heap_peak;
    uint64_t most = atomic_load_explicit(peak, memory_order_relaxed);
    while (bytes > 0 && (uint64_t)bytes > most && !atomic_compare_exchange_weak(peak, &most, (uint64_t)bytes))
        continue;
}

/* Drops from the log what was given back or is another's by now. */
static void compact(struct block_log *log)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < log->count; i++)
        if (blocks_move(log->addresses[i], self.operation, i, kept))
            log->addresses[kept++] = log->addresses[i];
    log->count = kept;
}

static void enlarge(struct block_log *log)
{
    uint32_t room = log->room != 0 ? 2 * log->room : LOG_ROOM_FIRST;
    uintptr_t *addresses = room > log->room ? blocks_map(room * sizeof *addresses) : NULL;
    if (addresses == NULL)
        return;
    if (log->room != 0) {
        memcpy(addresses, log->addresses, log->count * sizeof *addresses);
        blocks_unmap(log->addresses, log->room * sizeof *addresses);
    }
    log->addresses = addresses;
    log->room = room;
}

/* A thread without a record is not told of its end, when the log is to be given back: so it has none. */
static uint32_t enter_log(struct block_log *log, uintptr_t address)
{
    if (log->count == log->room && self.record != NULL) {
        compact(log);
        if (log->count >= log->room / 2)
            enlarge(log);
    }
    if (log->count == log->room) {
        log->overflow = true;
        return UINT32_MAX - 1;
    }
    log->addresses[log->count] = address;
    return log->count++;
}

static void put(const struct block *block)
{
    struct block stale;
    int64_t in_account = blocks_put(block, &stale);
    count(-(int64_t)stale.bytes);
    if (in_account < 0) {
        atomic_fetch_add_explicit(&preload.ledger->blocks_unrecorded, 1, memory_order_relaxed);
        return;
    }
    count((int64_t)block->bytes);
    raise_peak(in_account);
}

static void take(void *memory, size_t bytes, uintptr_t site, bool owned)
{
    struct block block = {
        .address = (uintptr_t)memory, .bytes = bytes, .site = site, .by_libc = within(&libc_text, site)};
    if (owned && self.operation != 0 && !roots_allocate(site)) {
        block.operation = self.operation;
        block.account = account();
        block.site = site_of(site);
        block.place = enter_log(&self.blocks, block.address);
    }
    put(&block);
}

void heap_took(void *block, size_t bytes, uintptr_t site)
{
    int saved = errno;
    if (block == NULL || self.bypass != 0 || !enter())
        return;
    take(block, bytes, site, true);
    leave();
    trace_took(TRACE_MEMORY, (uintptr_t)block, site);
    errno = saved;
}

/* Noted even where the plan and the ledger are bypassed: whoever frees it, it is gone. */
void heap_giving(void *block, struct block *was)
{
    was->address = 0;
    if (block == NULL || !enter())
        return;
    if (blocks_take((uintptr_t)block, was))
        count(-(int64_t)was->bytes);
    leave();
    if (was->address != 0)
        trace_gave(TRACE_MEMORY, was->address);
}

void heap_moved(const struct block *was, bool was_none, void *block, size_t bytes, uintptr_t site)
{
    int saved = errno;
    if (self.bypass != 0 || !enter())
        return;
    take(block, bytes, site, was_none || was->operation != 0);
    leave();
    trace_took(TRACE_MEMORY, (uintptr_t)block, site);
    errno = saved;
}

void heap_kept(const struct block *was)
{
    int saved = errno;
    if (was->address == 0 || !enter())
        return;
    put(was);
    leave();
    trace_kept(TRACE_MEMORY, was->address);
    errno = saved;
}

void heap_transfer(void *block)
{
    struct block was;
    if (block == NULL || !enter())
        return;
    blocks_disown((uintptr_t)block, 0, UINT32_MAX, &was);
    leave();
}

void heap_operation_began(void)
{
    self.blocks.count = 0;
    self.blocks.overflow = false;
    if (heap_is_watched() && self.record != NULL)
        blocks_account_clear(account());
}

/* Leaks of one operation, by the place that allocated them. */
struct places {
    uint32_t reached; /* what the C library's data leads to, 0: not looked at yet */
    unsigned count;
    struct {
        uint64_t site, bytes;
    } list[PLACES_MAX];
};

static void report(struct places *places, int status)
{
    for (unsigned i = 0; i < places->count; i++) {
        atomic_fetch_add_explicit(&preload.ledger->heap_leaks, places->list[i].bytes, memory_order_relaxed);
        event_write((struct ledger_event){.kind = LEDGER_HEAP_LEAK,
                                          .fd = -1,
                                          .taken_at = places->list[i].site,
                                          .bytes = places->list[i].bytes,
                                          .point = self.last_point,
                                          .error = self.last_point >= 0 ? self.last_error : -status,
                                          .k = self.last_k});
    }
    places->count = 0;
}

/* Whether the C library keeps the block for itself. Looked at but once at an operation's end. */
static bool is_kept(struct places *places, const struct block *block)
{
    struct block now;
    if (!block->by_libc)
        return false;
    if (places->reached == 0)
        places->reached = roots_reach();
    return !blocks_find(block->address, &now) || now.reached >= places->reached;
}

static void add_leak(struct places *places, const struct block *block, int status)
{
    if (is_kept(places, block))
        return;
    unsigned i = 0;
    while (i < places->count && places->list[i].site != block->site)
        i++;
    if (i == PLACES_MAX) {
        report(places, status);
        i = 0;
    }
    if (i == places->count) {
        places->list[i].site = block->site;
        places->list[i].bytes = 0;
        places->count++;
    }
    places->list[i].bytes += block->bytes;
}

void heap_operation_ended(int status)
{
    struct block_log *log = &self.blocks;
    struct places places = {0};
    struct blocks_cursor cursor = {0};
    struct block block;
    if (!heap_is_watched() || !enter())
        return;
    struct undisturbed before = undisturbed_begin();
    for (uint32_t i = 0; i < log->count; i++)
        if (blocks_disown(log->addresses[i], self.operation, i, &block))
            add_leak(&places, &block, status);
    while (log->overflow && blocks_disown_next(&cursor, self.operation, &block))
        add_leak(&places, &block, status);
    report(&places, status);
    log->count = 0;
    undisturbed_end(before);
    leave();
}

void heap_thread_ended(void)
{
    struct block_log *log = &self.blocks;
    if (log->room != 0)
        blocks_unmap(log->addresses, log->room * sizeof *log->addresses);
    *log = (struct block_log){0};
}

static void arm(void)
{
    for (unsigned point = POINT_MALLOC; point <= POINT_VASPRINTF; point++)
        preload.armed[point] |= ARMED_FOR_HEAP;
}

static void disarm(void)
{
    for (unsigned point = POINT_MALLOC; point <= POINT_VASPRINTF; point++)
        preload.armed[point] &= (uint8_t)~ARMED_FOR_HEAP;
}

/* A program that brings an allocator of its own does not come to our wrappers, or with its free alone. */
static bool passes_wrappers(void)
{
    struct block found;
    void *volatile probe = malloc(1);
    bool seen = blocks_find((uintptr_t)probe, &found);
    void *volatile larger = realloc(probe, 2);
    seen = seen && blocks_find((uintptr_t)larger, &found) && found.bytes == 2;
    uintptr_t address = (uintptr_t)larger;
    free(larger);
    return seen && !blocks_find(address, &found);
}

void heap_attach(void)
{
    preload.ledger->heap_watched = 0;
    if (preload.ledger->watch_heap == 0 || !blocks_open())
        return;
    arm();
    bool watched = passes_wrappers();
    preload.ledger->heap_watched = watched;
    if (!watched)
        disarm();
}
