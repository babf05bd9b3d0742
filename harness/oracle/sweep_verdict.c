/* Decides what a sweep's findings mean for its exit status, and says so in one sentence. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "oracle/sweep.h"

static bool counts(const struct sweep_finding *finding, unsigned fail_on)
{
    bool flaky = finding->reproduced < finding->replays;
    return (fail_on >> finding->kind & 1) != 0 && finding->suppressed[0] == '\0' && !flaky;
}

static size_t count_of(const struct sweep_result *result, enum sweep_kind kind, unsigned fail_on)
{
    size_t count = 0;
    for (size_t i = 0; i < result->finding_count; i++)
        count += result->findings[i].kind == kind && counts(&result->findings[i], fail_on);
    return count;
}

/* "2 leaks and 1 crash" of those that break a guarantee. Returns their number. */
static size_t list_broken(const struct sweep_result *result, unsigned fail_on, char *out, size_t size)
{
    size_t all = 0, length = 0;
    for (enum sweep_kind kind = 0; kind < SWEEP_KINDS; kind++) {
        size_t count = count_of(result, kind, fail_on);
        if (count == 0)
            continue;
        length += (size_t)snprintf(out + length, size - length, "%s%zu of kind %s", all > 0 ? ", " : "",
                                   count, sweep_kind_name(kind));
        all += count;
    }
    return all;
}

void sweep_judge(struct sweep_result *result, unsigned fail_on)
{
    const char *run = result->workload[0] != '\0' ? "operation" : "run";
    char broken[256] = "";
    result->fail_on = fail_on;
    size_t count = list_broken(result, fail_on, broken, sizeof broken);
    uint64_t judged = result->runs - result->outcomes[SWEEP_DRIFTED];
    const char *all = result->runs < result->planned ? "; not all were made" : "";
    if (count > 0) {
        result->exit_status = EXIT_GUARANTEE_BROKEN;
        snprintf(result->sentence, sizeof result->sentence,
                 "%zu finding%s break%s a guarantee (%s) in %" PRIu64 " %ss with a fault%s.", count,
                 count == 1 ? "" : "s", count == 1 ? "s" : "", broken, judged, run, all);
        return;
    }
    char drifted[96] = "";
    if (result->outcomes[SWEEP_DRIFTED] > 0)
        snprintf(drifted, sizeof drifted, "; %" PRIu64 " drifted and could not be judged",
                 result->outcomes[SWEEP_DRIFTED]);
    bool cut_short = judged <= result->outcomes[SWEEP_DRIFTED] || result->interrupted;
    result->exit_status = cut_short ? EXIT_NOT_DONE : EXIT_AS_EXPECTED;
    if (judged == 0)
        snprintf(result->sentence, sizeof result->sentence, "no %s with a fault could be judged%s.", run,
                 all);
    else
        snprintf(result->sentence, sizeof result->sentence,
                 "%" PRIu64 " %ss with a fault, none broke a guarantee%s%s%s.", judged, run, all, drifted,
                 result->interrupted ? "; it was interrupted" : "");
}
