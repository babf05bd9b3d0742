/* Decides when no further run is begun. */
#include "campaign/sweep/budget.h"

#include "base/clock.h"

bool budget_was_cut(const struct sweep_options *options)
{
    return options->interrupted != NULL && *options->interrupted != 0;
}

bool budget_is_spent(const struct sweep_options *options, uint64_t started_ns)
{
    return budget_was_cut(options) ||
           (options->budget_ns != 0 && clock_now_ns() - started_ns >= options->budget_ns);
}
