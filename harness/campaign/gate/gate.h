/* A gate is a campaign whose parts are run one after the other and judged against a baseline. */
#pragma once

#include "base/error.h"
#include "campaign/script.h"
#include "oracle/gate.h"

struct gate_options {
    const volatile int *interrupted;
    /* Before each part, of `count`; may be NULL. */
    void (*progress)(void *context, size_t index, size_t count, const char *command);
    void *context;
};

/* The campaign that stands for all workloads: each variant that shall be clean and the first that is known to
 * leak are swept, then all are compared; exit paths are measured. Returns 0 with *out the caller's
 * (script_clear), or a negative errno with `error`. */
int gate_of_workloads(struct script *out, struct error *error);

/* The campaign that sweeps the program of that command line. As gate_of_workloads. */
int gate_of_program(char *const *program, struct script *out, struct error *error);

/* The campaign that a baseline was recorded with. As gate_of_workloads. */
int gate_of_baseline(const char *path, const struct gate_parts *baseline, struct script *out,
                     struct error *error);

/* Runs the campaign. Returns 0 with *out the caller's (gate_parts_clear), or a negative errno with `error`;
 * an interrupted one gives an error. */
int gate_run(const struct script *script, const struct gate_options *options, struct gate_parts *out,
             struct error *error);
