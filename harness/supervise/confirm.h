/* The second witness of a deadlock: what the kernel says its threads wait on, and what a mutex itself says of
 * its owner. */
#pragma once

#include <sys/types.h>

#include "supervise/detector.h"

enum confirmation {
    CONFIRM_UNKNOWN,  /* the kernel does not tell, or the lock is no mutex */
    CONFIRM_AGREES,   /* all that could be asked agrees with the ledger */
    CONFIRM_DISAGREES /* something does not */
};

/* Asks about the process whose folder of /proc is open as `process`, and which that /proc knows as `pid`. */
enum confirmation confirm_deadlock(int process, pid_t pid, const struct ledger_view *view,
                                   const struct deadlock *deadlock);
