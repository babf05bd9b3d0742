/* Decides when there is news. A run that goes on stands in it as one that is cut short now. */
#include "campaign/news.h"

#include <stdlib.h>

#include "base/clock.h"
#include "campaign/seen.h"
#include "oracle/judge.h"

/* What a second brought is lost if exeunt is killed. */
static const uint64_t between_ns = 1000000000u;

struct news news_of(struct result *result)
{
    return (struct news){.result = result, .due_ns = clock_now_ns() + between_ns};
}

/* As seen_fill and seen_findings have it of a run that is over. */
static int fill(const struct watch *watch, const struct sample *sample, struct variant_result *out)
{
    struct error unheard;
    struct watch now = *watch;
    now.outcome = (struct supervise_outcome){.ended = ENDED_INTERRUPTED,
                                             .exit_status = -1,
                                             .duration_ms = sample->t_ms,
                                             .started_ns = clock_now_ns() - sample->t_ms * 1000000,
                                             .fds_last = sample->fds,
                                             .fds_peak = sample->fds,
                                             .held_peak = sample->held_locks,
                                             .waiting_peak = sample->waiting};
    *out = (struct variant_result){.leaks = out->leaks};
    seen_fill(&now, out);
    int failed = seen_findings(&now, 0, out, &unheard);
    if (failed == 0)
        out->finding_count = findings_join(out->findings, out->finding_count);
    return failed;
}

void news_tell(const struct watch *watch, const struct sample *sample)
{
    const struct campaign_options *options = watch->setup->options;
    struct news *news = watch->setup->news;
    if (options->news == NULL || news == NULL || clock_now_ns() < news->due_ns)
        return;
    news->due_ns = clock_now_ns() + between_ns;
    size_t runs = news->result->variant_count;
    if ((watch->findings.count == news->told && runs == news->told_runs) || runs == RESULT_VARIANTS_MAX)
        return;
    struct result result = *news->result;
    struct variant_result *variant = &result.variants[result.variant_count++];
    if (fill(watch, sample, variant) == 0) {
        judge_levels(&result);
        judge(&result);
        options->news(options->keeping_context, &result, NULL);
        free(variant->findings);
        news->told = watch->findings.count;
        news->told_runs = runs;
    }
}
