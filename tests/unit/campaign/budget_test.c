/* How long a run without faults may take. */
#include "campaign/sweep/budget.h"

#include <criterion/criterion.h>

#define SECOND UINT64_C(1000000000)

Test(budget, of_a_steady_run)
{
    static const struct {
        uint64_t budget, hang, limit;
        const char *reason;
    } rows[] = {
        {60 * SECOND, 0, 60 * SECOND, "what a sweep has if nothing is said"},
        {10 * SECOND, 0, 60 * SECOND, "a short budget says nothing of how long a run takes"},
        {900 * SECOND, 0, 900 * SECOND, "a long one leaves it time"},
        {0, 0, 600 * SECOND, "no budget: it must still end"},
        {60 * SECOND, 5 * SECOND, 5 * SECOND, "what the user says"},
        {0, 3600 * SECOND, 3600 * SECOND, "the same, without a budget"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct sweep_options options = {.budget_ns = rows[i].budget, .hang_ns = rows[i].hang};
        cr_expect_eq(budget_of_steady_run_ns(&options), rows[i].limit, "%s", rows[i].reason);
    }
}
