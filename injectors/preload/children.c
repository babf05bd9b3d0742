/* The children that this process has started: each stands in the ledger until it is waited for. The kernel
 * is the judge: a child that it does not know any more has been reaped, by whomever. Of the children of a
 * forked child only the trace tells. */
#include <errno.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace.h"

enum { BEING_WRITTEN = -1 };

/* Where a child may stand: its own place, or one behind it. */
static struct ledger_child *place(pid_t pid, unsigned probe)
{
    return &preload.ledger->children[((unsigned)pid + probe) % LEDGER_CHILDREN_MAX];
}

/* Whether the kernel has such a child of ours, ended or not. It stays as it is. */
static bool still_known(pid_t pid)
{
    return syscall(SYS_waitid, P_PID, pid, NULL, WEXITED | WNOHANG | WNOWAIT | __WALL, NULL) == 0 ||
           errno != ECHILD;
}

/* Takes the child out of its place. */
static void strike(struct ledger_child *child, pid_t pid)
{
    int32_t expected = pid;
    if (!atomic_compare_exchange_strong(&child->pid, &expected, 0))
        return;
    trace_gave(TRACE_CHILD, (uint64_t)pid);
    atomic_fetch_add_explicit(&preload.ledger->children_reaped, 1, memory_order_relaxed);
}

static bool none_left(const struct ledger *ledger)
{
    return ledger->children_started == ledger->children_reaped;
}

/* A child that stands nowhere: one of those for which there was no room, if there are such. */
static void strike_unrecorded(struct ledger *ledger)
{
    uint64_t unrecorded = ledger->children_unrecorded;
    while (unrecorded != 0 &&
           !atomic_compare_exchange_weak(&ledger->children_unrecorded, &unrecorded, unrecorded - 1))
        continue;
    if (unrecorded != 0)
        atomic_fetch_add_explicit(&ledger->children_reaped, 1, memory_order_relaxed);
}

static bool write_child(pid_t pid, uintptr_t site)
{
    for (unsigned probe = 0; probe < LEDGER_CHILDREN_MAX; probe++) {
        struct ledger_child *child = place(pid, probe);
        int32_t nobody = 0;
        if (!atomic_compare_exchange_strong(&child->pid, &nobody, BEING_WRITTEN))
            continue;
        child->path = self.path;
        child->operation = self.operation;
        child->taken_at = site_of(site);
        atomic_store_explicit(&child->pid, pid, memory_order_release);
        if (!still_known(pid)) /* another thread waited for it before it stood here */
            strike(child, pid);
        return true;
    }
    return false;
}

void child_started(pid_t pid, uintptr_t site)
{
    struct ledger *ledger = preload.ledger;
    if (ledger == NULL || self.bypass != 0)
        return;
    int saved = errno;
    trace_took(TRACE_CHILD, (uint64_t)pid, site);
    errno = saved;
    if (preload.is_followed)
        return;
    atomic_fetch_add_explicit(&ledger->children_started, 1, memory_order_relaxed);
    if (!write_child(pid, site)) {
        children_settle(); /* with SIGCHLD ignored nobody waits, and nothing stays */
        if (!write_child(pid, site))
            atomic_fetch_add_explicit(&ledger->children_unrecorded, 1, memory_order_relaxed);
    }
    errno = saved;
}

void child_reaped(pid_t pid)
{
    struct ledger *ledger = preload.ledger;
    if (UNLIKELY(preload.is_followed))
        trace_gave(TRACE_CHILD, (uint64_t)pid);
    if (ledger == NULL || self.bypass != 0 || preload.is_followed || none_left(ledger))
        return;
    for (unsigned probe = 0; probe < LEDGER_CHILDREN_MAX; probe++) {
        struct ledger_child *child = place(pid, probe);
        if (atomic_load_explicit(&child->pid, memory_order_acquire) != pid)
            continue;
        strike(child, pid);
        return;
    }
    strike_unrecorded(ledger);
}

void children_settle(void)
{
    struct ledger *ledger = preload.ledger;
    if (ledger == NULL || self.bypass != 0 || preload.is_followed || none_left(ledger))
        return;
    int saved = errno;
    for (unsigned i = 0; i < LEDGER_CHILDREN_MAX; i++) {
        pid_t pid = atomic_load_explicit(&ledger->children[i].pid, memory_order_acquire);
        if (pid > 0 && !still_known(pid))
            strike(&ledger->children[i], pid);
    }
    errno = saved;
}
