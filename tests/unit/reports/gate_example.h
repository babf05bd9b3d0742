/* A gate made by hand, for the tests of reports. */
#pragma once

#include "oracle/gate.h"

/* Something of everything: guarantees that hold, are broken, dead and undone; findings that are new, known,
 * gone and flaky; by chance; and names that no terminal and no XML may get as they are. The caller's to
 * gate_verdict_clear. */
void gate_example(struct gate_verdict *out);

/* What the report of that name writes of it. The caller's to free. */
char *gate_example_report(const char *report, const struct gate_verdict *verdict, bool color);
