/* Narrowing: which operation of a row spoilt what the workload's own check looks at. */
#pragma once

#include "campaign/sweep/roster.h"

struct narrowing {
    struct rows *rows;
    const struct sweep_options *options;
    uint64_t started_ns; /* the sweep: no row is begun once its budget is spent */
    bool spare_traced;   /* which ledger may be used */
};

/* Of the row's duties, those are marked as `alone` whose operations no finding accounts for, unless they can
 * be cleared: halves of the row are done again until one operation is left, and that until the check finds
 * nothing wrong after the rest. Returns 0 or a negative errno with `error`. */
int narrowing_mark(const struct narrowing *narrowing, const struct row *row,
                   struct duty *const duties[ROW_MAX], struct error *error);
