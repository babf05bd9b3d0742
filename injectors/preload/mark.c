/* The marks: operations begin and end here, and what an operation still has at its end is a leak. */
#include "exeunt/mark.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "heap.h"
#include "held.h"
#include "trace.h"

EXPORT void exeunt_mark_begin(uint64_t operation);
EXPORT void exeunt_mark_end(int status);
EXPORT void exeunt_mark_transfer(int fd);
EXPORT void exeunt_mark_transfer_memory(void *block);
EXPORT void exeunt_mark_taken_for(int fd, const char *path, const void *caller);
EXPORT void exeunt_mark_rest(void);
EXPORT bool exeunt_mark_injected(int error);
EXPORT bool exeunt_mark_stopping(void);
EXPORT void exeunt_mark_benign(int change);

static pthread_key_t thread_end;
static pthread_once_t thread_end_once = PTHREAD_ONCE_INIT;

/* A thread ends: so does its operation, if it was thrown out of one. The record is free for another
 * thread; its counts stay, since they are summed over all. A forked child leaves alone what is its parent's.
 * Other keys' destructors may still clean up: the C library goes round several times, ours acts in the last.
 */
static void leave_record(void *record)
{
    if (preload.ledger == NULL || preload.is_followed)
        return;
    if (++self.end_rounds < PTHREAD_DESTRUCTOR_ITERATIONS && pthread_setspecific(thread_end, record) == 0)
        return;
    exeunt_mark_end(-ECANCELED);
    heap_thread_ended();
    trace_thread_ended();
    struct ledger_thread *own = record;
    int32_t after = held_thread_ended() ? -own->tid : 0;
    atomic_store_explicit(&own->tid, after, memory_order_release);
    self.record = NULL;
}

static void make_key(void)
{
    pthread_key_create(&thread_end, leave_record);
}

static bool take_record(struct ledger_thread *record)
{
    int32_t nobody = 0;
    if (!atomic_compare_exchange_strong(&record->tid, &nobody, (int32_t)syscall(SYS_gettid)))
        return false;
    record->path = self.path;
    preload.ledger->locks[record - preload.ledger->threads].handle = pthread_self();
    self.record = record;
    BYPASSING; /* it may allocate */
    pthread_once(&thread_end_once, make_key);
    pthread_setspecific(thread_end, record);
    return true;
}

struct ledger_thread *thread_record(void)
{
    struct ledger *ledger = preload.ledger;
    if (LIKELY(self.record != NULL))
        return self.record;
    if (preload.is_followed)
        return NULL;
    for (uint32_t i = 0; i < LEDGER_THREADS_MAX; i++) {
        if (!take_record(&ledger->threads[i]))
            continue;
        uint32_t used = atomic_load(&ledger->thread_count);
        while (used < i + 1 && !atomic_compare_exchange_weak(&ledger->thread_count, &used, i + 1))
            continue;
        return self.record;
    }
    return NULL;
}

/* The operation's record, or NULL beyond the table. `operation` is encoded. */
static struct ledger_operation *operation_record(struct ledger *ledger, uint64_t operation)
{
    return operation - 1 < LEDGER_OPERATIONS_MAX ? &ledger->operations[operation - 1] : NULL;
}

static bool still_open(int fd)
{
    return syscall(SYS_fcntl, fd, F_GETFD) != -1;
}

/* One descriptor at the end of its operation: a leak if its slot still reads as it was taken. From then
 * on it belongs to nobody. */
static void settle(int fd, uint64_t holder, int status)
{
    struct ledger *ledger = preload.ledger;
    struct ledger_fd *slot = &ledger->fds[fd];
    uint64_t held = atomic_load_explicit(&slot->holder, memory_order_acquire);
    if (held != holder)
        return;
    bool open = still_open(fd); /* or closed by a call that no wrapper sees */
    uint64_t after = held & ~(LEDGER_OPERATION_MASK | (open ? 0 : LEDGER_FD_OPEN));
    if (!atomic_compare_exchange_strong(&slot->holder, &held, after) || !open)
        return;
    atomic_fetch_add_explicit(&ledger->leaks, 1, memory_order_relaxed);
    event_write((struct ledger_event){.kind = LEDGER_LEAK,
                                      .fd = fd,
                                      .taken_at = slot->taken_at,
                                      .point = self.last_point,
                                      .error = self.last_point >= 0 ? self.last_error : -status,
                                      .k = self.last_k});
}

static void settle_all(int status)
{
    if (UNLIKELY(self.taken_overflow)) {
        for (uint32_t fd = 0, used = slots_used(); fd < used; fd++) {
            uint64_t held = preload.ledger->fds[fd].holder;
            if ((held & LEDGER_FD_OPEN) != 0 && (held & LEDGER_OPERATION_MASK) == self.operation)
                settle((int)fd, held, status);
        }
        return;
    }
    for (unsigned i = 0; i < self.taken_count; i++)
        settle(self.taken[i].fd, self.taken[i].holder, status);
}

void operation_unended(void)
{
    if (preload.ledger == NULL || preload.is_followed || self.operation == 0)
        return;
    event_write((struct ledger_event){.kind = LEDGER_UNENDED,
                                      .fd = -1,
                                      .taken_at = site_of(self.begun_at),
                                      .point = self.last_point,
                                      .error = self.last_point >= 0 ? self.last_error : 0,
                                      .k = self.last_k});
}

void exeunt_mark_begin(uint64_t operation)
{
    struct ledger *ledger = preload.ledger;
    if (ledger == NULL)
        return;
    if (self.operation != 0) {
        operation_unended();
        exeunt_mark_end(0);
    }
    self.operation = (operation + 1) & LEDGER_OPERATION_MASK;
    self.begun_at = CALL_SITE;
    self.taken_count = 0;
    self.taken_overflow = false;
    self.resources = 0;
    self.last_point = -1;
    self.first_fault = 0;
    self.refused = false;
    memset(self.injected, 0, sizeof self.injected);
    if (preload.any_armed) {
        memset(self.calls, 0, sizeof self.calls[0] * ledger->point_count);
        memset(self.streams, 0, sizeof self.streams[0] * ledger->point_count);
    }
    struct ledger_operation *record = operation_record(ledger, self.operation);
    if (record != NULL)
        atomic_store_explicit(&record->state, LEDGER_OPERATION_BEGUN, memory_order_relaxed);
    struct ledger_thread *thread = thread_record();
    heap_operation_began();
    if (thread == NULL) {
        if (!self.unrecorded && !preload.is_followed)
            atomic_fetch_add_explicit(&ledger->threads_unrecorded, 1, memory_order_relaxed);
        self.unrecorded = true;
        return;
    }
    atomic_store_explicit(&thread->operation, operation, memory_order_relaxed);
    atomic_store_explicit(&thread->since_ns, clock_now_ns(), memory_order_relaxed);
    atomic_store_explicit(&thread->started, thread->started + 1, memory_order_relaxed);
    atomic_store_explicit(&thread->in_operation, 1, memory_order_release);
}

void exeunt_mark_end(int status)
{
    struct ledger *ledger = preload.ledger;
    if (ledger == NULL || self.operation == 0)
        return;
    int saved = errno;
    settle_all(status);
    heap_operation_ended(status);
    resources_settle(status);
    held_operation_ended(status);
    struct ledger_operation *record = operation_record(ledger, self.operation);
    if (record != NULL) {
        record->first_fault = self.first_fault;
        record->status = status;
        atomic_store_explicit(&record->state,
                              self.refused ? LEDGER_OPERATION_REFUSED : LEDGER_OPERATION_ENDED,
                              memory_order_release);
    }
    self.operation = 0;
    self.last_point = -1;
    struct ledger_thread *thread = self.record;
    if (thread != NULL) {
        _Atomic uint64_t *count = status == 0 ? &thread->succeeded : &thread->failed;
        atomic_store_explicit(&thread->since_ns, clock_now_ns(), memory_order_relaxed);
        atomic_store_explicit(&thread->in_operation, 0, memory_order_relaxed);
        atomic_store_explicit(count, *count + 1, memory_order_release);
    }
    errno = saved;
}

void exeunt_mark_transfer(int fd)
{
    struct ledger_fd *slot = slot_of(fd);
    if (slot == NULL)
        return;
    uint64_t held = atomic_load(&slot->holder);
    while ((held & LEDGER_FD_OPEN) != 0 &&
           !atomic_compare_exchange_weak(&slot->holder, &held, held & ~LEDGER_OPERATION_MASK))
        continue;
}

void exeunt_mark_taken_for(int fd, const char *path, const void *caller)
{
    struct ledger_fd *slot = slot_of(fd);
    uint64_t site = site_of((uintptr_t)caller);
    if (slot != NULL)
        atomic_store_explicit(&slot->taken_at, site, memory_order_relaxed);
    if (path != NULL)
        temp_taken_for(path, site);
}

void exeunt_mark_transfer_memory(void *block)
{
    if (heap_is_watched())
        heap_transfer(block);
}

void exeunt_mark_rest(void)
{
    struct ledger *ledger = preload.ledger;
    if (ledger == NULL || preload.is_followed)
        return;
    int saved = errno;
    int64_t unset = -1;
    int64_t count = fds_count();
    int64_t slots = slots_count();
    if (atomic_compare_exchange_strong(&ledger->fds_at_rest_first, &unset, count)) {
        ledger->first_rest_ns = clock_now_ns();
        ledger->slots_at_rest_first = slots;
    } else {
        ledger->fds_at_rest_last = count;
        ledger->slots_at_rest_last = slots;
    }
    errno = saved;
}

bool exeunt_mark_injected(int error)
{
    return error >= 0 && error / 64 < ERRNO_WORDS && (self.injected[error / 64] >> (error % 64) & 1) != 0;
}

bool exeunt_mark_stopping(void)
{
    return preload.ledger != NULL && atomic_load_explicit(&preload.ledger->stop, memory_order_relaxed) != 0;
}

void exeunt_mark_benign(int change)
{
    self.benign += change;
}
