/* How reports look on a stream: colours and width. */
#pragma once

#include "report.h"

struct report_options looks_of(FILE *out);

/* What stands on standard error where no report is wanted: the sentence of what exeunt could not do, or
 * nothing. */
void looks_quiet(enum exit_status status, const char *sentence);
