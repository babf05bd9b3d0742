/* The end of the process, as far as it comes in order: what the ledger holds then is held against the
 * kernel, which knows of releases that no wrapper saw. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "trace.h"

/* Slots of descriptors that are closed are emptied; those that stay are open for certain. */
static void settle_slots(void)
{
    struct ledger *ledger = preload.ledger;
    if (ledger == NULL || self.bypass != 0 || preload.is_followed)
        return;
    for (uint32_t fd = 0, used = slots_used(); fd < used; fd++) {
        uint64_t held = atomic_load_explicit(&ledger->fds[fd].holder, memory_order_relaxed);
        if ((held & LEDGER_FD_OPEN) != 0 && syscall(SYS_fcntl, fd, F_GETFD) == -1)
            atomic_compare_exchange_strong(&ledger->fds[fd].holder, &held, held & LEDGER_FD_GENERATION_MASK);
    }
    ledger->fds_at_exit = fds_count();
    ledger->fds_unseen = fds_unseen();
    ledger->ended_by = self.record != NULL ? (uint32_t)(self.record - ledger->threads) + 1 : 0;
    children_settle();
    if (ledger->discover != 0) /* a workload's host ends itself within an operation when it dies */
        operation_unended();
    ledger->settled = 1;
}

/* The stack here is that of exit's handlers: of use if the C library itself has called exit. */
__attribute__((destructor)) static void end(void)
{
    trace_exiting();
    settle_slots();
}

static void (*real_exit)(int);
__attribute__((section("exeunt_reals"), used)) static const struct real entry_exit = {"exit",
                                                                                      (void **)&real_exit};
EXPORT _Noreturn void exit(int status)
{
    if (real_exit == NULL) /* called before our constructor: the handlers run all the same */
        real_exit = (void (*)(int))real_function("exit");
    trace_exiting();
    real_exit(status);
    __builtin_unreachable();
}

/* Without handlers. */
#define ENDING(name)                                                                                         \
    static void (*real_##name)(int);                                                                         \
    __attribute__((section("exeunt_reals"), used)) static const struct real entry_##name = {                 \
        #name, (void **)&real_##name};                                                                       \
    EXPORT _Noreturn void name(int status)                                                                   \
    {                                                                                                        \
        trace_exiting();                                                                                     \
        settle_slots();                                                                                      \
        if (real_##name != NULL)                                                                             \
            real_##name(status);                                                                             \
        for (;;)                                                                                             \
            syscall(SYS_exit_group, status);                                                                 \
    }

ENDING(_exit)
ENDING(_Exit)
ENDING(quick_exit)
