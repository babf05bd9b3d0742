/* Results made by hand, for the tests of reports. */
#pragma once

#include "oracle/suite.h"

/* A comparison as it should go: the unguarded variant dies of EMFILE, the two others are clean. The
 * caller's to result_clear. */
void example_comparison(struct result *out);

/* A comparison of variants that take locks: the unguarded one leaves three of them and locks up. The caller's
 * to result_clear. */
void example_locks(struct result *out);

/* A run that says and holds the worst: escape sequences, markup, broken UTF-8, nothing known, nothing
 * sampled. The caller's to result_clear. */
void example_hostile(struct result *out);

/* Both of the former, one after the other, and one that could not be done. The caller's to suite_clear. */
void example_suite(struct suite *out);

/* A table of exit paths with seven idioms, in which one promise is broken, the witnesses of one cell differ,
 * and one cell is not known. The caller's to result_clear. */
void example_exits(struct result *out);

/* Adds a sample to a variant of a result. */
void example_sample(struct variant_result *variant, uint64_t t_ms, int64_t fds);

/* What the report of that name writes. The caller's to free. */
char *example_report(const char *report, const struct result *result, bool color, int columns);
char *example_suite_report(const char *report, const struct suite *suite, bool color, int columns);
