/* The error contract of the harness.
 *
 * A function that can fail returns 0 or a negative errno. Where a person must be told why, its last
 * parameter is a `struct error *`: untouched on success, always set on failure, to one sentence that
 * names the thing, the value and what to do. `exit_status` is what a command ends with if the error
 * reaches it. */
#pragma once

#include <limits.h>
#include <stdarg.h>

enum exit_status {
    EXIT_AS_EXPECTED = 0,      /* what was expected holds */
    EXIT_GUARANTEE_BROKEN = 1, /* a cleanup guarantee is broken */
    EXIT_USAGE = 2,            /* the command line or a file is wrong */
    EXIT_NOT_DONE = 3,         /* exeunt could not do its work */
    EXIT_CONTROL_MISSED = 4,   /* a variant known to leak was not caught */
};

/* What both come to together: what is broken is broken, whatever could not be found out besides; a harness
 * that misses a known leak proves nothing; what could not be done is no success. In the order 1, 4, 3, 2, 0.
 */
enum exit_status exit_status_worse(enum exit_status a, enum exit_status b);

struct error {
    enum exit_status exit_status;
    char text[PATH_MAX + 512]; /* a sentence may name a path */
};

/* Sets `error` to a formatted sentence for EXIT_USAGE and returns -EINVAL. */
int error_usage(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sets `error` to a formatted sentence for EXIT_NOT_DONE and returns `code`, a negative errno. */
int error_not_done(struct error *error, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
