/* How long a deadlock stands before it is found, with a sample each millisecond. */
#include "cost.h"

#include <stdio.h>
#include <stdlib.h>

#include "report.h"
#include "table.h"

bool deadlock_measure(json_t *into)
{
    enum { RUNS = 20 };
    double ages[RUNS];
    for (int i = 0; i < RUNS; i++) {
        struct report report = report_of_program("--sample 1ms", "%s cycle", BENCH_LOCKS);
        json_t *variant = json_array_get(json_object_get(report.root, "variants"), 0);
        json_t *deadlock = json_array_get(json_object_get(variant, "deadlocks"), 0);
        if (deadlock == NULL) {
            fprintf(stderr, "bench: no deadlock was found\n");
            exit(3);
        }
        ages[i] = (double)report_number(deadlock, "age_ms");
        report_free(&report);
    }
    return table_figure(into, "age of a deadlock when it is found", table_median(ages, RUNS), "ms", 5);
}
