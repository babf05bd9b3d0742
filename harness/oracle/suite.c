/* Decides what several comparisons come to. A guarantee that was seen to be broken is broken, whatever could
 * not be found out besides. */
#include "oracle/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void suite_clear(struct suite *suite)
{
    for (size_t i = 0; i < suite->count; i++)
        result_clear(&suite->results[i]);
    free(suite->results);
    memset(suite, 0, sizeof *suite);
}

/* The worst first. */
static const struct {
    enum verdict verdict;
    enum exit_status status;
    const char *what;
} weights[] = {
    {VERDICT_FAIL, EXIT_GUARANTEE_BROKEN, "a guarantee is broken in"},
    {VERDICT_CONTROL_MISSED, EXIT_CONTROL_MISSED, "a known leak was not caught in"},
    {VERDICT_INCONCLUSIVE, EXIT_NOT_DONE, "nothing is proven of"},
    {VERDICT_PASS, EXIT_AS_EXPECTED, "what was expected holds in"},
};
enum { WEIGHTS = sizeof weights / sizeof *weights };

static bool any_of(const struct suite *suite, enum verdict verdict)
{
    bool any = verdict == VERDICT_INCONCLUSIVE && (suite->count == 0 || suite->count < suite->planned);
    for (size_t i = 0; i < suite->count; i++)
        any |= suite->results[i].verdict == verdict;
    return any;
}

/* "what was expected holds in session, upload", behind what was said before. */
static void say(struct suite *suite, const char *what, enum verdict verdict)
{
    size_t size = sizeof suite->sentence, end = strlen(suite->sentence);
    const char *before = end > 0 ? "; " : "", *between = " ";
    for (size_t i = 0; i < suite->count && end < size; i++) {
        if (suite->results[i].verdict != verdict)
            continue;
        end += (size_t)snprintf(suite->sentence + end, size - end, "%s%s%s%s", before, what, between,
                                suite->results[i].workload);
        before = what = "";
        between = ", ";
    }
}

void judge_suite(struct suite *suite)
{
    size_t worst = 0;
    while (worst < WEIGHTS - 1 && !any_of(suite, weights[worst].verdict))
        worst++;
    suite->verdict = weights[worst].verdict;
    suite->exit_status = weights[worst].status;
    suite->sentence[0] = '\0';
    for (size_t i = 0; i < WEIGHTS; i++)
        say(suite, weights[i].what, weights[i].verdict);
    size_t end = strlen(suite->sentence), left = sizeof suite->sentence - end;
    if (suite->count < suite->planned)
        snprintf(suite->sentence + end, left, "%s%zu of %zu workloads were run.", end > 0 ? "; " : "",
                 suite->count, suite->planned);
    else
        snprintf(suite->sentence + end, left, ".");
}
