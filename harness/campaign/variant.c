/* Runs one variant under the supervisor, collects what the ledger tells meanwhile, and puts together what
 * was seen. */
#include "campaign/variant.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "campaign/symbols.h"
#include "ledger/reader.h"
#include "oracle/findings.h"
#include "supervise/supervise.h"

enum { NUMBER_MAX = 24, SETTING_TEXT_MAX = 96, ARGUMENTS_MAX = 16 + 2 * EXEUNT_SETTINGS_MAX };

/* The command line of the host. */
struct command {
    char *arguments[ARGUMENTS_MAX];
    size_t count;
    char numbers[4][NUMBER_MAX];
    size_t numbers_used;
    char settings[EXEUNT_SETTINGS_MAX][SETTING_TEXT_MAX];
};

/* A run while it goes on. */
struct run {
    const struct setup *setup;
    const struct exeunt_variant *variant;
    uint64_t operations;
    struct ledger_view ledger;
    struct findings findings;
    uint64_t events_lost;
};

static void add(struct command *command, const char *name, const char *value)
{
    command->arguments[command->count++] = (char *)name;
    command->arguments[command->count++] = (char *)value;
}

static void add_number(struct command *command, const char *name, uint64_t value)
{
    char *text = command->numbers[command->numbers_used++];
    snprintf(text, NUMBER_MAX, "%llu", (unsigned long long)value);
    add(command, name, text);
}

static void build_command(const struct run *run, struct command *command)
{
    const struct campaign_options *options = run->setup->options;
    *command = (struct command){0};
    command->arguments[command->count++] = (char *)run->setup->host;
    add(command, options->workload->name, run->variant->name);
    add(command, "--folder", run->setup->folder);
    add_number(command, "--seed", options->seed);
    add_number(command, "--workers", options->workers);
    if (run->operations != 0)
        add_number(command, "--operations", run->operations);
    if (options->for_ns != 0)
        add_number(command, "--for-ns", options->for_ns);
    const struct exeunt_setting *settings = options->workload->settings;
    for (size_t i = 0; settings[i].key != NULL && i < EXEUNT_SETTINGS_MAX; i++) {
        snprintf(command->settings[i], SETTING_TEXT_MAX, "%s=%llu", settings[i].key,
                 (unsigned long long)options->settings[i]);
        add(command, "--set", command->settings[i]);
    }
}

/* At most what the ring holds: a child that writes as fast as we read must not keep us from the rest. */
static void drain(struct run *run)
{
    struct ledger_event event;
    for (int left = LEDGER_EVENTS_MAX; left > 0; left--) {
        if (!ledger_next_event(&run->ledger, &event, &run->events_lost))
            return;
        findings_add(&run->findings, &event);
    }
}

static void tick(void *context, const struct sample *sample)
{
    struct run *run = context;
    const struct campaign_options *options = run->setup->options;
    drain(run);
    if (options->progress == NULL)
        return;
    struct campaign_progress progress = {
        .variant = run->variant->name,
        .elapsed_ns = sample->t_ms * 1000000,
        .operations = sample->operations,
        .operations_planned = run->operations,
        .for_ns = options->for_ns,
        .fds = sample->fds,
        .limit_fds = options->limit_fds,
        .faults = sample->faults,
    };
    options->progress(options->progress_context, &progress);
}

/* Which of the ways to end early it was: the program died after the kernel refused it something. */
static enum ended refine(const struct run *run, const struct supervise_outcome *outcome,
                         const struct ledger_totals *totals)
{
    const struct ledger *ledger = run->ledger.ledger;
    bool early = run->operations != 0 && totals->succeeded + totals->failed < run->operations;
    if (outcome->ended == ENDED_COMPLETED)
        return early ? ENDED_EXITED : ENDED_COMPLETED;
    if (outcome->ended != ENDED_EXITED)
        return outcome->ended;
    if (ledger->descriptors_exhausted.count > 0)
        return ENDED_EMFILE;
    return ledger->space_exhausted.count > 0 ? ENDED_DISK_FULL : ENDED_EXITED;
}

static struct exhaustion exhaustion_of(const struct ledger_exhaustion *seen, uint64_t started_ns)
{
    struct exhaustion exhaustion = {.count = seen->count};
    if (exhaustion.count == 0)
        return exhaustion;
    uint64_t first_ns = seen->first_ns;
    uint64_t operation = seen->first_operation & LEDGER_OPERATION_MASK;
    exhaustion.first_ms = first_ns > started_ns ? (first_ns - started_ns) / 1000000 : 0;
    exhaustion.first_operation = operation != 0 ? operation - 1 : 0;
    exhaustion.first_fault = seen->first_fault;
    return exhaustion;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Descriptors: the kernel's count at rest where the program came to rest, otherwise the last sample. */
static void fill_fds(const struct run *run, const struct supervise_outcome *outcome,
                     struct variant_result *variant)
{
    const struct ledger *ledger = run->ledger.ledger;
    uint64_t limit = run->setup->options->limit_fds;
    int64_t last = ledger->fds_at_rest_last;
    variant->fds.limit = limit;
    variant->fds.leaked = ledger->leaks;
    variant->fds.baseline = ledger->fds_at_rest_first;
    variant->fds.final = variant->ended == ENDED_COMPLETED && last >= 0 ? last : outcome->fds_last;
    variant->fds.peak = larger(larger(outcome->fds_peak, variant->fds.baseline), variant->fds.final);
    if (variant->emfile.count > 0) /* the kernel itself said that all were taken */
        variant->fds.peak = larger(variant->fds.peak, (int64_t)limit);
}

/* Kernel against ledger: by how many the descriptors that stayed at the end differ from the leaks. */
static uint64_t unaccounted(const struct variant_result *variant)
{
    if (variant->ended != ENDED_COMPLETED || variant->fds.baseline < 0 || variant->fds.final < 0)
        return 0;
    int64_t stayed = variant->fds.final - variant->fds.baseline;
    int64_t leaked = (int64_t)variant->fds.leaked;
    return (uint64_t)(stayed > leaked ? stayed - leaked : leaked - stayed);
}

/* Temporary files that no operation still at work can account for: a program that is ended has no chance to
 * remove those of the operations that it was in. */
static uint64_t abandoned_files(const struct variant_result *variant)
{
    uint64_t at_work =
        variant->operations.started - variant->operations.succeeded - variant->operations.failed;
    return variant->temp_files > at_work ? variant->temp_files - at_work : 0;
}

static void add_counted(struct variant_result *variant, enum finding_kind kind, uint64_t count)
{
    if (count > 0)
        variant->findings[variant->finding_count++] = (struct finding){.kind = kind, .count = count};
}

static int fill_findings(const struct run *run, struct variant_result *variant, struct error *error)
{
    enum { COUNTED_KINDS = 3 };
    const struct plan_points *points = &run->setup->points;
    variant->findings = calloc(run->findings.count + COUNTED_KINDS, sizeof *variant->findings);
    if (variant->findings == NULL)
        return error_not_done(error, -ENOMEM, "out of memory");
    struct symbols *symbols = run->findings.count > 0 ? symbols_open(&run->ledger) : NULL;
    for (size_t i = 0; i < run->findings.count; i++) {
        const struct raw_finding *raw = &run->findings.list[i];
        struct finding *finding = &variant->findings[variant->finding_count++];
        const char *point = raw->point >= 0 ? points->names[raw->point] : "";
        *finding = (struct finding){.kind = raw->kind, .count = raw->count, .error = raw->error};
        snprintf(finding->point, sizeof finding->point, "%s", point);
        symbols_name(symbols, raw->taken_at, finding->taken_at, sizeof finding->taken_at);
        symbols_name(symbols, raw->site, finding->site, sizeof finding->site);
        finding_coordinate(raw, point, finding->coordinate, sizeof finding->coordinate);
    }
    symbols_close(symbols);
    add_counted(variant, FINDING_UNACCOUNTED_DESCRIPTORS, unaccounted(variant));
    add_counted(variant, FINDING_TEMP_FILES, abandoned_files(variant));
    add_counted(variant, FINDING_TORN_RESULTS, variant->stored_torn);
    variant->finding_count = findings_join(variant->findings, variant->finding_count);
    variant->events_lost = run->events_lost + run->findings.dropped;
    return 0;
}

static int check(const struct run *run, struct variant_result *variant, struct error *error)
{
    struct exeunt_check check;
    struct exeunt_reason reason = {""};
    int failed = run->setup->options->workload->check(&run->setup->site, &check, &reason);
    if (failed != 0)
        return error_not_done(error, failed, "%s", reason.text);
    variant->checked = true;
    variant->stored_whole = check.whole;
    variant->stored_torn = check.torn;
    variant->temp_files = check.temp_files;
    return 0;
}

static int fill(const struct run *run, const struct supervise_outcome *outcome,
                struct variant_result *variant, struct error *error)
{
    const struct ledger *ledger = run->ledger.ledger;
    struct ledger_totals totals;
    ledger_totals(&run->ledger, &totals);
    snprintf(variant->name, sizeof variant->name, "%s", run->variant->name);
    snprintf(variant->last_words, sizeof variant->last_words, "%s", outcome->last_words);
    variant->leaks = run->variant->leaks;
    variant->ended = refine(run, outcome, &totals);
    variant->exit_status = outcome->exit_status;
    variant->signal = outcome->signal;
    variant->duration_ms = outcome->duration_ms;
    variant->operations.started = totals.started;
    variant->operations.succeeded = totals.succeeded;
    variant->operations.failed = totals.failed;
    variant->faults.injected = totals.injected;
    variant->threads_unrecorded = ledger->threads_unrecorded;
    for (uint32_t i = 0; i < run->ledger.point_count; i++)
        variant->faults.by_point[i] = ledger->points[i].injected;
    variant->emfile = exhaustion_of(&ledger->descriptors_exhausted, outcome->started_ns);
    fill_fds(run, outcome, variant);
    int failed = check(run, variant, error);
    return failed != 0 ? failed : fill_findings(run, variant, error);
}

static int supervise_run(struct run *run, struct supervise_outcome *outcome, struct error *error)
{
    const struct campaign_options *options = run->setup->options;
    struct command command;
    build_command(run, &command);
    struct supervise_options supervised = {
        .arguments = command.arguments,
        .preload = run->setup->preload,
        .ledger = &run->ledger,
        .limit_fds = options->limit_fds,
        .sample_ns = options->sample_ns,
        .hang_ns = options->hang_ns,
        .interrupted = options->interrupted,
        .tick = tick,
        .tick_context = run,
    };
    int failed = supervise(&supervised, outcome, error);
    if (failed == 0 && run->ledger.ledger->attached == 0 && outcome->ended != ENDED_INTERRUPTED) {
        free(outcome->series.samples);
        return error_not_done(error, -EIO, "the preload library '%s' was not loaded into '%s'%s%s",
                              run->setup->preload, run->setup->host,
                              outcome->last_words[0] != '\0' ? ": " : "", outcome->last_words);
    }
    return failed;
}

/* Own points stand behind those of the preload; what they fail with is the workload's to say. */
static void set_own_errors(struct run *run)
{
    const struct exeunt_point *own = run->setup->options->workload->points;
    size_t count = 0;
    while (own[count].name != NULL)
        count++;
    for (size_t i = 0; i < count; i++)
        run->ledger.ledger->points[run->ledger.point_count - count + i].error = own[i].error;
}

int variant_run(const struct setup *setup, const struct exeunt_variant *variant, uint64_t operations,
                struct variant_result *out, struct witness *witness, struct error *error)
{
    struct run run = {.setup = setup, .variant = variant, .operations = operations};
    int failed =
        ledger_create((uint32_t)setup->options->limit_fds, &setup->plan, &setup->points, &run.ledger, error);
    if (failed != 0)
        return failed;
    set_own_errors(&run);
    struct supervise_outcome outcome = {0};
    struct variant_result result = {0};
    failed = supervise_run(&run, &outcome, error);
    if (failed == 0) {
        result.series = outcome.series;
        drain(&run);
        failed = fill(&run, &outcome, &result, error);
        if (failed == 0 && witness_take(&run.ledger, witness) != 0)
            failed = error_not_done(error, -ENOMEM, "out of memory");
    }
    findings_clear(&run.findings);
    ledger_close(&run.ledger);
    if (failed != 0) {
        free(result.findings);
        free(result.series.samples);
        return failed;
    }
    *out = result;
    return 0;
}

static size_t count_variants(const struct exeunt_workload *workload)
{
    size_t count = 0;
    while (count < RESULT_VARIANTS_MAX && workload->variants[count].name != NULL)
        count++;
    return count;
}

int result_begin(const struct setup *setup, bool comparison, struct result *out, struct error *error)
{
    const struct campaign_options *options = setup->options;
    struct result result = {.comparison = comparison,
                            .variants_planned = comparison ? count_variants(options->workload) : 1,
                            .seed = options->seed,
                            .workers = options->workers,
                            .limit_fds = options->limit_fds,
                            .point_count = setup->points.count};
    snprintf(result.workload, sizeof result.workload, "%s", options->workload->name);
    result.faults = strdup(setup->faults);
    result.points = calloc(setup->points.count, sizeof *result.points);
    if (result.faults == NULL || result.points == NULL) {
        result_clear(&result);
        return error_not_done(error, -ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < setup->points.count; i++)
        snprintf(result.points[i], sizeof *result.points, "%s", setup->points.names[i]);
    *out = result;
    return 0;
}
