/* Decides what of a result is kept: its document, the report as people read it, and what the store makes of
 * the result itself. */
#include "record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/text.h"
#include "document.h"
#include "exeunt/scope.h"
#include "report.h"

enum { REPORT_COLUMNS = 100 };

/* The caller's; NULL: memory is short. */
static char *report_of(const struct result *result, const struct suite *suite)
{
    static const struct report_options looks = {.columns = REPORT_COLUMNS};
    const struct report *terminal = report_named("terminal");
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    int failed =
        suite != NULL ? terminal->write_suite(suite, &looks, out) : terminal->write(result, &looks, out);
    if (fclose(out) == 0 && failed == 0)
        return text;
    free(text);
    return NULL;
}

static char *json_of(const struct result *result, const struct suite *suite)
{
    json_t *document = suite != NULL ? document_of_suite(suite) : document_of_result(result);
    char *text = document != NULL ? json_dumps(document, JSON_COMPACT) : NULL;
    json_decref(document);
    return text;
}

static int save(struct record *record, const struct result *result, const struct suite *suite, bool complete)
{
    EXEUNT_GUARD(memory, report, report_of(result, suite));
    EXEUNT_GUARD(memory, json, json_of(result, suite));
    if (report == NULL || json == NULL)
        return error_not_done(&record->error, -ENOMEM, "no memory to keep the result");
    const struct store_record kept = {.json = json,
                                      .report = report,
                                      .results = suite != NULL ? suite->results : result,
                                      .result_count = suite != NULL ? suite->count : 1,
                                      .complete = complete};
    return store_save_record(record->store, record->run, &kept, &record->error);
}

static int begin(struct record *record, struct error *error)
{
    const struct options *options = record->options;
    struct store_environment environment;
    EXEUNT_GUARD(memory, line, text_joined(record->words));
    if (line == NULL)
        return error_not_done(error, -ENOMEM, "no memory to keep the result");
    char *const *program = options->campaign.program;
    store_environment_now(program != NULL ? program[0] : ".", &environment);
    const struct store_beginning beginning = {.kind = record->words[0],
                                              .command = record->words,
                                              .line = line,
                                              .options = "",
                                              .seed = options->campaign.seed,
                                              .started_s = (uint64_t)time(NULL),
                                              .night = options->night};
    return store_begin(record->store, &beginning, &environment, &record->run, error);
}

int record_begin(struct record *record, struct error *error)
{
    if (record->options->results == NULL)
        return 0;
    int failed = store_open(record->options->results, STORE_WRITE, &record->store, error);
    if (failed == 0)
        failed = begin(record, error);
    if (failed != 0)
        record_end(record);
    return failed;
}

static void save_unless_failed(struct record *record, const struct result *result, const struct suite *suite,
                               bool complete)
{
    if (record->store != NULL && record->failed == 0)
        record->failed = save(record, result, suite, complete);
}

void record_news(struct record *record, const struct result *result, const struct suite *suite)
{
    save_unless_failed(record, result, suite, false);
}

void record_finish(struct record *record, const struct result *result, const struct suite *suite)
{
    save_unless_failed(record, result, suite, true);
}

int record_told(const struct record *record, struct error *error)
{
    if (record->failed != 0)
        *error = record->error;
    return record->failed;
}

void record_drop(struct record *record)
{
    struct error unheard;
    if (record->store != NULL)
        store_take_back(record->store, record->run, &unheard);
}

void record_end(struct record *record)
{
    store_close(record->store);
    record->store = NULL;
}
