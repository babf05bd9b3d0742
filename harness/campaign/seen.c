/* Decides what is believed of a run: the kernel's count where there is one, the ledger's places and numbers.
 */
#include "campaign/seen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/symbols.h"
#include "campaign/waits.h"

static struct exhaustion exhaustion_of(const struct ledger_exhaustion *seen, uint64_t started_ns)
{
    struct exhaustion exhaustion = {.count = seen->count};
    if (exhaustion.count == 0)
        return exhaustion;
    uint64_t first_ns = seen->first_ns;
    exhaustion.first_ms = first_ns > started_ns ? (first_ns - started_ns) / 1000000 : 0;
    exhaustion.first_operation = seen->first_operation;
    exhaustion.first_fault = seen->first_fault;
    return exhaustion;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Descriptors: the kernel's count at rest where the program came to rest, otherwise at its exit, otherwise
 * the last sample. */
static void fill_fds(const struct watch *watch, struct variant_result *variant)
{
    const struct ledger *ledger = watch->ledger.ledger;
    const struct supervise_outcome *outcome = &watch->outcome;
    uint64_t limit = watch->setup->options->limit_fds;
    int64_t last = ledger->fds_at_rest_last;
    variant->fds.limit = limit;
    variant->fds.leaked = ledger->leaks;
    variant->fds.baseline = ledger->fds_at_rest_first;
    int64_t at_exit = ledger->fds_at_exit;
    variant->fds.final = variant->ended == ENDED_COMPLETED && last >= 0 ? last
                         : at_exit >= 0                                 ? at_exit
                                                                        : outcome->fds_last;
    variant->fds.peak = larger(larger(outcome->fds_peak, variant->fds.baseline), variant->fds.final);
    if (variant->emfile.count > 0) /* the kernel itself said that all were taken */
        variant->fds.peak = larger(variant->fds.peak, (int64_t)limit);
}

/* The kernel counts the pipes that libfiu listens at, too, which come and go. */
uint64_t seen_unaccounted(const struct watch *watch, const struct variant_result *variant)
{
    const struct ledger *ledger = watch->ledger.ledger;
    if (variant->ended != ENDED_COMPLETED || ledger->remote_open != 0 || ledger->fds_at_rest_first < 0 ||
        ledger->fds_at_rest_last < 0)
        return 0;
    int64_t by_kernel = ledger->fds_at_rest_last - ledger->fds_at_rest_first;
    int64_t by_slots = ledger->slots_at_rest_last - ledger->slots_at_rest_first;
    return (uint64_t)(by_kernel > by_slots ? by_kernel - by_slots : by_slots - by_kernel);
}

void seen_add_counted(struct variant_result *variant, enum finding_kind kind, uint64_t count)
{
    if (count > 0)
        variant->findings[variant->finding_count++] = (struct finding){.kind = kind, .count = count};
}

static void name_finding(const struct watch *watch, const struct symbols *symbols,
                         const struct raw_finding *raw, struct finding *out)
{
    *out = (struct finding){.kind = raw->kind,
                            .count = raw->count,
                            .error = raw->error,
                            .bytes = raw->bytes,
                            .in_operation = raw->operation != 0,
                            .informational = raw->kind == FINDING_LOCK_INVERSION || /* nobody locked up */
                                             raw->kind == FINDING_UNENDED_OPERATION};
    if (raw->point >= 0)
        ledger_point_name(&watch->ledger, (uint32_t)raw->point, out->point);
    if (raw->kind == FINDING_LEAKED_RESOURCE || raw->kind == FINDING_UNHELD_RELEASE)
        ledger_resource_kind(&watch->ledger, raw->resource, out->resource);
    symbols_name(symbols, raw->taken_at, out->taken_at, sizeof out->taken_at);
    symbols_name(symbols, raw->site, out->site, sizeof out->site);
    char who[LEDGER_PATH_MAX];
    ledger_spawn_path(&watch->ledger, raw->path, who);
    finding_coordinate(raw, who, out->point, out->coordinate, sizeof out->coordinate);
}

static void fill_last_fault(const struct watch *watch, struct variant_result *out)
{
    const struct ledger_event *last = &watch->last_fault;
    const struct raw_finding raw = {
        .point = last->point, .operation = last->operation, .path = last->path, .k = last->k};
    char point[PLAN_POINT_NAME_MAX], who[LEDGER_PATH_MAX];
    if (last->kind != LEDGER_FAULT || (uint32_t)last->point >= ledger_point_count(&watch->ledger))
        return;
    ledger_point_name(&watch->ledger, (uint32_t)last->point, point);
    ledger_spawn_path(&watch->ledger, last->path, who);
    finding_coordinate(&raw, who, point, out->faults.last, sizeof out->faults.last);
    out->faults.last_error = last->error;
}

static void fill_deadlock(const struct watch *watch, struct deadlock_result *out)
{
    static const int witnesses[] = {[CONFIRM_UNKNOWN] = WITNESS_NONE,
                                    [CONFIRM_AGREES] = WITNESS_AGREES,
                                    [CONFIRM_DISAGREES] = WITNESS_DISAGREES};
    const struct supervise_outcome *outcome = &watch->outcome;
    const struct deadlock *found = &outcome->deadlock;
    if (outcome->ended != ENDED_DEADLOCK)
        return;
    struct symbols *symbols = symbols_open(&watch->ledger);
    waits_name(&watch->ledger, symbols, found, out);
    out->detected_ms = (found->detected_ns - outcome->started_ns) / 1000000;
    out->witness = witnesses[outcome->confirmed];
    symbols_close(symbols);
}

int seen_findings(const struct watch *watch, size_t extra, struct variant_result *out, struct error *error)
{
    const struct findings *raw = &watch->findings;
    out->findings = calloc(raw->count + extra + 1, sizeof *out->findings);
    if (out->findings == NULL)
        return error_not_done(error, -ENOMEM, "out of memory");
    struct symbols *symbols = raw->count > 0 ? symbols_open(&watch->ledger) : NULL;
    for (size_t i = 0; i < raw->count; i++)
        name_finding(watch, symbols, &raw->list[i], &out->findings[out->finding_count++]);
    symbols_close(symbols);
    out->events_lost = watch->events_lost + raw->dropped;
    return 0;
}

/* What a program does not wait for or remove is judged at its end, here it is only counted. */
static void fill_counts(const struct watch *watch, struct variant_result *out)
{
    const struct ledger *ledger = watch->ledger.ledger;
    struct ledger_totals totals;
    ledger_totals(&watch->ledger, &totals);
    out->operations.started = totals.started;
    out->operations.succeeded = totals.succeeded;
    out->operations.failed = totals.failed;
    out->faults.injected = totals.injected;
    out->threads_unrecorded = ledger->threads_unrecorded;
    for (uint32_t i = 0; i < ledger_point_count(&watch->ledger); i++) {
        out->faults.by_point[i] = ledger->points[i].injected;
        out->faults.met[i] = ledger->points[i].met != 0;
    }
    out->children.started = ledger->children_started;
    out->children.reaped = ledger->children_reaped;
    out->threads.started = ledger->threads_started;
    out->threads.joined = ledger->threads_joined;
    out->threads.detached = ledger->threads_detached;
    out->temps.made = ledger->temps_made;
    out->temps.gone = ledger->temps_gone;
    out->heap.watched = watch->setup->options->heap && ledger->heap_watched != 0;
    out->heap.peak = ledger->heap_peak;
    out->heap.leaked = ledger->heap_leaks;
}

void seen_fill(struct watch *watch, struct variant_result *out)
{
    struct supervise_outcome *outcome = &watch->outcome;
    snprintf(out->name, sizeof out->name, "%s", watch->name);
    out->temp_files = -1;
    snprintf(out->last_words, sizeof out->last_words, "%s", outcome->last_words);
    out->ended = outcome->ended;
    out->exit_status = outcome->exit_status;
    out->signal = outcome->signal;
    out->duration_ms = outcome->duration_ms;
    out->series = outcome->series;
    outcome->series = (struct series){0};
    fill_counts(watch, out);
    fill_last_fault(watch, out);
    out->locks.held_peak = outcome->held_peak;
    out->locks.waiting_peak = outcome->waiting_peak;
    out->locks.left = watch->ledger.ledger->locks_left;
    fill_deadlock(watch, &out->deadlock);
    out->system_exhausted = watch->ledger.ledger->system_exhausted.count > 0;
    out->emfile = exhaustion_of(&watch->ledger.ledger->descriptors_exhausted, outcome->started_ns);
    fill_fds(watch, out);
}
