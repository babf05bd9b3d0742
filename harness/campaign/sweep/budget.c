/* Decides when no further run is begun, and how long a run may take whose length nobody knows yet. */
#include "campaign/sweep/budget.h"

#include "base/clock.h"

static const uint64_t steady_least_ns = 60000000000u, steady_unbounded_ns = 600000000000u;

bool budget_was_cut(const struct sweep_options *options)
{
    return options->interrupted != NULL && *options->interrupted != 0;
}

bool budget_is_spent(const struct sweep_options *options, uint64_t started_ns)
{
    return budget_was_cut(options) ||
           (options->budget_ns != 0 && clock_now_ns() - started_ns >= options->budget_ns);
}

uint64_t budget_of_steady_run_ns(const struct sweep_options *options)
{
    if (options->hang_ns != 0)
        return options->hang_ns;
    if (options->budget_ns == 0)
        return steady_unbounded_ns;
    return options->budget_ns > steady_least_ns ? options->budget_ns : steady_least_ns;
}
