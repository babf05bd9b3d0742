/* `exeunt report`: what an earlier run gave, shown again: as it was, as JSON, or as a page. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "base/text.h"
#include "command.h"
#include "document.h"
#include "exeunt/scope.h"
#include "listing.h"
#include "looks.h"
#include "output.h"
#include "page.h"
#include "report.h"
#include "results.h"
#include "sweep.h"
#include "sweep_report.h"
#include "trend.h"
#include "utf8.h"
#include "value.h"

enum { OPTION_HTML = 256, OPTION_JSON, OPTION_LIST, OPTION_TREND, OPTION_RESULTS };

static const struct argp_option known_options[] = {
    {"html", OPTION_HTML, "FILE", 0,
     "Write the report as one self-contained page, with charts; '-' is standard output", 1},
    {"json", OPTION_JSON, "FILE", 0, "Write the document of the run; '-' is standard output", 1},
    {"list", OPTION_LIST, NULL, 0, "List the runs that are kept, oldest first", 1},
    {"trend", OPTION_TREND, NULL, 0,
     "Show what became of each subject from day to day, and the first and last day of each finding", 1},
    {"results", OPTION_RESULTS, "FILE", 0, "Where results are kept (default " STORE_FILE ")", 1},
    {0},
};

struct wanted {
    uint64_t run; /* 0: the last one */
    const char *html, *json, *results;
    bool list, trend;
};

static bool is_for_people(const struct wanted *wanted)
{
    return wanted->html == NULL && wanted->json == NULL;
}

static int take(void *into, int key, const char *typed, struct error *error)
{
    struct wanted *wanted = into;
    switch (key) {
    case OPTION_HTML:
        wanted->html = typed;
        return 0;
    case OPTION_JSON:
        wanted->json = typed;
        return 0;
    case OPTION_LIST:
        wanted->list = true;
        return 0;
    case OPTION_TREND:
        wanted->trend = true;
        return 0;
    case OPTION_RESULTS:
        wanted->results = typed;
        return 0;
    default:
        if (wanted->run != 0)
            return error_usage(error, "unexpected argument '%.64s': one run at a time", typed);
        if (text_number(typed, 1, INT64_MAX, &wanted->run) != 0)
            return error_usage(error, "'%.64s' is not the number of a run: 'exeunt report --list' shows them",
                               typed);
        return 0;
    }
}

/* What is shown of a run, of the variants of a workload's sweep, or of all runs over nights. */
struct shown {
    struct store_runs runs;     /* that one command gave; none: all */
    json_t *document;           /* of several sweeps, an array */
    struct store_document kept; /* of all but sweeps */
    struct sweep_result *sweeps;
    size_t sweep_count; /* 0: it was none */
    struct store_trend trend;
};

static int load_trend(struct store *store, struct shown *shown, struct error *error)
{
    int failed = store_load_trend(store, &shown->trend, error);
    if (failed != 0)
        return failed;
    shown->document = trend_document(&shown->trend);
    return shown->document != NULL ? 0 : error_not_done(error, -ENOMEM, "no memory for the report");
}

/* Of one, its document; of several, an array. */
static json_t *document_of_sweeps(const struct sweep_result *sweeps, size_t count)
{
    if (count == 1)
        return sweep_document(&sweeps[0]);
    struct value_filling documents = {.into = json_array()};
    for (size_t i = 0; i < count; i++)
        value_add(&documents, sweep_document(&sweeps[i]));
    return value_filled(&documents);
}

static int load_sweeps(struct store *store, const char *results, struct shown *shown, struct error *error)
{
    shown->sweeps = calloc(shown->runs.count, sizeof *shown->sweeps);
    if (shown->sweeps == NULL)
        return error_not_done(error, -ENOMEM, "no memory for the report");
    for (size_t i = 0; i < shown->runs.count; i++) {
        struct store_run run;
        int failed = store_load_sweep(store, shown->runs.list[i].id, &shown->sweeps[i], &run, error);
        if (failed != 0)
            return failed;
        store_run_clear(&run);
        shown->sweeps[i].results = results;
        shown->sweep_count++;
    }
    shown->document = document_of_sweeps(shown->sweeps, shown->sweep_count);
    return shown->document != NULL ? 0 : error_not_done(error, -ENOMEM, "no memory for the report");
}

/* libjansson leaves out a character for which memory is short, and goes on: what gives the same text is
 * whole. */
static bool is_whole(const json_t *document, const char *text)
{
    EXEUNT_GUARD(memory, again, json_dumps(document, JSON_COMPACT));
    return again != NULL && strcmp(again, text) == 0;
}

/* For people, only its report is needed. */
static int load_document(struct store *store, const struct wanted *wanted, struct shown *shown,
                         struct error *error)
{
    uint64_t run = shown->runs.list[0].id;
    int failed = store_load_document(store, run, &shown->kept, error);
    if (failed != 0 || is_for_people(wanted))
        return failed;
    shown->document = json_loads(shown->kept.json, JSON_REJECT_DUPLICATES, NULL);
    if (shown->document == NULL)
        return error_usage(error,
                           "'%s' is damaged: run %" PRIu64 " has no readable document; name another run",
                           wanted->results, run);
    if (!is_whole(shown->document, shown->kept.json))
        return error_not_done(error, -ENOMEM,
                              "the document of run %" PRIu64
                              " does not read as it was written: memory is short, "
                              "or it was edited",
                              run);
    return 0;
}

/* A number names one run, also of several that one command gave. */
static int load_runs(struct store *store, uint64_t number, struct store_runs *out, struct error *error)
{
    if (number == 0)
        return store_last_command(store, out, error);
    out->list = calloc(1, sizeof *out->list);
    if (out->list == NULL)
        return error_not_done(error, -ENOMEM, "no memory for the report");
    int failed = store_load_run(store, number, &out->list[0], error);
    out->count = failed == 0;
    return failed;
}

static int load(struct store *store, const struct wanted *wanted, struct shown *shown, struct error *error)
{
    if (wanted->trend)
        return load_trend(store, shown, error);
    int failed = load_runs(store, wanted->run, &shown->runs, error);
    if (failed != 0)
        return failed;
    return strcmp(shown->runs.list[0].kind, "sweep") == 0 ? load_sweeps(store, wanted->results, shown, error)
                                                          : load_document(store, wanted, shown, error);
}

/* The same of all runs that one command gave, but for their numbers and the time. */
static json_t *environment_of(const struct store_runs *runs)
{
    const struct store_run *run = &runs->list[0];
    char started[LISTING_TIME_MAX], numbers[48];
    snprintf(numbers, sizeof numbers, "%" PRIu64 " to %" PRIu64, run->id, runs->list[runs->count - 1].id);
    struct value_filling object = {.into = json_object()};
    value_put(&object, "run", runs->count > 1 ? value_text(numbers) : value_number(run->id));
    value_put(&object, "line", value_text(run->line));
    value_put(&object, "started", value_text(listing_time(run->started_s, started)));
    value_put(&object, "exeunt", value_text_or_null(run->environment.exeunt));
    value_put(&object, "kernel", value_text_or_null(run->environment.kernel));
    value_put(&object, "libc", value_text_or_null(run->environment.libc));
    value_put(&object, "host", value_text_or_null(run->environment.host));
    value_put(&object, "machine", value_text_or_null(run->environment.machine));
    value_put(&object, "folder", value_text_or_null(run->environment.folder));
    value_put(&object, "target_commit", value_text_or_null(run->environment.target_commit));
    return value_filled(&object);
}

static int write_page(const struct shown *shown, FILE *out)
{
    bool is_run = shown->runs.count > 0;
    json_t *environment = is_run ? environment_of(&shown->runs) : NULL;
    int rc = is_run && environment == NULL ? -ENOMEM : page_write(shown->document, environment, out);
    json_decref(environment);
    return rc;
}

/* Each on a line of its own, as when they were made. */
static int write_document(const struct shown *shown, FILE *out)
{
    if (!json_is_array(shown->document))
        return document_write(shown->document, out);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < json_array_size(shown->document); i++)
        rc = document_write(json_array_get(shown->document, i), out);
    return rc;
}

static int write_file(const struct shown *shown, const char *option, const char *typed,
                      int (*write)(const struct shown *, FILE *), struct error *error)
{
    struct output output;
    if (typed == NULL)
        return 0;
    int rc = output_prepare(&output, option, typed, error);
    if (rc == 0)
        rc = output_open(&output, error);
    return rc != 0 ? rc : output_finish(&output, write(shown, output.stream), error);
}

/* The report as it was shown; but the file may be anybody's, or damaged. */
static int write_lines(const char *text)
{
    char *copy = strdup(text), *rest = copy;
    if (copy == NULL)
        return -ENOMEM;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
        utf8_show(line, SIZE_MAX, utf8_locale(), stdout);
        if (rest != NULL)
            putchar('\n');
    }
    free(copy);
    return ferror(stdout) ? -EIO : 0;
}

static int write_text(const struct shown *shown, struct error *error)
{
    struct report_options looks = looks_of(stdout);
    if (shown->runs.count == 0) {
        struct ink ink = ink_of(stdout, looks.color, looks.columns);
        trend_write(&ink, &shown->trend);
        return 0;
    }
    int rc = shown->sweep_count > 0 ? sweep_report_write(shown->sweeps, shown->sweep_count, stdout)
                                    : write_lines(shown->kept.report);
    return rc == 0 ? 0 : error_not_done(error, rc, "cannot write to standard output: %s", strerror(-rc));
}

static int show(const struct shown *shown, const struct wanted *wanted, struct error *error)
{
    if (is_for_people(wanted))
        return write_text(shown, error);
    int rc = write_file(shown, "--html", wanted->html, write_page, error);
    return rc != 0 ? rc : write_file(shown, "--json", wanted->json, write_document, error);
}

static void shown_clear(struct shown *shown)
{
    json_decref(shown->document);
    store_document_clear(&shown->kept);
    for (size_t i = 0; i < shown->sweep_count; i++)
        sweep_result_clear(&shown->sweeps[i]);
    free(shown->sweeps);
    store_trend_clear(&shown->trend);
    store_runs_clear(&shown->runs);
}

static int report(struct store *store, void *context, struct error *error)
{
    const struct wanted *wanted = context;
    struct shown shown = {.document = NULL};
    if (wanted->list)
        return listing_write(store, error);
    int rc = load(store, wanted, &shown, error);
    if (rc == 0)
        rc = show(&shown, wanted, error);
    shown_clear(&shown);
    return rc;
}

int command_report(int argc, char **argv, struct error *error)
{
    static const struct arguments arguments = {
        "report", "[RUN]",
        "Show again what exeunt gave: what its last run did, of a workload's sweep all variants, or the run "
        "with the number RUN.",
        known_options, take};
    struct wanted wanted = {.results = STORE_FILE};
    int rc = arguments_parse(&arguments, argc, argv, &wanted, error);
    if (rc != 0)
        return rc == ARGUMENTS_HELP_SHOWN ? 0 : rc;
    if (wanted.list + wanted.trend + (wanted.run != 0) > 1)
        return error_usage(
            error, "--list, --trend and the number of a run are different things to show: choose one");
    if (wanted.list && !is_for_people(&wanted))
        return error_usage(error, "--list has no form as --html or --json: name a run, or --trend");
    rc = results_read(wanted.results, report, &wanted, error);
    return rc == RESULTS_IN_PART ? -EBADMSG : rc;
}
