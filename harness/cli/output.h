/* A file that a report is written to: found out before the run whether that can work, and written at the
 * end whole or not at all. */
#pragma once

#include <limits.h>
#include <stdio.h>

#include "base/error.h"

struct output {
    const char *option;  /* that it was given by, "--json" */
    const char *typed;   /* the name as the user gave it; NULL: no output is wanted */
    char path[PATH_MAX]; /* where the file is to be, symbolic links followed */
    char temp[PATH_MAX]; /* written first, beside it; "": the stream is the target itself */
    FILE *stream;        /* NULL unless open */
};

/* Finds out whether `typed` can be written ("-" is standard output, NULL is nothing), and leaves no trace.
 * A pipe or a device is opened at once. Returns 0 or a negative errno with `error` set. */
int output_prepare(struct output *output, const char *option, const char *typed, struct error *error);

/* Opens the stream for writing. Returns as output_prepare. */
int output_open(struct output *output, struct error *error);

/* Puts what was written in its place, if `rc`, what writing gave, is 0; otherwise removes it and says why.
 * Returns as output_prepare. Does nothing but close if there is nothing open. */
int output_finish(struct output *output, int rc, struct error *error);
