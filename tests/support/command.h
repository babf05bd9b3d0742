/* Runs a command to its end and keeps what it printed. */
#pragma once

#include <stddef.h>

struct command_result {
    int status; /* exit status, or 128 + signal */
    char *out;  /* standard output, ended by NUL; owned */
    char *err;  /* standard error, the same */
};

/* Runs `line` by /bin/sh. Aborts the test program if it cannot be run at all. */
struct command_result command_run(const char *format, ...) __attribute__((format(printf, 1, 2)));
void command_free(struct command_result *result);
