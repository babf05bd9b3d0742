/* Decides what all variants of a result share, and how it is brought to its end. */
#include "campaign/summary.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/judge.h"

static size_t count_variants(const struct exeunt_workload *workload)
{
    size_t count = 0;
    while (count < RESULT_VARIANTS_MAX && workload->variants[count].name != NULL)
        count++;
    return count;
}

int summary_begin(const struct setup *setup, bool comparison, struct result *out, struct error *error)
{
    const struct campaign_options *options = setup->options;
    const struct exeunt_workload *workload = options->workload;
    int failed = options->begin != NULL ? options->begin(options->keeping_context, error) : 0;
    if (failed != 0)
        return failed;
    struct result result = {.comparison = comparison,
                            .variants_planned = comparison ? count_variants(workload) : 1,
                            .seed = options->seed,
                            .workers = options->workers,
                            .limit_fds = options->limit_fds,
                            .point_count = setup->points.count};
    snprintf(result.workload, sizeof result.workload, "%s", workload != NULL ? workload->name : "");
    result.faults = strdup(setup->faults);
    result.points = calloc(PLAN_POINTS_MAX, sizeof *result.points);
    if (result.faults == NULL || result.points == NULL) {
        result_clear(&result);
        return error_not_done(error, -ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < setup->points.count; i++)
        snprintf(result.points[i], sizeof *result.points, "%s", setup->points.names[i]);
    *out = result;
    return 0;
}

void summary_end(const struct witness *witnesses, struct result *result)
{
    witness_digest(witnesses, result);
    judge_levels(result);
    judge(result);
}
