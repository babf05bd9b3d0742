/* Decides where the report of a sweep goes. JSON first: whoever reads the other one may close its pipe early.
 */
#include "sweep_report.h"

#include <string.h>

#include "looks.h"
#include "report.h"

/* Each on a line of its own. */
static int write_json(const struct sweep_result *results, size_t count, struct output *json,
                      struct error *error)
{
    if (json->typed == NULL)
        return 0;
    int rc = output_open(json, error);
    if (rc != 0)
        return rc;
    struct report_options looks = looks_of(json->stream);
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = report_named("json")->write_sweep(&results[i], &looks, json->stream);
    return output_finish(json, rc, error);
}

/* What was covered of a workload stands last, all variants side by side. */
int sweep_report_write(const struct sweep_result *results, size_t count, FILE *out)
{
    const struct report *terminal = report_named("terminal");
    struct report_options looks = looks_of(out);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < count; i++) {
        if (i > 0)
            putc('\n', out);
        rc = terminal->write_sweep(&results[i], &looks, out);
    }
    return rc == 0 && results[0].workload[0] != '\0' ? terminal->write_coverage(results, count, &looks, out)
                                                     : rc;
}

int sweep_report(const struct sweep_result *results, size_t count, const struct sweep_command *command,
                 struct output *json, struct error *error)
{
    int rc = write_json(results, count, json, error);
    if (command->quiet) {
        for (size_t i = 0; i < count; i++)
            looks_quiet(results[i].exit_status, results[i].sentence);
        return rc;
    }
    bool taken = command->json != NULL && strcmp(command->json, "-") == 0;
    int shown = sweep_report_write(results, count, taken ? stderr : stdout);
    if (rc != 0 || shown == 0)
        return rc;
    return error_not_done(error, shown, "cannot write to standard %s: %s", taken ? "error" : "output",
                          strerror(-shown));
}
