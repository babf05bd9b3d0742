/* The wrapper of the C library's clone. A child that gets a copy of the memory is detached by the kernel. One
 * that has it in common with its parent, and the thread's own state with it, is let alone as a vfork's is:
 * what it does is not its parent's doing. If the parent does not stand still meanwhile, nobody could tell the
 * two apart: then the thread is watched no longer. What shares memory and descriptors, or has a state of its
 * own, is a thread. */
#include <sched.h>
#include <sys/types.h>

#include "wrap.h"

static bool shares_state(int flags)
{
    bool stands_still = (flags & CLONE_VFORK) != 0;
    return (flags & CLONE_VM) != 0 && (flags & CLONE_SETTLS) == 0 &&
           (stands_still || (flags & CLONE_FILES) == 0);
}

/* clone has variable arguments. Our own function has them always and goes by the C library's name: what the
 * caller left out, the C library does not look at without the flags for it. */
int wrapped_clone(int (*work)(void *), void *stack, int flags, void *argument, pid_t *parent, void *tls,
                  pid_t *child) __asm__("clone");
REAL(int, clone,
     (int (*work)(void *), void *stack, int flags, void *argument, pid_t *parent, void *tls, pid_t *child),
     (work, stack, flags, argument, parent, tls, child))
EXPORT int wrapped_clone(int (*work)(void *), void *stack, int flags, void *argument, pid_t *parent,
                         void *tls, pid_t *child)
{
    struct fault fault;
    if (IF_DUE(POINT_CLONE, fault))
        return failed(fault.error);
    unsigned bypass = self.bypass;
    if (shares_state(flags))
        self.bypass += BYPASS_IN_VFORK;
    int result = real_clone(work, stack, flags, argument, parent, tls, child);
    if (result < 0 || (flags & CLONE_VFORK) != 0)
        self.bypass = bypass;
    if (result > 0 && (flags & (CLONE_THREAD | CLONE_PARENT)) == 0)
        child_started(result, CALL_SITE);
    return result;
}
