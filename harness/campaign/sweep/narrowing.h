/* Narrowing: which operation of a row spoilt what the workload's own check looks at. */
#pragma once

#include "campaign/sweep/roster.h"

/* Of the row's duties, those are marked as `alone` whose operations no finding accounts for, unless they can
 * be cleared: halves of the row are done again until one operation is left, and that until the check finds
 * nothing wrong after the rest. `spare_traced` says which ledger may be used for that. Returns 0 or a
 * negative errno with `error`. */
int narrowing_mark(struct rows *rows, const struct row *row, struct duty *const duties[ROW_MAX],
                   bool spare_traced, struct error *error);
