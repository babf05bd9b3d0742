/* What became of a run with a fault, held against the steady runs. Pure functions. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "oracle/sweep.h"

/* What is seen of a run from outside, and what its record tells. */
struct run_seen {
    bool timed_out;
    int signal;                     /* that ended it; 0: none */
    int exit_status;                /* if no signal did */
    uint64_t output, errors, files; /* hashes: of the streams, of what it left different in its folder */
    bool sanitizer;                 /* one reported on standard error */
    bool drifted;                   /* the fault did not come, or in another context */
    bool benign;                    /* all its faults came in code whose failures may go unnoticed */
    size_t leaks, double_releases;
};

/* What steady runs agree on. */
struct steady {
    int exit_status;
    bool output_steady, errors_steady, files_steady;
    bool sanitizer; /* one reports even then: its reports say nothing of a fault */
    uint64_t output, errors, files;
};

/* Sets what both runs agree on. */
void steady_learn(const struct run_seen *first, const struct run_seen *second, struct steady *out);

/* Whether a sanitizer reports in the text. */
bool outcome_is_sanitizer(const char *text, size_t length);

/* Whether the run went on as if nothing had happened, and said nothing of it, outside of code that may. */
bool outcome_is_swallowed(const struct steady *steady, const struct run_seen *run);

enum sweep_kind outcome_of(const struct steady *steady, const struct run_seen *run);
