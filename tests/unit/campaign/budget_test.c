/* How long a run without faults may take, and when nothing more is begun. */
#include "campaign/sweep/budget.h"

#include <criterion/criterion.h>

#include "base/clock.h"

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

Test(budget, ends)
{
    volatile int interrupted = 0;
    struct sweep_options options = {.budget_ns = 0, .interrupted = &interrupted};
    uint64_t long_ago_ns = 0, now_ns = clock_now_ns();
    cr_expect_not(budget_is_spent(&options, long_ago_ns), "without one, never");
    options.budget_ns = 1;
    cr_expect(budget_is_spent(&options, long_ago_ns), "since long");
    options.budget_ns = (uint64_t)24 * 3600 * SECOND;
    cr_expect_not(budget_is_spent(&options, now_ns), "not for a day");
    cr_expect_not(budget_was_cut(&options));
    interrupted = 2;
    cr_expect(budget_is_spent(&options, now_ns), "the user wants it");
    cr_expect(budget_was_cut(&options));
}
