/* Decides what a sweep's findings mean for its exit status, and says so in one sentence. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "oracle/sweep.h"

/* Why a finding breaks nothing; BREAKS if it does. */
enum pardon { BREAKS, SUPPRESSED, OF_OTHER_KIND, FLAKY, PARDONS };

static enum pardon pardon_of(const struct sweep_finding *finding, unsigned fail_on)
{
    if (finding->suppressed[0] != '\0')
        return SUPPRESSED;
    if ((fail_on >> finding->kind & 1) == 0)
        return OF_OTHER_KIND;
    return finding->reproduced < finding->replays ? FLAKY : BREAKS;
}

void sweep_finding_judge(struct sweep_finding *finding, unsigned fail_on)
{
    finding->breaks = pardon_of(finding, fail_on) == BREAKS;
}

static size_t count_of(const struct sweep_result *result, enum sweep_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < result->finding_count; i++)
        count += result->findings[i].kind == kind && result->findings[i].breaks;
    return count;
}

static size_t count_faultless(const struct sweep_result *result)
{
    size_t count = 0;
    for (size_t i = 0; i < result->finding_count; i++)
        count += result->findings[i].faults[0].point[0] == '\0' && result->findings[i].breaks;
    return count;
}

/* "2 of kind leak, 1 of kind crash; 1 although nothing failed" of those that break a guarantee. Returns their
 * number. */
static size_t list_broken(const struct sweep_result *result, char *out, size_t size)
{
    size_t all = 0, length = 0;
    for (enum sweep_kind kind = 0; kind < SWEEP_KINDS; kind++) {
        size_t count = count_of(result, kind);
        if (count == 0)
            continue;
        length += (size_t)snprintf(out + length, size - length, "%s%zu of kind %s", all > 0 ? ", " : "",
                                   count, sweep_kind_name(kind));
        all += count;
    }
    size_t faultless = count_faultless(result);
    if (faultless > 0)
        snprintf(out + length, size - length, "; %zu although nothing failed", faultless);
    return all;
}

/* "; findings that do not count: 2 suppressed, 88 of other kinds"; "" if all count. */
static void list_pardoned(const struct sweep_result *result, unsigned fail_on, char *out, size_t size)
{
    static const char *const words[PARDONS] = {
        [SUPPRESSED] = "suppressed", [OF_OTHER_KIND] = "of other kinds", [FLAKY] = "flaky"};
    size_t counts[PARDONS] = {0}, length = 0;
    for (size_t i = 0; i < result->finding_count; i++)
        counts[pardon_of(&result->findings[i], fail_on)]++;
    out[0] = '\0';
    for (enum pardon pardon = SUPPRESSED; pardon < PARDONS; pardon++)
        if (counts[pardon] > 0)
            length += (size_t)snprintf(out + length, size - length, "%s%zu %s",
                                       length > 0 ? ", " : "; findings that do not count: ", counts[pardon],
                                       words[pardon]);
}

/* Of a sweep in which no finding counts. */
static void judge_unbroken(struct sweep_result *result, const char *run, const char *all,
                           const char *pardoned)
{
    char drifted[96] = "";
    uint64_t judged = result->runs - result->outcomes[SWEEP_DRIFTED];
    const char *cut = result->interrupted ? "; it was interrupted" : "";
    if (result->outcomes[SWEEP_DRIFTED] > 0)
        snprintf(drifted, sizeof drifted, "; %" PRIu64 " drifted and could not be judged",
                 result->outcomes[SWEEP_DRIFTED]);
    bool cut_short = judged <= result->outcomes[SWEEP_DRIFTED] || result->interrupted;
    result->exit_status = cut_short ? EXIT_NOT_DONE : EXIT_AS_EXPECTED;
    if (judged == 0)
        snprintf(result->sentence, sizeof result->sentence, "no %s with a fault could be judged%s%s%s.", run,
                 all, cut, pardoned);
    else
        snprintf(result->sentence, sizeof result->sentence,
                 "%" PRIu64 " %s%s with a fault, none broke a guarantee%s%s%s%s.", judged, run,
                 text_plural(judged), all, drifted, cut, pardoned);
}

void sweep_judge(struct sweep_result *result, unsigned fail_on)
{
    const char *run = result->workload[0] != '\0' ? "operation" : "run";
    char broken[256] = "", pardoned[160];
    result->fail_on = fail_on;
    for (size_t i = 0; i < result->finding_count; i++)
        sweep_finding_judge(&result->findings[i], fail_on);
    size_t count = list_broken(result, broken, sizeof broken);
    uint64_t judged = result->runs - result->outcomes[SWEEP_DRIFTED];
    const char *all = result->runs < result->planned ? "; not all were made" : "";
    list_pardoned(result, fail_on, pardoned, sizeof pardoned);
    if (count == 0) {
        judge_unbroken(result, run, all, pardoned);
        return;
    }
    result->exit_status = EXIT_GUARANTEE_BROKEN;
    snprintf(result->sentence, sizeof result->sentence,
             "%zu finding%s break%s a guarantee (%s) in %" PRIu64 " %s%s with a fault%s%s.", count,
             text_plural(count), count == 1 ? "s" : "", broken, judged, run, text_plural(judged), all,
             pardoned);
}

enum verdict sweep_verdict(const struct sweep_result *result)
{
    return result->exit_status == EXIT_GUARANTEE_BROKEN ? VERDICT_FAIL
           : result->exit_status == EXIT_AS_EXPECTED    ? VERDICT_PASS
                                                        : VERDICT_INCONCLUSIVE;
}
