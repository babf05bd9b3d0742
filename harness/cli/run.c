/* `exeunt run`: one variant of a workload under faults. */
#include "command.h"
#include "execute.h"
#include "target.h"

int command_run(int argc, char **argv, struct error *error)
{
    static const struct options_form form = {
        .command = "run",
        .operand = "WORKLOAD/VARIANT",
        .doc = "Run one variant of a workload under faults, and tell what it left behind.",
        .target = target_variant,
    };
    return execute(&form, campaign_run, argc, argv, error);
}
