/* The reporter as the library itself calls it. */
#pragma once

#include "exeunt/scope.h"

/* Tells the reporter that leaving `place` failed with `failure`. Keeps errno; runs with cancellation
 * off. */
void report_failure(const struct exeunt_place *place, const struct exeunt_failure *failure);

/* The library cannot go on: one line on stderr about `failure`, then abort. */
_Noreturn void report_fatal(const char *what, const struct exeunt_failure *failure);
