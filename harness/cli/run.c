/* `exeunt run`: one variant of a workload, or a program of the user's, under faults. */
#include "command.h"
#include "execute.h"
#include "target.h"

static int run(const struct campaign_options *options, struct result *out, struct error *error)
{
    return options->program != NULL ? campaign_program(options, out, error)
                                    : campaign_run(options, out, error);
}

const struct execution execution_run = {
    .form =
        {
            .command = "run",
            .operand = "WORKLOAD/VARIANT\n-- PROGRAM [ARGUMENT...]",
            .doc = "Run one variant of a workload, or any dynamically linked program, under faults, and tell "
                   "what it left behind. A program has its own standard streams; the report goes to standard "
                   "error.",
            .takes_program = true,
            .target = target_variant,
        },
    .one = run,
};

int command_run(int argc, char **argv, struct error *error)
{
    return execute(&execution_run, argc, argv, error);
}
