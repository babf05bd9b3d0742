/* Results of sweeps made by hand, for the tests of reports. */
#pragma once

#include "oracle/sweep.h"

/* A finding of each kind: a pair, a persistent one, a suppressed one and a flaky one among them. The
 * caller's to sweep_result_clear. */
void sweep_example(struct sweep_result *out);

/* Nothing was found, and more was planned than was made, each run by exec. */
void sweep_example_clean(struct sweep_result *out);

/* A variant of a workload that was swept operation by operation, without findings; the other variant calls a
 * point less. */
void sweep_example_workload(struct sweep_result *out);
void sweep_example_other_variant(struct sweep_result *out);

/* One leak, as a replay shows it: with all its stacks. The caller's to sweep_finding_clear. */
struct sweep_finding sweep_example_replayed(void);

/* A double release of which both are known, as a replay by coordinate shows it: without an id. The same. */
struct sweep_finding sweep_example_twice(void);

/* What the report of that name writes of a sweep, or of one finding. The caller's to free. */
char *sweep_example_report(const char *report, const struct sweep_result *result, bool color, int columns);
char *sweep_example_coverage(const struct sweep_result *results, size_t count, int columns);
char *sweep_example_finding(const char *report, const struct sweep_finding *finding, bool color, int columns);
