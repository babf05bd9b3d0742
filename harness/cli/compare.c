/* `exeunt compare`: all variants of a workload under the same faults; or of all workloads, one by one. */
#include "command.h"
#include "execute.h"
#include "target.h"

const struct execution execution_compare = {
    .form =
        {
            .command = "compare",
            .operand = "WORKLOAD\n--all",
            .doc =
                "Run all variants of a workload under the same faults, and show them side by side. Expected "
                "is that the variants known to leak are caught and all others leave nothing behind.",
            .takes_all = true,
            .target = target_workload,
        },
    .one = campaign_compare,
    .all = campaign_suite,
};

int command_compare(int argc, char **argv, struct error *error)
{
    return execute(&execution_compare, argc, argv, error);
}
