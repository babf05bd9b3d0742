/* `exeunt compare`: all variants of a workload under the same faults. */
#include "command.h"
#include "execute.h"
#include "target.h"

int command_compare(int argc, char **argv, struct error *error)
{
    static const struct options_form form = {
        .command = "compare",
        .operand = "WORKLOAD",
        .doc =
            "Run all variants of a workload under the same faults, and show them side by side. Expected is "
            "that the variants known to leak are caught and all others leave nothing behind.",
        .target = target_workload,
    };
    return execute(&form, campaign_compare, argc, argv, error);
}
