/* Decides where the report of a sweep goes. JSON first: whoever reads the other one may close its pipe early.
 */
#include "sweep_report.h"

#include <string.h>

#include "looks.h"
#include "report.h"

static int write_json(const struct sweep_result *result, struct output *json, struct error *error)
{
    if (json->typed == NULL)
        return 0;
    int rc = output_open(json, error);
    if (rc != 0)
        return rc;
    struct report_options looks = looks_of(json->stream);
    return output_finish(json, report_named("json")->write_sweep(result, &looks, json->stream), error);
}

int sweep_report(const struct sweep_result *result, const struct sweep_command *command, struct output *json,
                 struct error *error)
{
    int rc = write_json(result, json, error);
    if (command->quiet)
        return rc;
    bool taken = command->json != NULL && strcmp(command->json, "-") == 0;
    FILE *out = taken ? stderr : stdout;
    struct report_options looks = looks_of(out);
    int shown = report_named("terminal")->write_sweep(result, &looks, out);
    if (rc != 0 || shown == 0)
        return rc;
    return error_not_done(error, shown, "cannot write to standard %s: %s", taken ? "error" : "output",
                          strerror(-shown));
}
