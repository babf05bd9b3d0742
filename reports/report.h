/* A report: one form in which a result, or a suite of them, is shown. One file holds one form and ends with
 * its descriptor:
 *
 *     REPORT(terminal) = { .name = "terminal", ... };
 *
 * which registers itself. A report only reads the result. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "oracle/gate.h"
#include "oracle/suite.h"
#include "oracle/sweep.h"

struct report_options {
    bool color;  /* ANSI colours may be used */
    int columns; /* width of the terminal, at least 40 */
};

struct report {
    const char *name;
    const char *summary;
    /* Writes the result to `out`. Returns 0 or a negative errno (the stream's error, or -ENOMEM). NULL, as
     * all below may be: the report has no form for that. */
    int (*write)(const struct result *result, const struct report_options *options, FILE *out);
    int (*write_suite)(const struct suite *suite, const struct report_options *options, FILE *out);
    /* The same of a sweep. */
    int (*write_sweep)(const struct sweep_result *result, const struct report_options *options, FILE *out);
    /* What the sweeps of a workload's variants covered. */
    int (*write_coverage)(const struct sweep_result *results, size_t count,
                          const struct report_options *options, FILE *out);
    /* One finding of a sweep, with its stacks. */
    int (*write_finding)(const struct sweep_finding *finding, const struct report_options *options,
                         FILE *out);
    /* What a gate came to. */
    int (*write_gate)(const struct gate_verdict *verdict, const struct report_options *options, FILE *out);
};

#define REPORT(symbol)                                                                                       \
    static const struct report symbol;                                                                       \
    __attribute__((section("exeunt_reports"), used)) static const struct report *const registered_##symbol = \
        &symbol;                                                                                             \
    static const struct report symbol

/* The registered reports: the i-th by name, NULL after the last; and by name, or NULL. */
const struct report *report_at(size_t index);
const struct report *report_named(const char *name);
