/* One variant, alone. */
#include "campaign/campaign.h"
#include "campaign/setup.h"
#include "campaign/variant.h"
#include "campaign/witness.h"
#include "oracle/judge.h"

int campaign_run(const struct campaign_options *options, struct result *out, struct error *error)
{
    struct setup setup;
    int failed = setup_open(options, &setup, error);
    if (failed != 0)
        return failed;
    struct result result = {0};
    struct witness witness = {0};
    failed = result_begin(&setup, false, &result, error);
    if (failed == 0)
        failed = variant_run(&setup, options->variant, campaign_operations(options), &result.variants[0],
                             &witness, error);
    if (failed == 0) {
        result.variant_count = 1;
        witness_digest(&witness, &result);
        judge_levels(&result);
        judge(&result);
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
