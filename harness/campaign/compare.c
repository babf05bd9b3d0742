/* All variants of a workload under the same faults, the positive controls first. */
#include <string.h>

#include "campaign/campaign.h"
#include "campaign/setup.h"
#include "campaign/summary.h"
#include "campaign/variant.h"
#include "campaign/witness.h"

/* A comparison while it goes on. */
struct comparison {
    const struct setup *setup;
    struct result result;
    struct witness witnesses[RESULT_VARIANTS_MAX];
    uint64_t begun; /* the most operations that a control began before it ran out of descriptors */
};

/* How many operations a variant does if the user does not say: a control as many as it takes to meet the
 * limit, the others those that the control began (a worker may hold a number that it did not begin). Each
 * operation then meets the faults that it met in the control, and those on the way out besides. A control
 * that ended in another way, as by a deadlock after a few operations, does not say how many are enough. */
static uint64_t operations_of(const struct comparison *comparison, const struct exeunt_variant *variant)
{
    const struct campaign_options *options = comparison->setup->options;
    bool is_set = options->operations != 0 || options->for_ns != 0;
    bool follows = !is_set && !variant->leaks && comparison->begun != 0;
    return follows ? comparison->begun + options->workers : campaign_operations(options);
}

static int run_one(struct comparison *comparison, const struct exeunt_variant *variant, struct error *error)
{
    size_t index = comparison->result.variant_count;
    struct variant_result *result = &comparison->result.variants[index];
    int failed = variant_run(comparison->setup, variant, operations_of(comparison, variant), result,
                             &comparison->witnesses[index], error);
    if (failed != 0)
        return failed;
    comparison->result.variant_count++;
    if (variant->leaks && result->ended == ENDED_EMFILE && result->operations.started > comparison->begun)
        comparison->begun = result->operations.started;
    return 0;
}

static bool is_interrupted(const struct comparison *comparison)
{
    const volatile int *interrupted = comparison->setup->options->interrupted;
    return interrupted != NULL && *interrupted != 0;
}

/* The controls, or the others. */
static int run_all(struct comparison *comparison, bool controls, struct error *error)
{
    const struct exeunt_variant *variant = comparison->setup->options->workload->variants;
    int failed = 0;
    for (; variant->name != NULL && failed == 0 && !is_interrupted(comparison); variant++)
        if (variant->leaks == controls && comparison->result.variant_count < RESULT_VARIANTS_MAX)
            failed = run_one(comparison, variant, error);
    return failed;
}

int campaign_compare(const struct campaign_options *options, struct result *out, struct error *error)
{
    if (options->workload->exits != NULL)
        return campaign_exits(options, out, error);
    struct setup setup;
    int failed = setup_open(options, &setup, error);
    if (failed != 0)
        return failed;
    struct comparison comparison = {.setup = &setup};
    struct news news = news_of(&comparison.result);
    setup.news = &news;
    failed = summary_begin(&setup, true, &comparison.result, error);
    if (failed == 0)
        failed = run_all(&comparison, true, error);
    if (failed == 0)
        failed = run_all(&comparison, false, error);
    if (failed == 0)
        summary_end(comparison.witnesses, &comparison.result);
    for (size_t i = 0; i < RESULT_VARIANTS_MAX; i++)
        witness_clear(&comparison.witnesses[i]);
    setup_close(&setup, comparison.result.leftover, sizeof comparison.result.leftover);
    if (failed != 0) {
        result_clear(&comparison.result);
        return failed;
    }
    *out = comparison.result;
    return 0;
}
