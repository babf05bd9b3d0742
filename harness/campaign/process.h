/* A line of a campaign that runs: exeunt itself, in a process of its own, which dies with this one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "supervise/words.h"

enum { STRESS_TAIL_MAX = 4096 };

struct stress_process {
    pid_t pid;
    int handle;                     /* pidfd */
    int errors;                     /* the pipe of its standard error; -1: at its end */
    char tail[STRESS_TAIL_MAX + 1]; /* the last of what came from there */
    size_t tail_length;
};

/* Starts `exeunt WORD...`, with TMPDIR set to `scratch`. It has no standard input and output. Returns 0 with
 * *out running, to be awaited until it has ended, or a negative errno with `error`. */
int process_start(char *const *words, const char *scratch, struct stress_process *out, struct error *error);

/* Awaits its end for at most so long, less if a signal comes. True: it has ended, and *status is its wait
 * status. */
bool process_await(struct stress_process *process, uint64_t timeout_ns, int *status);

void process_signal(const struct stress_process *process, int signal_number);

/* What exeunt said last, without its name; "": nothing. */
const char *process_last_words(const struct stress_process *process, struct words *words);
