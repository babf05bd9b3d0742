/* A command of a campaign that runs: exeunt itself, in a process of its own, which ends with this one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "supervise/words.h"

enum { PROCESS_TAIL_MAX = 4096 };

struct process {
    pid_t pid;
    int handle;                      /* pidfd */
    int errors;                      /* the pipe of its standard error; -1: at its end */
    char tail[PROCESS_TAIL_MAX + 1]; /* the last of what came from there */
    size_t tail_length;
};

/* How it ended. */
struct process_end {
    enum exit_status status; /* EXIT_NOT_DONE also if a signal ended it, or something else than exeunt can */
    char words[WORDS_MAX];   /* what exeunt said last, without its name, or what ended it; "": nothing */
};

/* Starts `exeunt WORD...`. `scratch`: its TMPDIR, NULL: the one that there is. `end_signal`: what it gets
 * when this process ends. It has no standard input and output. Returns 0 with *out running, to be awaited
 * until it has ended, or a negative errno with `error`. */
int process_start(char *const *words, const char *scratch, int end_signal, struct process *out,
                  struct error *error);

/* Awaits its end for at most so long, less if a signal comes. True: it has ended, as *end tells. */
bool process_await(struct process *process, uint64_t timeout_ns, struct process_end *end);

void process_signal(const struct process *process, int signal_number);
