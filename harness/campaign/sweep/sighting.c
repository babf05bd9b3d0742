/* Decides what became of an operation under a fault: by the ledger, and where the process ended in it, by
 * that end. An operation answers for the end of its process only if nothing was to fail before it. */
#include "campaign/sweep/sighting.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "campaign/points.h"
#include "campaign/sweep/faulting.h"
#include "campaign/sweep/naming.h"
#include "campaign/sweep/wrong.h"
#include "campaign/symbols.h"
#include "campaign/waits.h"
#include "oracle/deadlock.h"
#include "oracle/release.h"
#include "supervise/environment.h"

static void show(const struct row *row, struct sighting *sighting, const struct ledger_event *wrong)
{
    static const struct ledger_event none = {.point = -1};
    const struct ledger_event *fault = sighting->fault != NULL ? sighting->fault : &none;
    struct ledger_event at_fault = {.kind = LEDGER_EVENT_KINDS + 1 + sighting->outcome, .site = fault->site};
    uint64_t key =
        hash_add(wrong_key(row->ledger, wrong != NULL ? wrong : &at_fault), (uint64_t)fault->point);
    if (!sighting_shows(sighting, key) && sighting->shown_count < SIGHTING_SHOWN_MAX)
        sighting->shown[sighting->shown_count++] = (struct sighting_shown){key, wrong};
}

void sighting_is_silent(const struct row *row, struct sighting *sighting)
{
    if (sighting->shown_count > 0)
        return;
    sighting->outcome = SWEEP_SILENT;
    show(row, sighting, NULL);
}

bool sighting_shows(const struct sighting *sighting, uint64_t key)
{
    for (size_t i = 0; i < sighting->shown_count; i++)
        if (sighting->shown[i].key == key)
            return true;
    return false;
}

/* It is to show what it does although nothing fails. */
static bool is_faultless(const struct duty *duty)
{
    return duty->task.calls[0].k == 0;
}

static bool is_duty(const struct ledger_event *event, const struct duty *duty)
{
    const struct call *call = &duty->task.calls[0];
    return event->kind == LEDGER_FAULT && event->point == call->point && event->k == call->k &&
           event->error == duty->task.errors[0];
}

/* A file that stays since its very removal was made to fail is no leak. */
static bool is_excused(const struct row *row, const struct ledger_event *wrong, const struct duty *duty)
{
    char point[PLAN_POINT_NAME_MAX];
    if (is_faultless(duty) || wrong->kind != WRONG_TEMP_LEFT)
        return false;
    ledger_point_name(row->ledger, (uint32_t)duty->task.calls[0].point, point);
    return points_give_back(point, TRACE_FILE);
}

/* What the ledger found of the operation. Returns the worst of it. */
static enum sweep_kind show_wrongs(const struct row *row, size_t index, const struct duty *duty, int status,
                                   struct sighting *sighting)
{
    enum sweep_kind outcome = status == 0 ? SWEEP_MASKED : SWEEP_DETECTED;
    for (size_t i = 0; i < row->event_count; i++) {
        const struct ledger_event *event = &row->events[i];
        if (event->operation != index + 1 || event->kind == LEDGER_FAULT || is_excused(row, event, duty))
            continue;
        show(row, sighting, event);
        if (outcome != SWEEP_DOUBLE_RELEASE)
            outcome = wrong_is_release(event) ? SWEEP_DOUBLE_RELEASE : SWEEP_LEAK;
    }
    return outcome;
}

/* What the end of the process in the midst of the operation says. */
static enum sweep_kind kind_of_end(const struct supervise_outcome *outcome)
{
    if (outcome->ended == ENDED_HANG || outcome->ended == ENDED_DEADLOCK)
        return SWEEP_HANG;
    if (outcome->exit_status == SANITIZER_EXIT_STATUS)
        return SWEEP_SANITIZER;
    return outcome->signal == SIGABRT || outcome->signal == 0 ? SWEEP_ABORT : SWEEP_CRASH;
}

static const struct ledger_event *find_fault(const struct row *row, size_t index, const struct duty *duty)
{
    for (size_t i = 0; i < row->event_count; i++)
        if (row->events[i].operation == index + 1 && is_duty(&row->events[i], duty))
            return &row->events[i];
    return NULL;
}

/* By which way the call was come to that failed; 0: not known. */
static uint64_t context_of(const struct row *row, size_t index, const struct call *call)
{
    const struct record *record = &row->record;
    for (size_t i = 0; i < record->event_count; i++) {
        const struct record_event *event = &record->events[i];
        if (event->kind == TRACE_FAULT && event->in_operation && event->who == index + 1 &&
            event->point == call->point && event->k == call->k)
            return event->stack == 0 ? 0 : contexts_of(record, event);
    }
    return 0;
}

/* What operations before it have left in caches may have made another call the k-th. */
static bool is_astray(const struct sighting *sighting, const struct call *call)
{
    return call->context != 0 && sighting->context != 0 && sighting->context != call->context;
}

bool sighting_answers(size_t index, struct duty *const duties[ROW_MAX])
{
    while (index > 0)
        if (duties[--index] != NULL)
            return false;
    return true;
}

void sighting_make(const struct row *row, size_t index, struct duty *const duties[ROW_MAX],
                   struct sighting *out)
{
    const struct duty *duty = duties[index];
    int status;
    enum ledger_operation_state state = row_state(row, index, &status);
    *out = (struct sighting){.fault = find_fault(row, index, duty)};
    if (state == LEDGER_OPERATION_UNSEEN || row->outcome.ended == ENDED_INTERRUPTED)
        return;
    if (state != LEDGER_OPERATION_ENDED && !sighting_answers(index, duties)) {
        out->state = SIGHTING_SPOILT;
        return;
    }
    out->state = SIGHTING_IN_VAIN;
    if ((out->fault == NULL && !is_faultless(duty)) || state == LEDGER_OPERATION_REFUSED)
        return;
    out->context = context_of(row, index, &duty->task.calls[0]);
    out->state = is_astray(out, &duty->task.calls[0]) ? SIGHTING_ASTRAY : SIGHTING_COMPLETE;
    if (state == LEDGER_OPERATION_ENDED) {
        out->outcome = show_wrongs(row, index, duty, status, out);
        return;
    }
    out->outcome = kind_of_end(&row->outcome);
    show(row, out, NULL);
}

static void write_hang(const struct row *row, const struct symbols *symbols, char *out, size_t size)
{
    struct deadlock_result deadlock = {0};
    if (row->outcome.ended != ENDED_DEADLOCK) {
        snprintf(out, size, "the operation did not end");
        return;
    }
    waits_name(row->ledger, symbols, &row->outcome.deadlock, &deadlock);
    deadlock_story(&deadlock, out, size);
}

static void write_end(const struct row *row, const struct symbols *symbols, enum sweep_kind kind, char *out,
                      size_t size)
{
    const struct supervise_outcome *outcome = &row->outcome;
    const char *said = outcome->last_words[0] != '\0' ? "; it said: " : "";
    if (kind == SWEEP_SILENT)
        snprintf(out, size, "no guarantee of the workload's own check holds after it");
    else if (kind == SWEEP_HANG)
        write_hang(row, symbols, out, size);
    else if (kind == SWEEP_SANITIZER)
        snprintf(out, size, "%s", outcome->last_words);
    else if (outcome->signal != 0)
        snprintf(out, size, "the process was ended by signal %d (%s)%s%s", outcome->signal,
                 strsignal(outcome->signal), said, outcome->last_words);
    else
        snprintf(out, size, "the process ended with status %d%s%s", outcome->exit_status, said,
                 outcome->last_words);
}

static void write_wrong(const struct row *row, const struct symbols *symbols,
                        const struct ledger_event *wrong, char *out, size_t size)
{
    char kind[LEDGER_RESOURCE_KIND_MAX];
    switch (wrong->kind) {
    case LEDGER_LEAK:
    case LEDGER_DOUBLE_CLOSE:
    case LEDGER_FOREIGN_CLOSE:
        snprintf(out, size, "descriptor %d", wrong->fd);
        if (wrong->kind != LEDGER_LEAK)
            naming_history(symbols, wrong->taken_at, wrong_released_at(wrong), out, size);
        return;
    case LEDGER_RESOURCE_LEAK:
        ledger_resource_kind(row->ledger, wrong->fd, kind);
        snprintf(out, size, "%s", kind);
        return;
    case LEDGER_HEAP_LEAK:
        snprintf(out, size, "%" PRIu64 " bytes", wrong->bytes);
        return;
    default:
        return;
    }
}

static void write_fault(const struct row *row, const struct symbols *symbols, const struct duty *duty,
                        const struct ledger_event *fault, struct sweep_fault *out)
{
    ledger_point_name(row->ledger, (uint32_t)fault->point, out->point);
    out->error = fault->error;
    snprintf(out->coordinate, sizeof out->coordinate, "%" PRIu32 ":%s#%" PRIu64, duty->job, out->point,
             fault->k);
    symbols_name(symbols, fault->site, out->failed_at, sizeof out->failed_at);
}

/* The stack of the operation's last event of that kind, with that address on it; 0: there is none. */
static uint32_t stack_of(const struct record *record, size_t index, enum trace_kind kind, uint64_t address)
{
    for (size_t i = record->event_count; i-- > 0;) {
        const struct record_event *event = &record->events[i];
        if (event->in_operation && event->who == index + 1 && event->kind == kind &&
            record_has_frame(record, event->stack, address))
            return event->stack;
    }
    return 0;
}

/* What was released twice: the first release, and the second. */
static int write_releases(const struct row *row, size_t index, const struct symbols *symbols,
                          const struct ledger_event *wrong, struct sweep_finding *out)
{
    struct release release;
    const struct record *record = &row->record;
    const struct release_call call = {.resource = wrong_resource(wrong),
                                      .id = wrong_id(wrong),
                                      .site = wrong->site,
                                      .operation = index + 1,
                                      .path = wrong->path};
    if (!release_find(record, &call, &release))
        return 0;
    int failed = naming_stack(symbols, record, record->events[release.event].stack, &out->again);
    if (failed != 0 || release.first == RELEASE_UNKNOWN)
        return failed;
    return naming_stack(symbols, record, record->events[release.first].stack, &out->released);
}

static int write_stacks(const struct row *row, size_t index, const struct symbols *symbols,
                        const struct sighting *sighting, const struct sighting_shown *shown,
                        struct sweep_finding *out)
{
    const struct record *record = &row->record;
    struct sweep_stack failing = {.frames = NULL};
    int failed = 0;
    if (!row->traced)
        return 0;
    if (sighting->fault != NULL)
        failed = naming_stack(symbols, record, stack_of(record, index, TRACE_FAULT, sighting->fault->site),
                              &failing);
    if (failed != 0)
        return failed;
    out->stack = failing.frames;
    out->stack_depth = failing.depth;
    const struct ledger_event *wrong = shown->wrong;
    if (wrong == NULL)
        return 0;
    failed =
        naming_stack(symbols, record, stack_of(record, index, TRACE_TOOK, wrong->taken_at), &out->taking);
    return failed == 0 && wrong_is_release(wrong) ? write_releases(row, index, symbols, wrong, out) : failed;
}

int sighting_name(struct row *row, size_t index, const struct duty *duty, const struct sighting *sighting,
                  const struct sighting_shown *shown, struct sweep_finding *out, struct error *error)
{
    const struct ledger_event *wrong = shown->wrong;
    struct sweep_finding finding = {.kind = sighting->outcome, .severity = SWEEP_HIGH, .mode = SWEEP_ONCE};
    const struct symbols *symbols = row_symbols(row);
    if (sighting->fault != NULL)
        write_fault(row, symbols, duty, sighting->fault, &finding.faults[0]);
    if (wrong != NULL) {
        bool release = wrong_is_release(wrong);
        uint64_t place = release && wrong->site != 0 ? wrong->site : wrong->taken_at;
        finding.kind = release ? SWEEP_DOUBLE_RELEASE : SWEEP_LEAK;
        if (wrong->kind == LEDGER_HEAP_LEAK)
            finding.severity = SWEEP_MEDIUM; /* it may be kept on purpose */
        snprintf(finding.resource, sizeof finding.resource, "%s", naming_resource(wrong_resource(wrong)));
        symbols_name(symbols, place, finding.taken_at, sizeof finding.taken_at);
        write_wrong(row, symbols, wrong, finding.detail, sizeof finding.detail);
    } else {
        write_end(row, symbols, sighting->outcome, finding.detail, sizeof finding.detail);
    }
    int failed = write_stacks(row, index, symbols, sighting, shown, &finding);
    if (failed != 0) {
        sweep_finding_clear(&finding);
        return error_not_done(error, failed, "no memory for a finding");
    }
    sweep_finding_sign(&finding);
    *out = finding;
    return 0;
}
