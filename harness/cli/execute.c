/* Decides where the reports of a campaign go, and that nothing of them is lost when it is interrupted. */
#include "execute.h"

#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "looks.h"
#include "output.h"
#include "progress.h"
#include "report.h"
#include "signals.h"

static int write_json(const struct result *result, struct output *json, struct error *error)
{
    if (json->typed == NULL)
        return 0;
    int rc = output_open(json, error);
    if (rc != 0)
        return rc;
    struct report_options options = looks_of(json->stream);
    return output_finish(json, report_named("json")->write(result, &options, json->stream), error);
}

static int write_terminal(const struct result *result, const struct options *options, struct error *error)
{
    if (options->quiet)
        return 0;
    bool taken =
        options->campaign.program != NULL || (options->json != NULL && strcmp(options->json, "-") == 0);
    FILE *out = taken ? stderr : stdout;
    struct report_options looks = looks_of(out);
    int rc = report_named("terminal")->write(result, &looks, out);
    if (rc == 0)
        return 0;
    return error_not_done(error, rc, "cannot write to standard %s: %s", taken ? "error" : "output",
                          strerror(-rc));
}

/* JSON first: whoever reads the other report may close its pipe early, and end us. */
static int deliver(const struct result *result, const struct options *options, struct output *json,
                   struct error *error)
{
    int json_rc = write_json(result, json, error);
    struct error second;
    int rc = write_terminal(result, options, json_rc == 0 ? error : &second);
    return json_rc != 0 ? json_rc : rc;
}

int execute(const struct options_form *form, execute_campaign *campaign, int argc, char **argv,
            struct error *error)
{
    struct options options;
    struct output json;
    struct result result = {.variant_count = 0};
    int rc = options_parse(form, argc, argv, &options, error);
    if (rc != 0)
        return rc == ARGUMENTS_HELP_SHOWN ? 0 : rc;
    rc = output_prepare(&json, options.json, error);
    if (rc != 0)
        return rc;

    struct progress progress = progress_start(!options.quiet);
    options.campaign.interrupted = signals_catch();
    options.campaign.progress = progress_show;
    options.campaign.progress_context = &progress;
    rc = campaign(&options.campaign, &result, error);
    signals_release();
    progress_clear(&progress);
    if (rc != 0) {
        if (json.stream != NULL)
            fclose(json.stream);
        return rc;
    }
    rc = deliver(&result, &options, &json, error);
    int status = (int)result.exit_status;
    if (result.leftover[0] != '\0')
        fprintf(stderr, "exeunt: %s; what was found is whole\n", result.leftover);
    result_clear(&result);
    return rc != 0 ? rc : status;
}
