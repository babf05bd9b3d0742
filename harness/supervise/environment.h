/* The environment of the program: the supervisor's own, with the preload, the ledger, and what
 * AddressSanitizer needs to start under a preload. */
#pragma once

#include "base/error.h"

enum { ENVIRONMENT_CHANGED = 3 };

struct environment {
    char **variables;                   /* as execve wants it; owned, the strings that were there are not */
    char *changed[ENVIRONMENT_CHANGED]; /* the variables of our making; owned */
};

/* Makes it from the paths of preload and ledger. Returns 0 or a negative errno with `error` set; to be
 * ended with environment_clear. */
int environment_make(const char *preload, const char *ledger, struct environment *out, struct error *error);

/* Accepts a zeroed environment. */
void environment_clear(struct environment *environment);
