/* The options of `exeunt sweep` and `exeunt replay`. */
#pragma once

#include "base/error.h"
#include "campaign/sweep/sweep.h"

struct sweep_command {
    struct sweep_options sweep; /* without callbacks */
    unsigned fail_on;           /* bit i: enum sweep_kind i */
    const char *json;           /* NULL: none */
    const char *results;        /* the file that keeps results */
    uint64_t night;             /* of stress that it belongs to; 0: none */
    uint64_t first;             /* number of the first variant's run, once that is kept; 0 */
    const char *suppress;       /* NULL: none */
    bool quiet, resume;
    const char *target;       /* a workload, or one of its variants; NULL: a program */
    const char *for_programs; /* an option that was given and does not fit a workload; NULL: none */
    char name[160];           /* of the variant that is swept, "WORKLOAD/VARIANT" */
    char *words[2];           /* that as a command line */
    char text[2048]; /* those that decide which faults there are, as they would be typed, a line each */
};

/* Reads the command line of `exeunt sweep`. Returns 0, ARGUMENTS_HELP_SHOWN, or a negative errno with
 * `error`. */
int sweep_options_parse(int argc, char **argv, struct sweep_command *out, struct error *error);

/* Of a workload: the variant that is swept, and told of as the command. The command must not be moved after
 * that. Returns 0 or a negative errno with `error`. */
int sweep_options_choose(struct sweep_command *command, const struct exeunt_variant *variant,
                         struct error *error);
