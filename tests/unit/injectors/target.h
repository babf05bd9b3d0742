/* What the programs in miniature share: each mode does one thing right or wrong, and a test says what must
 * have been noted of it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Ends the program with status 1 unless a call that should succeed did. */
void need(bool condition);

int open_null(void);
void in_thread(void *(*work)(void *), void *argument);

/* Runs `work` in a forked child, which must end with status 0. */
void in_child(void (*work)(void));

struct mode {
    const char *name;
    void (*run)(void);
};

/* Runs the mode of that name as operation 1, at rest before and after, and ends the program: status 0; 1 as
 * `need` says; 2: no such mode. */
_Noreturn void run_mode(const struct mode *modes, size_t count, const char *name);
