/* The command line of `exeunt gate`. */
#pragma once

#include <stdbool.h>

#include "base/error.h"

struct gate_command {
    const char *baseline; /* to be read; NULL: one is recorded */
    const char *record;   /* to be written; NULL */
    const char *campaign; /* file of command lines; NULL */
    char *const *program; /* its command line, ends with NULL; NULL */
    const char *junit, *sarif;
    bool update, quiet;
};

/* Reads it. Strings in *out are argv's. Returns 0, ARGUMENTS_HELP_SHOWN, or a negative errno with `error`
 * set. */
int gate_options_parse(int argc, char **argv, struct gate_command *out, struct error *error);
