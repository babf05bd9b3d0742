/* The keeper: the process between supervisor and program. It reaps whatever the program leaves behind,
 * tells how the program ended, and ends all that is left: when the program has ended, or when the
 * supervisor hangs up the channel, be it on purpose or because it died. */
#pragma once

#include <stdbool.h>

#include "supervise/program.h"

struct keeper {
    struct program program;
    bool namespaced;  /* we are process 1 of a PID namespace and have mounts of our own */
    bool counts_left; /* tells also how many processes the program left */
    int channel;      /* socket: takes the program's wait status (int), then their number (int); gives signals
                         for the program (int); its hangup is the order to end all */
    int ledger;       /* held open for the program, which opens it by /proc/KEEPER/fd/N */
};

/* Runs the program to its end in this newly forked process. The supervisor's ends of the sockets are
 * closed already. */
_Noreturn void keeper_run(const struct keeper *keeper);
