/* The suite: what the comparisons of several workloads gave, one after the other. */
#pragma once

#include <stddef.h>

#include "oracle/result.h"

struct suite {
    enum verdict verdict;
    enum exit_status exit_status;
    char sentence[512];
    size_t planned; /* more than count: the user ended it before all had run */
    size_t count;
    struct result *results; /* owned, in the order in which they ran */
};

/* Frees what the suite owns and empties it. */
void suite_clear(struct suite *suite);

/* Sets verdict, exit status and sentence from those of the results. They are as bad as the worst of them, in
 * the order of weight that a single result has too: a broken guarantee (1), then a control that was missed
 * (4), then what was not done or seen whole (3), then what holds (0). */
void judge_suite(struct suite *suite);
