/* `exeunt run`: one variant of a workload, or a program of the user's, under faults. */
#include "command.h"
#include "execute.h"
#include "target.h"

static int run(const struct campaign_options *options, struct result *out, struct error *error)
{
    return options->program != NULL ? campaign_program(options, out, error)
                                    : campaign_run(options, out, error);
}

int command_run(int argc, char **argv, struct error *error)
{
    static const struct options_form form = {
        .command = "run",
        .operand = "WORKLOAD/VARIANT\n-- PROGRAM [ARGUMENT...]",
        .doc =
            "Run one variant of a workload, or any dynamically linked program, under faults, and tell what "
            "it left behind. A program has its own standard streams; the report goes to standard error.",
        .takes_program = true,
        .target = target_variant,
    };
    static const struct execution execution = {.one = run};
    return execute(&form, &execution, argc, argv, error);
}
