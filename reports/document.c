/* Decides what of a result goes into its document, key by key. */
#include "document.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/stream.h"
#include "exits.h"
#include "value.h"

enum { DOCUMENT_VERSION = 1 };

static json_t *operations(const struct variant_result *variant)
{
    struct value_filling object = {.into = json_object()};
    value_put(&object, "started", value_number(variant->operations.started));
    value_put(&object, "succeeded", value_number(variant->operations.succeeded));
    value_put(&object, "failed", value_number(variant->operations.failed));
    return value_filled(&object);
}

static json_t *faults(const struct result *result, const struct variant_result *variant)
{
    struct value_filling by_point = {.into = json_object()};
    for (size_t i = 0; i < result->point_count; i++)
        if (result->program == NULL || variant->faults.met[i] || variant->faults.by_point[i] > 0)
            value_put(&by_point, result->points[i], value_number(variant->faults.by_point[i]));

    struct value_filling object = {.into = json_object()};
    value_put(&object, "injected", value_number(variant->faults.injected));
    value_put(&object, "digest",
              variant->faults.has_digest ? value_hex(variant->faults.digest) : json_null());
    value_put(&object, "by_point", value_filled(&by_point));
    value_put(&object, "last", value_text_or_null(variant->faults.last));
    value_put(&object, "last_errno",
              variant->faults.last_error == 0 ? json_null()
                                              : value_text(plan_errno_name(variant->faults.last_error)));
    return value_filled(&object);
}

static json_t *fds(const struct variant_result *variant)
{
    struct value_filling object = {.into = json_object()};
    value_put(&object, "baseline", value_number_or_null(variant->fds.baseline));
    value_put(&object, "peak", value_number_or_null(variant->fds.peak));
    value_put(&object, "final", value_number_or_null(variant->fds.final));
    value_put(&object, "leaked", value_number(variant->fds.leaked));
    value_put(&object, "limit", value_number(variant->fds.limit));
    value_put(&object, "unreleased", value_number_if(variant->settled, variant->unreleased));
    return value_filled(&object);
}

static json_t *threads(const struct variant_result *variant)
{
    struct value_filling object = {.into = json_object()};
    value_put(&object, "started", value_number(variant->threads.started));
    value_put(&object, "joined", value_number(variant->threads.joined));
    value_put(&object, "detached", value_number(variant->threads.detached));
    return value_filled(&object);
}

static json_t *children(const struct variant_result *variant)
{
    struct value_filling object = {.into = json_object()};
    value_put(&object, "started", value_number(variant->children.started));
    value_put(&object, "reaped", value_number(variant->children.reaped));
    return value_filled(&object);
}

static json_t *heap(const struct variant_result *variant)
{
    if (!variant->heap.watched)
        return json_null();
    struct value_filling object = {.into = json_object()};
    bool measured = variant->operations.started > 0; /* both are about operations */
    value_put(&object, "peak", value_number_if(measured, variant->heap.peak));
    value_put(&object, "leaked", value_number_if(measured, variant->heap.leaked));
    return value_filled(&object);
}

static json_t *stored(const struct variant_result *variant)
{
    struct value_filling object = {.into = json_object()};
    value_put(&object, "whole", value_number_if(variant->checked, variant->stored_whole));
    value_put(&object, "torn", value_number_if(variant->checked, variant->stored_torn));
    return value_filled(&object);
}

static json_t *emfile(const struct exhaustion *exhaustion)
{
    bool met = exhaustion->count > 0;
    struct value_filling object = {.into = json_object()};
    value_put(&object, "count", value_number(exhaustion->count));
    value_put(&object, "first_ms", value_number_if(met, exhaustion->first_ms));
    value_put(&object, "first_operation", value_number_if(met, exhaustion->first_operation));
    value_put(&object, "first_fault", value_number_if(met, exhaustion->first_fault));
    return value_filled(&object);
}

static json_t *level(const struct level *level)
{
    if (level->operations == 0)
        return json_null();
    struct value_filling object = {.into = json_object()};
    value_put(&object, "operations", value_number(level->operations));
    value_put(&object, "fds", value_number_or_null(level->fds));
    value_put(&object, "faults", value_number(level->faults));
    value_put(&object, "t_ms", value_number(level->t_ms));
    return value_filled(&object);
}

static json_t *findings(const struct variant_result *variant)
{
    struct value_filling array = {.into = json_array()};
    for (size_t i = 0; i < variant->finding_count; i++) {
        const struct finding *finding = &variant->findings[i];
        struct value_filling object = {.into = json_object()};
        value_put(&object, "kind", value_text(finding_kind_name(finding->kind)));
        value_put(&object, "signature", value_hex(finding->signature));
        value_put(&object, "resource", value_text_or_null(finding->resource));
        value_put(&object, "taken_at", value_text_or_null(finding->taken_at));
        value_put(&object, "released_at", value_text_or_null(finding->site));
        value_put(&object, "point", value_text_or_null(finding->point));
        value_put(&object, "errno",
                  finding->error == 0 ? json_null() : value_text(plan_errno_name(finding->error)));
        value_put(&object, "coordinate", value_text_or_null(finding->coordinate));
        value_put(&object, "count", value_number(finding->count));
        value_put(&object, "bytes", value_number_if(finding->bytes != 0, finding->bytes));
        value_put(&object, "informational", json_boolean(finding->informational));
        value_add(&array, value_filled(&object));
    }
    return value_filled(&array);
}

static json_t *locks(const struct variant_result *variant)
{
    struct value_filling object = {.into = json_object()};
    value_put(&object, "held_peak", value_number_or_null(variant->locks.held_peak));
    value_put(&object, "left_held", value_number(variant->locks.left));
    value_put(&object, "waiting_peak", value_number_or_null(variant->locks.waiting_peak));
    return value_filled(&object);
}

static json_t *link_object(const struct deadlock_link *link)
{
    struct value_filling object = {.into = json_object()};
    value_put(&object, "waiter", value_text(link->waiter));
    value_put(&object, "lock", value_text(link->lock));
    value_put(&object, "owner", value_text(link->owner));
    value_put(&object, "waiting_at", value_text_or_null(link->waiting_at));
    value_put(&object, "taken_at", value_text_or_null(link->taken_at));
    value_put(&object, "operation", value_number_or_null(link->operation));
    value_put(&object, "point", value_text_or_null(link->point));
    return value_filled(&object);
}

/* The first one ends the run: an array of none or one. */
static json_t *deadlocks(const struct deadlock_result *deadlock)
{
    struct value_filling array = {.into = json_array()};
    if (deadlock->link_count == 0)
        return value_filled(&array);
    struct value_filling edges = {.into = json_array()};
    for (size_t i = 0; i < deadlock->link_count; i++)
        value_add(&edges, link_object(&deadlock->links[i]));
    struct value_filling object = {.into = json_object()};
    value_put(&object, "kind", value_text(deadlock->cycle ? "cycle" : "abandoned"));
    value_put(&object, "detected_ms", value_number(deadlock->detected_ms));
    value_put(&object, "age_ms", value_number(deadlock->age_ms));
    value_put(&object, "confirmed",
              deadlock->witness == WITNESS_NONE ? json_null()
                                                : json_boolean(deadlock->witness == WITNESS_AGREES));
    value_put(&object, "edges", value_filled(&edges));
    value_add(&array, value_filled(&object));
    return value_filled(&array);
}

static json_t *inversions(const struct variant_result *variant)
{
    struct value_filling array = {.into = json_array()};
    for (size_t i = 0; i < variant->finding_count; i++) {
        const struct finding *finding = &variant->findings[i];
        if (finding->kind != FINDING_LOCK_INVERSION)
            continue;
        struct value_filling object = {.into = json_object()};
        value_put(&object, "one_order_at", value_text_or_null(finding->taken_at));
        value_put(&object, "other_order_at", value_text_or_null(finding->site));
        value_add(&array, value_filled(&object));
    }
    return value_filled(&array);
}

/* Threads are in a deadlock only at the end: it ends the run. */
static json_t *samples(const struct series *series, uint64_t deadlocked)
{
    struct value_filling t_ms = {.into = json_array()}, counts = {.into = json_array()};
    struct value_filling alive = {.into = json_array()}, temps = {.into = json_array()};
    struct value_filling held = {.into = json_array()}, waiting = {.into = json_array()};
    struct value_filling stuck = {.into = json_array()}, faults = {.into = json_array()};
    for (size_t i = 0; i < series->count; i++) {
        value_add(&t_ms, value_number(series->samples[i].t_ms));
        value_add(&counts, value_number_or_null(series->samples[i].fds));
        value_add(&alive, value_number_or_null(series->samples[i].children));
        value_add(&temps, value_number_or_null(series->samples[i].temps));
        value_add(&held, value_number_or_null(series->samples[i].held_locks));
        value_add(&waiting, value_number_or_null(series->samples[i].waiting));
        value_add(&faults, value_number(series->samples[i].faults));
        value_add(&stuck, value_number(i + 1 == series->count ? deadlocked : 0));
    }
    struct value_filling object = {.into = json_object()};
    value_put(&object, "t_ms", value_filled(&t_ms));
    value_put(&object, "fds", value_filled(&counts));
    value_put(&object, "children", value_filled(&alive));
    value_put(&object, "temp_files", value_filled(&temps));
    value_put(&object, "held_locks", value_filled(&held));
    value_put(&object, "waiting", value_filled(&waiting));
    value_put(&object, "deadlocked", value_filled(&stuck));
    value_put(&object, "faults", value_filled(&faults));
    return value_filled(&object);
}

static json_t *variant_object(const struct result *result, const struct variant_result *variant)
{
    struct value_filling object = {.into = json_object()};
    value_put(&object, "name", value_text(variant->name));
    value_put(&object, "control", json_boolean(variant->leaks));
    value_put(&object, "verdict", value_text(verdict_name(variant->verdict)));
    value_put(&object, "ended", value_text(ended_name(variant->ended)));
    value_put(&object, "exit_status", value_number_or_null(variant->exit_status));
    value_put(&object, "signal", value_number_if(variant->signal != 0, (uint64_t)variant->signal));
    value_put(&object, "last_words", value_text_or_null(variant->last_words));
    value_put(&object, "duration_ms", value_number(variant->duration_ms));
    value_put(&object, "operations", operations(variant));
    value_put(&object, "faults", faults(result, variant));
    value_put(&object, "fds", fds(variant));
    value_put(&object, "children", children(variant));
    value_put(&object, "threads", threads(variant));
    value_put(&object, "temp_files", value_number_or_null(variant->temp_files));
    value_put(&object, "heap", heap(variant));
    value_put(&object, "stored", stored(variant));
    value_put(&object, "locks", locks(variant));
    value_put(&object, "deadlocks", deadlocks(&variant->deadlock));
    value_put(&object, "inversions", inversions(variant));
    value_put(&object, "emfile", emfile(&variant->emfile));
    value_put(&object, "level", level(&variant->level));
    value_put(&object, "findings", findings(variant));
    value_put(&object, "note", value_text_or_null(variant->note));
    value_put(&object, "events_lost", value_number(variant->events_lost));
    value_put(&object, "threads_unrecorded", value_number(variant->threads_unrecorded));
    value_put(&object, "samples", samples(&variant->series, variant->deadlock.link_count));
    return value_filled(&object);
}

static json_t *comparison(const struct result *result)
{
    struct value_filling variants = {.into = json_array()};
    for (size_t i = 0; i < result->variant_count; i++)
        value_add(&variants, variant_object(result, &result->variants[i]));

    struct value_filling object = {.into = json_object()};
    value_put(&object, "format", value_text("exeunt-comparison"));
    value_put(&object, "version", json_integer(DOCUMENT_VERSION));
    value_put(&object, "workload", value_text_or_null(result->workload));
    value_put(&object, "program", result->program != NULL ? value_text(result->program) : json_null());
    value_put(&object, "seed", value_number(result->seed));
    value_put(&object, "faults", value_text(result->faults));
    value_put(&object, "workers", value_number_if(result->program == NULL, result->workers));
    value_put(&object, "limit_fds", value_number_if(result->limit_fds != 0, result->limit_fds));
    value_put(&object, "verdict", value_text(verdict_name(result->verdict)));
    value_put(&object, "sentence", value_text(result->sentence));
    value_put(&object, "variants", value_filled(&variants));
    return value_filled(&object);
}

json_t *document_of_result(const struct result *result)
{
    if (result->seed > INT64_MAX)
        return NULL;
    return result->exits != NULL ? exits_document(result) : comparison(result);
}

json_t *document_of_suite(const struct suite *suite)
{
    struct value_filling comparisons = {.into = json_array()};
    for (size_t i = 0; i < suite->count; i++)
        value_add(&comparisons, document_of_result(&suite->results[i]));

    struct value_filling object = {.into = json_object()};
    value_put(&object, "format", value_text("exeunt-suite"));
    value_put(&object, "version", json_integer(DOCUMENT_VERSION));
    value_put(&object, "verdict", value_text(verdict_name(suite->verdict)));
    value_put(&object, "sentence", value_text(suite->sentence));
    value_put(&object, "planned", value_number(suite->planned));
    value_put(&object, "comparisons", value_filled(&comparisons));
    return value_filled(&object);
}

int document_write(const json_t *document, FILE *out)
{
    enum { STYLE = JSON_COMPACT | JSON_REAL_PRECISION(15) }; /* 1.445, not 1.4450000000000001 */
    errno = 0;
    bool written = json_dumpf(document, out, STYLE) == 0 && putc('\n', out) != EOF;
    int rc = stream_finish(out);
    return written || rc != 0 ? rc : -ENOMEM;
}
