/* The command line of one command, read by argp: any wrong option is told in one sentence. */
#pragma once

#include <argp.h>

#include "base/error.h"

struct arguments {
    const char *command;               /* its name */
    const char *operands;              /* as --help shows them: "WORKLOAD/VARIANT" */
    const char *doc;                   /* what the command does; after a '\v', what follows the options */
    const struct argp_option *options; /* --help is added to them */
    /* Takes one option by its key, or an operand by ARGP_KEY_ARG. Returns 0 or -EINVAL with `error` set. */
    int (*take)(void *into, int key, const char *value, struct error *error);
};

enum { ARGUMENTS_HELP_SHOWN = 1 };

/* Splits the command line at "--": *program is what stands behind it, untouched if there is none. Returns the
 * number of words before it, -1 if nothing stands behind it. */
int arguments_before_program(int argc, char **argv, char *const **program);

/* Reads the command line. Returns 0, ARGUMENTS_HELP_SHOWN if --help was asked for and is shown on standard
 * output, or a negative errno with `error` set. `into` is handed to take. */
int arguments_parse(const struct arguments *arguments, int argc, char **argv, void *into,
                    struct error *error);
