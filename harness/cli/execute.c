/* Decides where the reports of a campaign go, and that nothing of them is lost when it is interrupted. */
#include "execute.h"

#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "keep_run.h"
#include "looks.h"
#include "output.h"
#include "progress.h"
#include "report.h"
#include "signals.h"

/* What a campaign gave: one result, or the suite. */
struct outcome {
    bool is_suite;
    struct result result;
    struct suite suite;
};

static int write_report(const char *name, const struct outcome *outcome, FILE *out)
{
    const struct report *report = report_named(name);
    struct report_options looks = looks_of(out);
    return outcome->is_suite ? report->write_suite(&outcome->suite, &looks, out)
                             : report->write(&outcome->result, &looks, out);
}

static int write_json(const struct outcome *outcome, struct output *json, struct error *error)
{
    if (json->typed == NULL)
        return 0;
    int rc = output_open(json, error);
    if (rc != 0)
        return rc;
    return output_finish(json, write_report("json", outcome, json->stream), error);
}

static int write_terminal(const struct outcome *outcome, const struct options *options, struct error *error)
{
    if (options->quiet) {
        if (outcome->is_suite)
            looks_quiet(outcome->suite.exit_status, outcome->suite.sentence);
        else
            looks_quiet(outcome->result.exit_status, outcome->result.sentence);
        return 0;
    }
    bool taken =
        options->campaign.program != NULL || (options->json != NULL && strcmp(options->json, "-") == 0);
    int rc = write_report("terminal", outcome, taken ? stderr : stdout);
    if (rc == 0)
        return 0;
    return error_not_done(error, rc, "cannot write to standard %s: %s", taken ? "error" : "output",
                          strerror(-rc));
}

/* JSON first: whoever reads the other report may close its pipe early, and end us. */
static int deliver(const struct outcome *outcome, const struct options *options, struct output *json,
                   struct error *error)
{
    int json_rc = write_json(outcome, json, error);
    struct error second;
    int rc = write_terminal(outcome, options, json_rc == 0 ? error : &second);
    return json_rc != 0 ? json_rc : rc;
}

static void tell_leftover(const struct result *result)
{
    if (result->leftover[0] != '\0')
        fprintf(stderr, "exeunt: %s; what was found is whole\n", result->leftover);
}

/* Ends the outcome. Returns its exit status. */
static int conclude(struct outcome *outcome)
{
    int status = (int)(outcome->is_suite ? outcome->suite.exit_status : outcome->result.exit_status);
    tell_leftover(&outcome->result);
    for (size_t i = 0; i < outcome->suite.count; i++)
        tell_leftover(&outcome->suite.results[i]);
    result_clear(&outcome->result);
    suite_clear(&outcome->suite);
    return status;
}

static int begin_record(void *context, struct error *error)
{
    return keep_run_begin(context, error);
}

static void tell_news(void *context, const struct result *result, const struct suite *suite)
{
    keep_run_news(context, result, suite);
}

static int run(const struct execution *execution, struct options *options, struct outcome *out,
               struct error *error)
{
    struct progress progress = progress_start(!options->quiet);
    options->campaign.progress = progress_show;
    options->campaign.progress_context = &progress;
    *out = (struct outcome){.is_suite = options->all};
    int rc = options->all ? execution->all(&options->campaign, &out->suite, error)
                          : execution->one(&options->campaign, &out->result, error);
    progress_clear(&progress);
    return rc;
}

/* It is kept before it is shown, so that nothing that was seen can be lost; that it cannot be kept is no
 * reason not to show it. */
static int run_and_keep(const struct execution *execution, struct options *options, struct keep_run *keeping,
                        struct outcome *out, struct error *error)
{
    options->campaign.interrupted = signals_catch();
    options->campaign.begin = begin_record;
    options->campaign.news = tell_news;
    options->campaign.keeping_context = keeping;
    int rc = run(execution, options, out, error);
    if (rc == 0)
        keep_run_finish(keeping, out->is_suite ? NULL : &out->result, out->is_suite ? &out->suite : NULL);
    else
        keep_run_drop(keeping);
    signals_release();
    return rc;
}

/* Returns as execute. */
static int run_and_report(const struct execution *execution, struct options *options, struct output *json,
                          struct keep_run *keeping, struct error *error)
{
    struct outcome outcome;
    int rc = run_and_keep(execution, options, keeping, &outcome, error);
    if (rc != 0)
        return rc;
    rc = deliver(&outcome, options, json, error);
    if (rc == 0)
        rc = keep_run_told(keeping, error);
    int status = conclude(&outcome);
    return rc != 0 ? rc : status;
}

int execute(const struct execution *execution, int argc, char **argv, struct error *error)
{
    struct options options;
    struct output json;
    int rc = options_parse(&execution->form, argc, argv, &options, error);
    if (rc != 0)
        return rc == ARGUMENTS_HELP_SHOWN ? 0 : rc;
    rc = output_prepare(&json, "--json", options.json, error);
    if (rc != 0)
        return rc;
    struct keep_run keeping = {.options = &options, .words = argv};
    rc = run_and_report(execution, &options, &json, &keeping, error);
    keep_run_end(&keeping);
    if (json.stream != NULL)
        fclose(json.stream);
    return rc;
}
