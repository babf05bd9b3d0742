/* All workloads, one comparison after the other. What is wrong with the command for any of them is found
 * before the first run; what goes wrong later with one of them is no reason to leave out the others. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/campaign.h"
#include "campaign/setup.h"

static struct campaign_options options_for(const struct campaign_options *options,
                                           const struct exeunt_workload *workload)
{
    struct campaign_options own = *options;
    campaign_choose(&own, workload);
    own.begin = NULL; /* the suite's */
    if (workload->exits == NULL)
        return own;
    own.faults = NULL; /* a table of exit paths has neither faults nor a length nor many workers */
    own.operations = own.for_ns = 0;
    own.workers = 1;
    return own;
}

/* The number of workloads, or a negative errno with `error` if the command does not fit one of them. */
static int check_all(const struct campaign_options *options, struct error *error)
{
    const struct exeunt_workload *workload;
    char unheard[1];
    int count = 0, failed = 0;
    for (; failed == 0 && (workload = exeunt_workload_at((size_t)count)) != NULL; count++) {
        struct campaign_options own = options_for(options, workload);
        struct setup setup;
        struct error why;
        failed = setup_open(&own, &setup, &why);
        if (failed == 0) {
            setup_close(&setup, unheard, sizeof unheard);
            continue;
        }
        error->exit_status = why.exit_status;
        snprintf(error->text, sizeof error->text, "workload '%s': %.4000s", workload->name, why.text);
    }
    return failed != 0 ? failed : count;
}

/* In place of the result of a comparison that could not be done. */
static int put_error(const struct campaign_options *options, const struct error *why, struct result *out)
{
    struct result result = {.comparison = true,
                            .seed = options->seed,
                            .workers = options->workers,
                            .limit_fds = options->limit_fds,
                            .verdict = VERDICT_INCONCLUSIVE,
                            .exit_status = EXIT_NOT_DONE};
    snprintf(result.workload, sizeof result.workload, "%s", options->workload->name);
    snprintf(result.sentence, sizeof result.sentence, "%.500s", why->text);
    result.faults = strdup(options->faults != NULL ? options->faults : options->workload->faults);
    if (result.faults == NULL)
        return -ENOMEM;
    *out = result;
    return 0;
}

/* The suite while one of its comparisons goes on. */
struct going {
    const struct campaign_options *options;
    struct suite *suite; /* the next result is that of the comparison */
};

static void tell_news(void *context, const struct result *result, const struct suite *none)
{
    (void)none;
    const struct going *going = context;
    struct suite *suite = going->suite;
    suite->results[suite->count++] = *result;
    judge_suite(suite);
    going->options->news(going->options->keeping_context, NULL, suite);
    suite->results[--suite->count] = (struct result){0};
}

static int compare_next(struct going *going)
{
    struct suite *suite = going->suite;
    struct campaign_options own = options_for(going->options, exeunt_workload_at(suite->count));
    struct error why;
    if (own.news != NULL) {
        own.news = tell_news;
        own.keeping_context = going;
    }
    struct result *out = &suite->results[suite->count];
    int failed = campaign_compare(&own, out, &why) == 0 ? 0 : put_error(&own, &why, out);
    suite->count += failed == 0;
    return failed;
}

int campaign_suite(const struct campaign_options *options, struct suite *out, struct error *error)
{
    int planned = check_all(options, error), failed = 0;
    if (planned < 0)
        return planned;
    failed = options->begin != NULL ? options->begin(options->keeping_context, error) : 0;
    if (failed != 0)
        return failed;
    assert(planned > 0); /* workloads are built in */
    struct suite suite = {.planned = (size_t)planned,
                          .results = calloc((size_t)planned, sizeof *suite.results)};
    struct going going = {.options = options, .suite = &suite};
    if (suite.results == NULL)
        failed = -ENOMEM;
    while (failed == 0 && suite.count < suite.planned &&
           (options->interrupted == NULL || *options->interrupted == 0))
        failed = compare_next(&going);
    if (failed != 0) {
        suite_clear(&suite);
        return error_not_done(error, failed, "out of memory");
    }
    judge_suite(&suite);
    *out = suite;
    return 0;
}
