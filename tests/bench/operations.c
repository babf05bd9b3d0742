/* What a fault costs in a sweep of uploads, in memory: two sweeps of different length, so that what comes
 * before the first fault is cancelled. */
#include "operations.h"

#include <stdio.h>
#include <stdlib.h>

#include "scratch.h"
#include "swept.h"
#include "table.h"

struct cost {
    double faults, seconds;
};

static struct cost sweep(unsigned rounds)
{
    char *folder = swept_folder();
    struct swept swept =
        swept_in(folder, "", "upload/guarded --results none --quiet --budget 0s --rounds %u", rounds);
    if (swept.status != 0) {
        fprintf(stderr, "bench: a sweep of upload/guarded ended with status %d: %s\n", swept.status,
                swept.err);
        exit(3);
    }
    struct cost cost = {.faults = (double)json_integer_value(json_object_get(swept.root, "runs")),
                        .seconds = json_real_value(json_object_get(swept.root, "wall_s"))};
    swept_free(&swept);
    scratch_remove(folder);
    return cost;
}

void operations_measure(json_t *into, bool brief)
{
    enum { ROUNDS = 5, FEW = 1, MANY = 60 };
    double rates[ROUNDS];
    setenv("TMPDIR", "/dev/shm", 1);
    int rounds = brief ? 1 : ROUNDS;
    for (int i = 0; i < rounds; i++) {
        struct cost few = sweep(FEW), many = sweep(brief ? FEW + 4 : MANY);
        rates[i] = (many.faults - few.faults) / (many.seconds - few.seconds);
    }
    unsetenv("TMPDIR");
    table_figure(into, "upload/guarded swept, in memory", table_median(rates, rounds), "faults/s", -1);
}
