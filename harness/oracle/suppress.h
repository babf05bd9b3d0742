/* Suppressions: findings that are known and wait for their mending, so that they fail nothing until then.
 *
 * Plain lines: the signature as reports give it, perhaps a day after which it no longer counts, and why.
 *
 *     # comment
 *     00c0ffee00c0ffee until 2027-03-01 the log stays open when rotation fails; being mended
 *     1badb0021badb002 journal, kept for recovery on purpose
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "oracle/sweep.h"

struct suppression {
    uint64_t signature;
    char until[sizeof "2027-03-01"]; /* its last day; "": for good */
    char reason[sizeof((struct sweep_finding *)NULL)->suppressed];
    unsigned line;
    bool expired, used; /* set by suppress_apply: past its day at the last call, found at any of them */
};

struct suppressions {
    char *file; /* its name, for people; owned */
    size_t count;
    struct suppression *list; /* owned */
};

/* Parses `text`, what the file of that name holds. Returns 0 with *out the caller's (suppressions_clear), or
 * a negative errno with an error that names file, line and what is wrong there. */
int suppress_parse(const char *file, const char *text, struct suppressions *out, struct error *error);

/* Sets `suppressed` of each finding to the reason of the suppression with its signature, or to "". `today` as
 * "2027-03-01"; one that is past its day suppresses nothing. */
void suppress_apply(struct suppressions *suppressions, const char *today, struct sweep_finding *findings,
                    size_t count);

/* What a person should know of the suppression after suppress_apply: that it expired, or that nothing was
 * found that it suppresses. One sentence into `out`, or "" if all is well. */
void suppress_remark(const struct suppressions *suppressions, const struct suppression *suppression,
                     char *out, size_t size);

void suppressions_clear(struct suppressions *suppressions);
