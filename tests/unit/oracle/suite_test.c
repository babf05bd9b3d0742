/* What several comparisons come to: as bad as the worst of them. */
#include "oracle/suite.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define PASS    VERDICT_PASS
#define FAIL    VERDICT_FAIL
#define MISSED  VERDICT_CONTROL_MISSED
#define UNKNOWN VERDICT_INCONCLUSIVE

Test(suite, is_as_bad_as_the_worst)
{
    static const struct {
        size_t planned, count;
        enum verdict seen[3];
        enum verdict verdict;
        enum exit_status status;
        const char *sentence, *reason;
    } rows[] = {
        {2, 2, {PASS, PASS}, PASS, EXIT_AS_EXPECTED, "what was expected holds in a, b.", "all is well"},
        {3,
         3,
         {PASS, FAIL, PASS},
         FAIL,
         EXIT_GUARANTEE_BROKEN,
         "a guarantee is broken in b; what was expected holds in a, c.",
         "one is broken"},
        {3,
         3,
         {MISSED, UNKNOWN, FAIL},
         FAIL,
         EXIT_GUARANTEE_BROKEN,
         "a guarantee is broken in c; a known leak was not caught in a; nothing is proven of b.",
         "what is broken is broken, whatever is not known"},
        {3,
         3,
         {UNKNOWN, MISSED, PASS},
         MISSED,
         EXIT_CONTROL_MISSED,
         "a known leak was not caught in b; nothing is proven of a; what was expected holds in c.",
         "a harness that misses leaks proves nothing with the others either"},
        {2,
         2,
         {UNKNOWN, PASS},
         UNKNOWN,
         EXIT_NOT_DONE,
         "nothing is proven of a; what was expected holds in b.",
         "one could not be done"},
        {3,
         1,
         {PASS},
         UNKNOWN,
         EXIT_NOT_DONE,
         "what was expected holds in a; 1 of 3 workloads were run.",
         "ended by the user before all had run"},
        {3,
         1,
         {FAIL},
         FAIL,
         EXIT_GUARANTEE_BROKEN,
         "a guarantee is broken in a; 1 of 3 workloads were run.",
         "ended by the user, but broken before"},
        {3, 0, {PASS}, UNKNOWN, EXIT_NOT_DONE, "0 of 3 workloads were run.", "ended at once"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result results[3] = {{.workload = "a"}, {.workload = "b"}, {.workload = "c"}};
        for (size_t k = 0; k < rows[i].count; k++)
            results[k].verdict = rows[i].seen[k];
        struct suite suite = {.planned = rows[i].planned, .count = rows[i].count, .results = results};
        judge_suite(&suite);
        cr_expect_eq(suite.verdict, rows[i].verdict, "%s", rows[i].reason);
        cr_expect_eq(suite.exit_status, rows[i].status, "%s", rows[i].reason);
        cr_expect_str_eq(suite.sentence, rows[i].sentence, "%s: %s", rows[i].reason, suite.sentence);
    }
}

Test(suite, sentence_fits_whatever_it_says)
{
    struct result results[40] = {{.workload = ""}};
    struct suite suite = {.planned = 41, .count = 40, .results = results};
    for (size_t i = 0; i < 40; i++) {
        memset(results[i].workload, 'n', RESULT_NAME_MAX - 1);
        results[i].verdict = (enum verdict)(i % 4);
    }
    judge_suite(&suite);
    cr_assert_lt(strlen(suite.sentence), sizeof suite.sentence);
}
