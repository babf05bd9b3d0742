/* Decides what of a result is kept: its document, the report as people read it, and what the store makes of
 * the result itself. */
#include "record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "document.h"
#include "exeunt/scope.h"
#include "report.h"
#include "store/store.h"

enum { REPORT_COLUMNS = 100 };

/* The caller's; NULL: memory is short. */
static char *report_of(const struct record *record)
{
    static const struct report_options looks = {.columns = REPORT_COLUMNS};
    const struct report *terminal = report_named("terminal");
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    int failed = record->suite != NULL ? terminal->write_suite(record->suite, &looks, out)
                                       : terminal->write(record->result, &looks, out);
    if (fclose(out) == 0 && failed == 0)
        return text;
    free(text);
    return NULL;
}

static char *json_of(const struct record *record)
{
    json_t *document =
        record->suite != NULL ? document_of_suite(record->suite) : document_of_result(record->result);
    char *text = document != NULL ? json_dumps(document, JSON_COMPACT) : NULL;
    json_decref(document);
    return text;
}

static int save(struct store *store, const struct record *record, struct error *error)
{
    const struct options *options = record->options;
    EXEUNT_GUARD(memory, report, report_of(record));
    EXEUNT_GUARD(memory, json, json_of(record));
    EXEUNT_GUARD(memory, line, text_joined(record->words));
    if (report == NULL || json == NULL || line == NULL)
        return error_not_done(error, -ENOMEM, "no memory to keep the result");
    struct store_environment environment;
    char *const *program = options->campaign.program;
    store_environment_now(program != NULL ? program[0] : ".", &environment);
    uint64_t run;
    const struct store_record kept = {
        .beginning = {.kind = record->words[0],
                      .command = record->words,
                      .line = line,
                      .options = "",
                      .seed = options->campaign.seed,
                      .started_s = record->started_s,
                      .complete = true},
        .json = json,
        .report = report,
        .results = record->suite != NULL ? record->suite->results : record->result,
        .result_count = record->suite != NULL ? record->suite->count : 1,
    };
    return store_save_record(store, &kept, &environment, &run, error);
}

int record_keep(const struct record *record, struct error *error)
{
    if (record->options->results == NULL)
        return 0;
    struct store *store;
    int failed = store_open(record->options->results, STORE_WRITE, &store, error);
    if (failed != 0)
        return failed;
    failed = save(store, record, error);
    store_close(store);
    return failed;
}
