/* The report for machines: one JSON object on one line, keys always in the same order.
 *
 * Format "exeunt-comparison", version 1; of a suite "exeunt-suite", with an array of such objects. A key that
 * does not apply is null, never absent, and a number that is not known is null, never -1. Numbers are exact
 * integers of at most 2^63 - 1, as large as a strict reader of JSON takes them; digests and signatures, which
 * are bits and not quantities, are strings of 16 lower-case hexadecimal digits. Text that is not valid UTF-8
 * has U+FFFD for each broken byte.
 *
 * The rule for raising the version: a new key, or a new value of `ended`, `verdict` or `kind`, leaves it as
 * it is, so readers must pass over what they do not know. A key that is renamed or removed, or that changes
 * its type, unit or meaning, raises it by one. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "exits.h"
#include "report.h"
#include "sweep.h"
#include "utf8.h"

enum { JSON_FORMAT_VERSION = 1 };

/* Every function below that makes a value gives NULL if it cannot; putting or adding a NULL fails. */

static json_t *number(uint64_t value)
{
    return value <= INT64_MAX ? json_integer((json_int_t)value) : NULL;
}

static json_t *number_or_null(int64_t value)
{
    return value < 0 ? json_null() : json_integer(value);
}

static json_t *number_if(bool applies, uint64_t value)
{
    return applies ? number(value) : json_null();
}

static json_t *hex(uint64_t value)
{
    char digits[17];
    snprintf(digits, sizeof digits, "%016" PRIx64, value);
    return json_string(digits);
}

static json_t *text(const char *from)
{
    char *valid = malloc(3 * strlen(from) + 1); /* U+FFFD is three bytes for one */
    if (valid == NULL)
        return NULL;
    size_t end = 0;
    for (uint32_t code; *from != '\0';) {
        size_t length = utf8_next(from, &code);
        const char *source = code == UTF8_BROKEN ? "\uFFFD" : from;
        size_t bytes = code == UTF8_BROKEN ? 3 : length;
        memcpy(valid + end, source, bytes);
        end += bytes;
        from += length;
    }
    json_t *string = json_stringn(valid, end);
    free(valid);
    return string;
}

static json_t *text_or_null(const char *from)
{
    return from[0] == '\0' ? json_null() : text(from);
}

/* An object or array that is being filled: one failure spoils it. */
struct filling {
    json_t *into;
    bool failed;
};

static void put(struct filling *object, const char *key, json_t *value)
{
    object->failed |= json_object_set_new(object->into, key, value) != 0;
}

static void add(struct filling *array, json_t *value)
{
    array->failed |= json_array_append_new(array->into, value) != 0;
}

static json_t *filled(struct filling *filling)
{
    if (!filling->failed)
        return filling->into;
    json_decref(filling->into);
    return NULL;
}

static json_t *operations(const struct variant_result *variant)
{
    struct filling object = {.into = json_object()};
    put(&object, "started", number(variant->operations.started));
    put(&object, "succeeded", number(variant->operations.succeeded));
    put(&object, "failed", number(variant->operations.failed));
    return filled(&object);
}

static json_t *faults(const struct result *result, const struct variant_result *variant)
{
    struct filling by_point = {.into = json_object()};
    for (size_t i = 0; i < result->point_count; i++)
        put(&by_point, result->points[i], number(variant->faults.by_point[i]));

    struct filling object = {.into = json_object()};
    put(&object, "injected", number(variant->faults.injected));
    put(&object, "digest", variant->faults.has_digest ? hex(variant->faults.digest) : json_null());
    put(&object, "by_point", filled(&by_point));
    return filled(&object);
}

static json_t *fds(const struct variant_result *variant)
{
    struct filling object = {.into = json_object()};
    put(&object, "baseline", number_or_null(variant->fds.baseline));
    put(&object, "peak", number_or_null(variant->fds.peak));
    put(&object, "final", number_or_null(variant->fds.final));
    put(&object, "leaked", number(variant->fds.leaked));
    put(&object, "limit", number(variant->fds.limit));
    put(&object, "unreleased", number_if(variant->settled, variant->unreleased));
    return filled(&object);
}

static json_t *threads(const struct variant_result *variant)
{
    struct filling object = {.into = json_object()};
    put(&object, "started", number(variant->threads.started));
    put(&object, "joined", number(variant->threads.joined));
    put(&object, "detached", number(variant->threads.detached));
    return filled(&object);
}

static json_t *children(const struct variant_result *variant)
{
    struct filling object = {.into = json_object()};
    put(&object, "started", number(variant->children.started));
    put(&object, "reaped", number(variant->children.reaped));
    return filled(&object);
}

static json_t *heap(const struct variant_result *variant)
{
    if (!variant->heap.watched)
        return json_null();
    struct filling object = {.into = json_object()};
    put(&object, "peak", number(variant->heap.peak));
    put(&object, "leaked", number(variant->heap.leaked));
    return filled(&object);
}

static json_t *stored(const struct variant_result *variant)
{
    struct filling object = {.into = json_object()};
    put(&object, "whole", number_if(variant->checked, variant->stored_whole));
    put(&object, "torn", number_if(variant->checked, variant->stored_torn));
    return filled(&object);
}

static json_t *emfile(const struct exhaustion *exhaustion)
{
    bool met = exhaustion->count > 0;
    struct filling object = {.into = json_object()};
    put(&object, "count", number(exhaustion->count));
    put(&object, "first_ms", number_if(met, exhaustion->first_ms));
    put(&object, "first_operation", number_if(met, exhaustion->first_operation));
    put(&object, "first_fault", number_if(met, exhaustion->first_fault));
    return filled(&object);
}

static json_t *level(const struct level *level)
{
    if (level->operations == 0)
        return json_null();
    struct filling object = {.into = json_object()};
    put(&object, "operations", number(level->operations));
    put(&object, "fds", number_or_null(level->fds));
    put(&object, "faults", number(level->faults));
    put(&object, "t_ms", number(level->t_ms));
    return filled(&object);
}

static json_t *findings(const struct variant_result *variant)
{
    struct filling array = {.into = json_array()};
    for (size_t i = 0; i < variant->finding_count; i++) {
        const struct finding *finding = &variant->findings[i];
        struct filling object = {.into = json_object()};
        put(&object, "kind", text(finding_kind_name(finding->kind)));
        put(&object, "signature", hex(finding->signature));
        put(&object, "resource", text_or_null(finding->resource));
        put(&object, "taken_at", text_or_null(finding->taken_at));
        put(&object, "released_at", text_or_null(finding->site));
        put(&object, "point", text_or_null(finding->point));
        put(&object, "errno", finding->error == 0 ? json_null() : text(plan_errno_name(finding->error)));
        put(&object, "coordinate", text_or_null(finding->coordinate));
        put(&object, "count", number(finding->count));
        put(&object, "bytes", number_if(finding->bytes != 0, finding->bytes));
        put(&object, "informational", json_boolean(finding->informational));
        add(&array, filled(&object));
    }
    return filled(&array);
}

static json_t *locks(const struct variant_result *variant)
{
    struct filling object = {.into = json_object()};
    put(&object, "held_peak", number_or_null(variant->locks.held_peak));
    put(&object, "left_held", number(variant->locks.left));
    put(&object, "waiting_peak", number_or_null(variant->locks.waiting_peak));
    return filled(&object);
}

static json_t *link_object(const struct deadlock_link *link)
{
    struct filling object = {.into = json_object()};
    put(&object, "waiter", text(link->waiter));
    put(&object, "lock", text(link->lock));
    put(&object, "owner", text(link->owner));
    put(&object, "waiting_at", text_or_null(link->waiting_at));
    put(&object, "taken_at", text_or_null(link->taken_at));
    put(&object, "operation", number_or_null(link->operation));
    put(&object, "point", text_or_null(link->point));
    return filled(&object);
}

/* The first one ends the run: an array of none or one. */
static json_t *deadlocks(const struct deadlock_result *deadlock)
{
    struct filling array = {.into = json_array()};
    if (deadlock->link_count == 0)
        return filled(&array);
    struct filling edges = {.into = json_array()};
    for (size_t i = 0; i < deadlock->link_count; i++)
        add(&edges, link_object(&deadlock->links[i]));
    struct filling object = {.into = json_object()};
    put(&object, "kind", text(deadlock->cycle ? "cycle" : "abandoned"));
    put(&object, "detected_ms", number(deadlock->detected_ms));
    put(&object, "age_ms", number(deadlock->age_ms));
    put(&object, "confirmed",
        deadlock->witness == WITNESS_NONE ? json_null() : json_boolean(deadlock->witness == WITNESS_AGREES));
    put(&object, "edges", filled(&edges));
    add(&array, filled(&object));
    return filled(&array);
}

static json_t *inversions(const struct variant_result *variant)
{
    struct filling array = {.into = json_array()};
    for (size_t i = 0; i < variant->finding_count; i++) {
        const struct finding *finding = &variant->findings[i];
        if (finding->kind != FINDING_LOCK_INVERSION)
            continue;
        struct filling object = {.into = json_object()};
        put(&object, "one_order_at", text_or_null(finding->taken_at));
        put(&object, "other_order_at", text_or_null(finding->site));
        add(&array, filled(&object));
    }
    return filled(&array);
}

/* Threads are in a deadlock only at the end: it ends the run. */
static json_t *samples(const struct series *series, uint64_t deadlocked)
{
    struct filling t_ms = {.into = json_array()}, counts = {.into = json_array()};
    struct filling alive = {.into = json_array()}, temps = {.into = json_array()};
    struct filling held = {.into = json_array()}, waiting = {.into = json_array()};
    struct filling stuck = {.into = json_array()};
    for (size_t i = 0; i < series->count; i++) {
        add(&t_ms, number(series->samples[i].t_ms));
        add(&counts, number_or_null(series->samples[i].fds));
        add(&alive, number_or_null(series->samples[i].children));
        add(&temps, number_or_null(series->samples[i].temps));
        add(&held, number_or_null(series->samples[i].held_locks));
        add(&waiting, number_or_null(series->samples[i].waiting));
        add(&stuck, number(i + 1 == series->count ? deadlocked : 0));
    }
    struct filling object = {.into = json_object()};
    put(&object, "t_ms", filled(&t_ms));
    put(&object, "fds", filled(&counts));
    put(&object, "children", filled(&alive));
    put(&object, "temp_files", filled(&temps));
    put(&object, "held_locks", filled(&held));
    put(&object, "waiting", filled(&waiting));
    put(&object, "deadlocked", filled(&stuck));
    return filled(&object);
}

static json_t *variant_object(const struct result *result, const struct variant_result *variant)
{
    struct filling object = {.into = json_object()};
    put(&object, "name", text(variant->name));
    put(&object, "verdict", text(verdict_name(variant->verdict)));
    put(&object, "ended", text(ended_name(variant->ended)));
    put(&object, "exit_status", number_or_null(variant->exit_status));
    put(&object, "signal", number_if(variant->signal != 0, (uint64_t)variant->signal));
    put(&object, "last_words", text_or_null(variant->last_words));
    put(&object, "duration_ms", number(variant->duration_ms));
    put(&object, "operations", operations(variant));
    put(&object, "faults", faults(result, variant));
    put(&object, "fds", fds(variant));
    put(&object, "children", children(variant));
    put(&object, "threads", threads(variant));
    put(&object, "temp_files", number_or_null(variant->temp_files));
    put(&object, "heap", heap(variant));
    put(&object, "stored", stored(variant));
    put(&object, "locks", locks(variant));
    put(&object, "deadlocks", deadlocks(&variant->deadlock));
    put(&object, "inversions", inversions(variant));
    put(&object, "emfile", emfile(&variant->emfile));
    put(&object, "level", level(&variant->level));
    put(&object, "findings", findings(variant));
    put(&object, "note", text_or_null(variant->note));
    put(&object, "events_lost", number(variant->events_lost));
    put(&object, "threads_unrecorded", number(variant->threads_unrecorded));
    put(&object, "samples", samples(&variant->series, variant->deadlock.link_count));
    return filled(&object);
}

static json_t *comparison(const struct result *result)
{
    struct filling variants = {.into = json_array()};
    for (size_t i = 0; i < result->variant_count; i++)
        add(&variants, variant_object(result, &result->variants[i]));

    struct filling object = {.into = json_object()};
    put(&object, "format", text("exeunt-comparison"));
    put(&object, "version", json_integer(JSON_FORMAT_VERSION));
    put(&object, "workload", text_or_null(result->workload));
    put(&object, "program", result->program != NULL ? text(result->program) : json_null());
    put(&object, "seed", number(result->seed));
    put(&object, "faults", text(result->faults));
    put(&object, "workers", number(result->workers));
    put(&object, "limit_fds", number_if(result->limit_fds != 0, result->limit_fds));
    put(&object, "verdict", text(verdict_name(result->verdict)));
    put(&object, "sentence", text(result->sentence));
    put(&object, "variants", filled(&variants));
    return filled(&object);
}

static json_t *document(const struct result *result)
{
    return result->exits != NULL ? exits_document(result) : comparison(result);
}

static json_t *suite_document(const struct suite *suite)
{
    struct filling comparisons = {.into = json_array()};
    for (size_t i = 0; i < suite->count; i++)
        add(&comparisons, document(&suite->results[i]));

    struct filling object = {.into = json_object()};
    put(&object, "format", text("exeunt-suite"));
    put(&object, "version", json_integer(JSON_FORMAT_VERSION));
    put(&object, "verdict", text(verdict_name(suite->verdict)));
    put(&object, "sentence", text(suite->sentence));
    put(&object, "planned", number(suite->planned));
    put(&object, "comparisons", filled(&comparisons));
    return filled(&object);
}

/* Ends the object. */
static int dump(json_t *root, FILE *out)
{
    if (root == NULL)
        return -ENOMEM;
    errno = 0;
    bool written = json_dumpf(root, out, JSON_COMPACT) == 0 && putc('\n', out) != EOF && fflush(out) == 0;
    int reason = errno;
    json_decref(root);
    if (written && !ferror(out))
        return 0;
    return reason != 0 ? -reason : -EIO;
}

static int write_json(const struct result *result, const struct report_options *options, FILE *out)
{
    (void)options;
    return result->seed > INT64_MAX ? -ERANGE : dump(document(result), out);
}

static int write_sweep(const struct sweep_result *result, const struct report_options *options, FILE *out)
{
    (void)options;
    return dump(sweep_document(result), out);
}

static int write_suite(const struct suite *suite, const struct report_options *options, FILE *out)
{
    (void)options;
    return dump(suite_document(suite), out);
}

REPORT(json) = {
    .name = "json",
    .summary = "everything for machines: one JSON object with samples and all findings (--json FILE)",
    .write = write_json,
    .write_sweep = write_sweep,
    .write_suite = write_suite,
};
