/* The environment of the program: the supervisor's own, with the preload, the ledger, what
 * sanitizers are to do, and the folders that the program is to have. */
#pragma once

#include "base/error.h"

enum { ENVIRONMENT_CHANGED = 8 };

/* With this status a sanitizer ends the program that it found something in, unless the user has set
 * "exitcode" for it. */
#define SANITIZER_EXIT_STATUS 88

struct environment {
    char **variables;                   /* as execve wants it; owned, the strings that were there are not */
    char *changed[ENVIRONMENT_CHANGED]; /* the variables of our making; owned, NULL: none */
};

struct environment_paths {
    const char *preload, *ledger;
    const char *folder;      /* for PWD; NULL: as found */
    const char *temp_folder; /* for TMPDIR; NULL: as found */
};

/* Makes it. Returns 0 or a negative errno with `error` set; to be ended with environment_clear. */
int environment_make(const struct environment_paths *paths, struct environment *out, struct error *error);

/* Accepts a zeroed environment. */
void environment_clear(struct environment *environment);
