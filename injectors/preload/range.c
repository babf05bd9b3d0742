/* Wrappers of the calls that close all descriptors of a range, whichever of them are open. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "trace.h"
#include "wrap.h"

/* Not every C library declares them. */
int close_range(unsigned first, unsigned last, int flags);
void closefrom(int first);

/* What the ledger holds of the range and the kernel has no longer was given at `site`. The kernel is asked
 * afterwards: it knows whether they are to be closed at once or on exec. A number that has been taken anew
 * meanwhile reads otherwise than it did, and is left alone. */
static void range_given(unsigned first, unsigned last, uintptr_t site)
{
    if (self.bypass != 0)
        return;
    int saved = errno;
    for (unsigned fd = first; fd < preload.fd_count && fd <= last; fd++) {
        struct ledger_fd *slot = &preload.fds[fd];
        uint64_t held = atomic_load_explicit(&slot->holder, memory_order_acquire);
        if ((held & LEDGER_FD_OPEN) == 0 || syscall(SYS_fcntl, fd, F_GETFD) != -1)
            continue;
        atomic_store_explicit(&slot->released_at, site, memory_order_relaxed);
        uint64_t given = held & LEDGER_FD_GENERATION_MASK;
        if (!atomic_compare_exchange_strong(&slot->holder, &held, given))
            continue;
        trace_gave(TRACE_DESCRIPTOR, fd);
        if (fd_is_foreign(held))
            fd_closed_wrongly(LEDGER_FOREIGN_CLOSE, (int)fd, site);
    }
    errno = saved;
}

/* A forked child has no slots: what the kernel has now is what it will close. */
static void range_giving(unsigned first, unsigned last)
{
    if (LIKELY(!preload.is_followed) || self.bypass != 0)
        return;
    int saved = errno;
    for (unsigned fd = first; fd < preload.ledger->head.fd_count && fd <= last; fd++)
        if (syscall(SYS_fcntl, fd, F_GETFD) != -1)
            trace_gave(TRACE_DESCRIPTOR, fd);
    errno = saved;
}

REAL(int, close_range, (unsigned first, unsigned last, int flags), (first, last, flags))
EXPORT int close_range(unsigned first, unsigned last, int flags)
{
    struct fault fault;
    if (IF_DUE(POINT_CLOSE_RANGE, fault))
        return failed(fault.error);
    if ((flags & CLOSE_RANGE_CLOEXEC) == 0)
        range_giving(first, last);
    int result = real_close_range(first, last, flags);
    if (LIKELY(result == 0))
        range_given(first, last, CALL_SITE);
    return result;
}

/* Cannot fail, but can be late. */
REAL(void, closefrom, (int first), (first))
EXPORT void closefrom(int first)
{
    struct fault fault;
    (void)IF_DUE(POINT_CLOSEFROM, fault);
    unsigned from = first > 0 ? (unsigned)first : 0;
    range_giving(from, UINT_MAX);
    real_closefrom(first);
    range_given(from, UINT_MAX, CALL_SITE);
}
