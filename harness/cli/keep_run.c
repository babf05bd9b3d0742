/* Decides what of a result is kept: its document, the report as people read it, and what the store makes of
 * the result itself. */
#include "keep_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static int save(struct keep_run *keeping, const struct result *result, const struct suite *suite,
                bool complete)
{
    EXEUNT_GUARD(memory, report, report_of(result, suite));
    EXEUNT_GUARD(memory, json, json_of(result, suite));
    if (report == NULL || json == NULL)
        return error_not_done(&keeping->error, -ENOMEM, "no memory to keep the result");
    const struct store_record kept = {.json = json,
                                      .report = report,
                                      .results = suite != NULL ? suite->results : result,
                                      .result_count = suite != NULL ? suite->count : 1,
                                      .complete = complete};
    return store_save_record(keeping->store, keeping->run, &kept, &keeping->error);
}

/* How many words the option has that begins with this one, if it says only how a night keeps its runs; 0. */
static size_t words_of_night(const char *word)
{
    static const struct {
        const char *name;
        size_t words;
    } options[] = {{"--quiet", 1}, {"--results", 2}, {"--night", 2}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(word, options[i].name) == 0)
            return options[i].words;
    return 0;
}

/* The command line as it would be typed by itself: of a night's, without what stress added to keep it there.
 * The array is the caller's; NULL: memory is short. */
static char **own_words(char *const *words, bool of_night)
{
    size_t count = 0, own = 0, end = 0;
    while (words[count] != NULL)
        count++;
    char **copy = calloc(count + 1, sizeof *copy);
    while (of_night && end < count && strcmp(words[end], "--") != 0)
        end++;
    for (size_t i = 0; copy != NULL && i < count;) {
        size_t left_out = i < end ? words_of_night(words[i]) : 0;
        if (left_out == 0)
            copy[own++] = words[i++];
        i += left_out;
    }
    return copy;
}

static int begin(struct keep_run *keeping, struct error *error)
{
    const struct options *options = keeping->options;
    struct store_environment environment;
    EXEUNT_GUARD(memory, words, own_words(keeping->words, options->night != 0));
    EXEUNT_GUARD(memory, line, words != NULL ? text_joined(words) : NULL);
    if (line == NULL)
        return error_not_done(error, -ENOMEM, "no memory to keep the result");
    char *const *program = options->campaign.program;
    store_environment_now(program != NULL ? program[0] : ".", &environment);
    const struct store_beginning beginning = {.kind = keeping->words[0],
                                              .command = words,
                                              .line = line,
                                              .options = "",
                                              .seed = options->campaign.seed,
                                              .started_s = (uint64_t)time(NULL),
                                              .night = options->night};
    return store_begin(keeping->store, &beginning, &environment, &keeping->run, error);
}

int keep_run_begin(struct keep_run *keeping, struct error *error)
{
    if (keeping->options->results == NULL)
        return 0;
    int failed = store_open(keeping->options->results, STORE_WRITE, &keeping->store, error);
    if (failed == 0)
        failed = begin(keeping, error);
    if (failed != 0)
        keep_run_end(keeping);
    return failed;
}

static void save_unless_failed(struct keep_run *keeping, const struct result *result,
                               const struct suite *suite, bool complete)
{
    if (keeping->store != NULL && keeping->failed == 0)
        keeping->failed = save(keeping, result, suite, complete);
}

void keep_run_news(struct keep_run *keeping, const struct result *result, const struct suite *suite)
{
    save_unless_failed(keeping, result, suite, false);
}

void keep_run_finish(struct keep_run *keeping, const struct result *result, const struct suite *suite)
{
    save_unless_failed(keeping, result, suite, true);
}

int keep_run_told(const struct keep_run *keeping, struct error *error)
{
    if (keeping->failed != 0)
        *error = keeping->error;
    return keeping->failed;
}

void keep_run_drop(struct keep_run *keeping)
{
    struct error unheard;
    if (keeping->store != NULL)
        store_take_back(keeping->store, keeping->run, &unheard);
}

void keep_run_end(struct keep_run *keeping)
{
    store_close(keeping->store);
    keeping->store = NULL;
}
