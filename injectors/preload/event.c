/* What is rare and news: faults, leaks, wrong closes, exhaustion. Written for the supervisor to read. */
#include "preload.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "trace.h"

void event_write(struct ledger_event event)
{
    struct ledger *ledger = preload.ledger;
    struct undisturbed before = undisturbed_begin();
    uint64_t index = atomic_fetch_add_explicit(&ledger->event_count, 1, memory_order_relaxed);
    struct ledger_event *place = &ledger->events[index % LEDGER_EVENTS_MAX];
    atomic_store_explicit(&place->sequence, 0, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    place->t_ns = clock_now_ns();
    place->operation = self.operation;
    place->path = self.path;
    place->bytes = event.bytes;
    place->lock = event.lock;
    place->taken_at = event.taken_at;
    place->released_at = event.released_at;
    place->site = event.site;
    place->k = event.k;
    place->kind = event.kind;
    place->point = event.point;
    place->error = event.error;
    place->fd = event.fd;
    atomic_store_explicit(&place->sequence, index + 1, memory_order_release);
    undisturbed_end(before);
}

void fd_took_aside(int fd, uintptr_t site)
{
    struct ledger_fd *slot = slot_of(fd);
    if (slot != NULL)
        slot_take(slot, fd, site);
    trace_took(TRACE_DESCRIPTOR, (uint64_t)fd, site);
}

uint64_t fd_giving_aside(int fd, uintptr_t site)
{
    struct ledger_fd *slot = slot_of(fd);
    trace_gave(TRACE_DESCRIPTOR, (uint64_t)fd);
    return slot != NULL ? slot_give(slot, site) : 0;
}

void fd_closed_wrongly(enum ledger_event_kind kind, int fd, uintptr_t site)
{
    struct ledger_fd *slot = slot_of(fd);
    if (slot == NULL)
        return;
    event_write((struct ledger_event){.kind = kind,
                                      .fd = fd,
                                      .taken_at = slot->taken_at,
                                      .released_at = slot->released_at,
                                      .site = site_of(site),
                                      .point = self.last_point,
                                      .error = self.last_point >= 0 ? self.last_error : 0,
                                      .k = self.last_k});
}

void fd_kept(int fd, uint64_t held)
{
    struct ledger_fd *slot = slot_of(fd);
    uint64_t given = held & LEDGER_FD_GENERATION_MASK;
    if (slot == NULL || (held & LEDGER_FD_OPEN) == 0 || syscall(SYS_fcntl, fd, F_GETFD) == -1)
        return;
    if (atomic_compare_exchange_strong(&slot->holder, &given, held))
        trace_kept(TRACE_DESCRIPTOR, (uint64_t)fd);
}

static uint64_t faults_until_now(const struct ledger *ledger)
{
    uint64_t faults = 0;
    for (uint32_t i = 0; i < ledger->point_count; i++)
        faults += atomic_load_explicit(&ledger->points[i].injected, memory_order_relaxed);
    return faults;
}

/* Operations that have ended. */
static uint64_t operations_until_now(const struct ledger *ledger)
{
    uint64_t operations = 0;
    for (uint32_t i = 0; i < ledger->thread_count && i < LEDGER_THREADS_MAX; i++)
        operations += ledger->threads[i].succeeded + ledger->threads[i].failed;
    return operations;
}

/* UndefinedBehaviorSanitizer's shared runtime calls this hook at each report, and then goes on. */
EXPORT void __ubsan_on_report(void);
EXPORT void __ubsan_on_report(void)
{
    if (preload.ledger != NULL)
        atomic_fetch_add_explicit(&preload.ledger->sanitizer_reports, 1, memory_order_relaxed);
}

void kernel_refused(int error)
{
    struct ledger *ledger = preload.ledger;
    if (ledger == NULL || self.bypass != 0)
        return;
    struct ledger_exhaustion *exhaustion;
    if (error == EMFILE)
        exhaustion = &ledger->descriptors_exhausted;
    else if (error == ENOSPC || error == EDQUOT)
        exhaustion = &ledger->space_exhausted;
    else if (error == ENFILE)
        exhaustion = &ledger->system_exhausted;
    else
        return;
    self.refused = true;
    if (atomic_fetch_add_explicit(&exhaustion->count, 1, memory_order_relaxed) != 0)
        return;
    exhaustion->first_operation = operations_until_now(ledger);
    exhaustion->first_fault = faults_until_now(ledger);
    exhaustion->first_ns = clock_now_ns();
}
