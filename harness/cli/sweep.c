/* `exeunt sweep`: every reachable fault point of a program failed once. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "command.h"
#include "looks.h"
#include "output.h"
#include "report.h"
#include "signals.h"
#include "sweep_options.h"

static int deliver(const struct sweep_result *result, const struct sweep_command *command,
                   struct output *json, struct error *error)
{
    int rc = 0;
    if (json->typed != NULL) {
        rc = output_open(json, error);
        struct report_options looks = rc == 0 ? looks_of(json->stream) : (struct report_options){0};
        if (rc == 0)
            rc = output_finish(json, report_named("json")->write_sweep(result, &looks, json->stream), error);
    }
    if (rc != 0 || command->quiet)
        return rc;
    FILE *out = command->json != NULL && strcmp(command->json, "-") == 0 ? stderr : stdout;
    struct report_options looks = looks_of(out);
    rc = report_named("terminal")->write_sweep(result, &looks, out);
    return rc == 0 ? 0 : error_not_done(error, rc, "cannot write the report: %s", strerror(-rc));
}

int command_sweep(int argc, char **argv, struct error *error)
{
    struct sweep_command command;
    struct output json;
    struct sweep_result result;
    int rc = sweep_options_parse(argc, argv, &command, error);
    if (rc != 0)
        return rc == ARGUMENTS_HELP_SHOWN ? 0 : rc;
    rc = output_prepare(&json, command.json, error);
    if (rc != 0)
        return rc;
    command.sweep.interrupted = signals_catch();
    rc = campaign_sweep(&command.sweep, &result, error);
    signals_release();
    if (rc != 0) {
        if (json.stream != NULL)
            fclose(json.stream);
        return rc;
    }
    sweep_judge(&result, command.fail_on);
    rc = deliver(&result, &command, &json, error);
    int status = (int)result.exit_status;
    sweep_result_clear(&result);
    return rc != 0 ? rc : status;
}
