/* The options of `exeunt stress`. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "campaign/script.h"
#include "campaign/stress/stress.h"

struct stress_command {
    struct stress_options stress; /* without interrupted and callbacks */
    struct script script;         /* owned */
    bool control_added;           /* its first line is ours */
    bool status, quiet;
};

/* Reads the command line and the campaign. Returns 0 with *out the caller's (stress_options_clear), which
 * must not be moved, ARGUMENTS_HELP_SHOWN, or a negative errno with `error`. */
int stress_options_parse(int argc, char **argv, struct stress_command *out, struct error *error);
void stress_options_clear(struct stress_command *command);
