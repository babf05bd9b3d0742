/* One variant, alone. */
#include "campaign/campaign.h"
#include "campaign/setup.h"
#include "campaign/summary.h"
#include "campaign/variant.h"
#include "campaign/witness.h"

int campaign_run(const struct campaign_options *options, struct result *out, struct error *error)
{
    if (options->workload->exits != NULL)
        return campaign_exits(options, out, error);
    struct setup setup;
    int failed = setup_open(options, &setup, error);
    if (failed != 0)
        return failed;
    struct result result = {0};
    struct news news = news_of(&result);
    setup.news = &news;
    struct witness witness = {0};
    failed = summary_begin(&setup, false, &result, error);
    if (failed == 0)
        failed = variant_run(&setup, options->variant, campaign_operations(options), &result.variants[0],
                             &witness, error);
    if (failed == 0) {
        result.variant_count = 1;
        summary_end(&witness, &result);
    }
    witness_clear(&witness);
    setup_close(&setup, result.leftover, sizeof result.leftover);
    if (failed != 0) {
        result_clear(&result);
        return failed;
    }
    *out = result;
    return 0;
}
