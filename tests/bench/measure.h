/* Measures a command: user-space instructions (callgrind, repeatable) and wall-clock time (not). */
#pragma once

#include <stdint.h>

enum { MEASURE_ARGUMENTS_MAX = 24 };

/* A command, and what is set in its environment. NULL: not set. */
struct measured {
    const char *arguments[MEASURE_ARGUMENTS_MAX]; /* ends with NULL */
    const char *preload;                          /* LD_PRELOAD */
    const char *ledger;                           /* the ledger's path */
    const char *enable;                           /* FIU_ENABLE */
};

/* Instructions of one run under callgrind. Ends the program with a message if it cannot be run. */
uint64_t measure_instructions(const struct measured *measured);

/* Wall-clock nanoseconds of one run. */
uint64_t measure_ns(const struct measured *measured);
