/* Decides how a row is run: contained and sampled as any run of a workload, with room for all that its
 * operations may leave open. */
#include "campaign/sweep/row.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "campaign/command.h"
#include "campaign/sweep/recording.h"
#include "campaign/sweep/wrong.h"

/* For what a process has beside its operations. */
enum { FDS_BESIDE = 64 };

static const uint64_t sample_ns = 5000000u; /* a deadlock stands for two of them */

/* Room for descriptors that a whole row leaves, if the system allows so many. */
static uint64_t limit_of(const struct exeunt_workload *workload)
{
    uint64_t wanted = FDS_BESIDE + (uint64_t)ROW_MAX * workload->fds_per_operation;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max < wanted)
        return limit.rlim_max;
    return wanted;
}

static void set_up(const struct setup *setup, struct ledger_view *view)
{
    view->ledger->watch_temps = 1;
    view->ledger->watch_heap = setup->options->heap;
    setup_own_errors(setup, view->ledger);
}

int rows_open(const struct setup *setup, const struct exeunt_variant *variant, struct rows *out,
              struct error *error)
{
    static const struct plan nothing = {.within_operations = 1};
    struct rows rows = {.setup = setup, .variant = variant};
    rows.limit_fds = limit_of(setup->options->workload);
    uint32_t fds = (uint32_t)rows.limit_fds;
    int failed = ledger_create_traced(fds, &nothing, &setup->points, &rows.brief, error);
    if (failed == 0)
        failed = ledger_create_traced(fds, &nothing, &setup->points, &rows.traced, error);
    if (failed != 0) {
        rows_close(&rows);
        return failed;
    }
    rows.brief.ledger->trace_faults_only = 1;
    set_up(setup, &rows.brief);
    set_up(setup, &rows.traced);
    *out = rows;
    return 0;
}

void rows_close(struct rows *rows)
{
    ledger_close(&rows->brief);
    ledger_close(&rows->traced);
}

static int add_event(struct row *row, const struct ledger_event *event)
{
    if (row->event_count == row->event_room) {
        size_t room = row->event_room == 0 ? 256 : 2 * row->event_room;
        struct ledger_event *events = realloc(row->events, room * sizeof *events);
        if (events == NULL)
            return -ENOMEM;
        row->events = events;
        row->event_room = room;
    }
    row->events[row->event_count++] = *event;
    return 0;
}

/* The child wrote the number. */
static bool is_of_row(const struct row *row, uint64_t operation)
{
    return operation != 0 && operation <= row->count;
}

/* A temporary file that an operation made, and that is there after its end, as an event of that. */
static int add_temps(struct row *row)
{
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < LEDGER_TEMPS_MAX; i++) {
        const struct ledger_temp *temp = &row->ledger->ledger->temps[i];
        uint64_t operation = temp->operation;
        char path[LEDGER_TEMP_PATH_MAX];
        snprintf(path, sizeof path, "%.*s", (int)sizeof path - 1, temp->path);
        if (temp->state == LEDGER_TEMP_HELD && is_of_row(row, operation) && access(path, F_OK) == 0)
            failed = add_event(row, &(struct ledger_event){.kind = WRONG_TEMP_LEFT,
                                                           .operation = operation,
                                                           .taken_at = temp->taken_at});
    }
    return failed;
}

static int read_events(struct row *row, struct error *error)
{
    struct ledger_event event;
    uint64_t lost = 0;
    int failed = 0;
    while (failed == 0 && ledger_next_event(row->ledger, &event, &lost))
        if (is_of_row(row, event.operation) &&
            (event.kind == LEDGER_FAULT || wrong_is_release(&event) || wrong_is_leak(&event)))
            failed = add_event(row, &event);
    if (failed == 0)
        failed = add_temps(row);
    row->overflowed = lost > 0 || row->ledger->ledger->temps_unrecorded > 0;
    return failed == 0 ? 0 : error_not_done(error, failed, "no memory for what operations left behind");
}

static bool is_started(const struct row *row)
{
    const struct ledger *ledger = row->ledger->ledger;
    return ledger->attached != 0 &&
           (row->outcome.exit_status != EXEUNT_HOST_NOT_STARTED || ledger->thread_count > 0);
}

static int run(struct rows *rows, const struct row_plan *plan, struct row *row, struct error *error)
{
    const struct campaign_options *options = rows->setup->options;
    const struct command_job job = {.variant = rows->variant->name,
                                    .folder = rows->setup->folder,
                                    .workers = 1,
                                    .jobs = plan->jobs,
                                    .operations = plan->count};
    struct command command;
    command_build(rows->setup, &job, &command);
    const struct supervise_options supervised = {.path = command.arguments[0],
                                                 .arguments = command.arguments,
                                                 .preload = rows->setup->preload,
                                                 .ledger = row->ledger,
                                                 .limit_fds = rows->limit_fds,
                                                 .sample_ns = sample_ns,
                                                 .hang_ns = options->hang_ns,
                                                 .interrupted = options->interrupted};
    int failed = supervise(&supervised, &row->outcome, error);
    if (failed != 0)
        return failed;
    rows->processes++;
    if (!is_started(row) && row->outcome.ended != ENDED_INTERRUPTED)
        return error_not_done(error, -ECHILD, "'%s' could not be run: %s", rows->variant->name,
                              row->outcome.last_words);
    return 0;
}

static int check(const struct rows *rows, struct row *row, struct error *error)
{
    struct exeunt_check check;
    struct exeunt_reason reason = {""};
    int failed = rows->setup->options->workload->check(&rows->setup->site, &check, &reason);
    row->torn = failed == 0 ? check.torn : 0;
    return failed == 0 ? 0 : error_not_done(error, failed, "%s", reason.text);
}

int row_run(struct rows *rows, const struct row_plan *plan, bool traced, struct row *out, struct error *error)
{
    static const struct plan nothing = {.within_operations = 1};
    struct row row = {
        .ledger = traced ? &rows->traced : &rows->brief, .count = plan->count, .traced = traced};
    int failed = ledger_reset(row.ledger, &nothing, error);
    if (failed != 0)
        return failed;
    row.ledger->ledger->schedule = plan->schedule;
    row.ledger->ledger->stop_if_lock_left = 1;
    failed = run(rows, plan, &row, error);
    if (failed == 0)
        failed = read_events(&row, error);
    if (failed == 0)
        failed = recording_read(row.ledger, &row.record, error);
    if (failed == 0)
        failed = check(rows, &row, error);
    if (failed != 0)
        row_clear(&row);
    else
        *out = row;
    return failed;
}

void row_clear(struct row *row)
{
    free(row->outcome.series.samples);
    free(row->events);
    record_clear(&row->record);
    symbols_close(row->symbols);
}

const struct symbols *row_symbols(struct row *row)
{
    if (row->symbols == NULL)
        row->symbols = symbols_open(row->ledger);
    return row->symbols;
}

enum ledger_operation_state row_state(const struct row *row, size_t index, int *status)
{
    const struct ledger_operation *operation = &row->ledger->ledger->operations[index];
    *status = operation->status;
    return (enum ledger_operation_state)operation->state;
}

bool row_was_cut(const struct row *row, size_t *index)
{
    int status;
    for (size_t i = 0; i < row->count; i++)
        if (row_state(row, i, &status) == LEDGER_OPERATION_BEGUN) {
            *index = i;
            return row->outcome.ended != ENDED_INTERRUPTED;
        }
    return false;
}
