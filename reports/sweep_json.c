/* The report of a sweep for machines: one JSON object on one line, keys always in the same order.
 *
 * Format "exeunt-sweep", version 1. Conventions and the rule for raising the version are those of json.c. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"
#include "sweep.h"
#include "value.h"

enum { SWEEP_FORMAT_VERSION = 1 };

static json_t *command(const struct sweep_result *result)
{
    struct value_filling words = {.into = json_array()};
    for (size_t i = 0; result->command[i] != NULL; i++)
        value_add(&words, value_text(result->command[i]));
    return value_filled(&words);
}

static json_t *fail_on(const struct sweep_result *result)
{
    if (result->fail_on == 0)
        return json_null();
    struct value_filling kinds = {.into = json_array()};
    for (enum sweep_kind kind = 0; kind < SWEEP_KINDS; kind++)
        if ((result->fail_on >> kind & 1) != 0)
            value_add(&kinds, value_text(sweep_kind_name(kind)));
    return value_filled(&kinds);
}

static json_t *outcomes(const struct sweep_result *result)
{
    struct value_filling object = {.into = json_object()};
    for (enum sweep_kind kind = 0; kind < SWEEP_OUTCOMES; kind++)
        value_put(&object, sweep_kind_name(kind), value_number(result->outcomes[kind]));
    return value_filled(&object);
}

static json_t *stack(const struct sweep_finding *finding)
{
    struct value_filling frames = {.into = json_array()};
    for (size_t i = 0; i < finding->stack_depth; i++)
        value_add(&frames, value_text(finding->stack[i]));
    return value_filled(&frames);
}

static json_t *ratio(unsigned part, unsigned whole)
{
    char text[32];
    snprintf(text, sizeof text, "%u/%u", part, whole);
    return whole == 0 ? json_null() : value_text(text);
}

static json_t *replay_command(const struct sweep_result *result, const struct sweep_finding *finding)
{
    char text[SWEEP_REPLAY_MAX];
    sweep_replay_command(result, finding, text, sizeof text);
    return value_text_or_null(text);
}

static json_t *second(const struct sweep_finding *finding)
{
    const struct sweep_fault *fault = &finding->faults[1];
    if (finding->mode != SWEEP_PAIR)
        return json_null();
    struct value_filling object = {.into = json_object()};
    value_put(&object, "point", value_text(fault->point));
    value_put(&object, "errno", value_text(plan_errno_name(fault->error)));
    value_put(&object, "coordinate", value_text(fault->coordinate));
    value_put(&object, "failed_at", value_text_or_null(fault->failed_at));
    return value_filled(&object);
}

static json_t *finding_object(const struct sweep_result *result, const struct sweep_finding *finding)
{
    const struct sweep_fault *fault = &finding->faults[0];
    struct value_filling object = {.into = json_object()};
    value_put(&object, "id", value_number(finding->id));
    value_put(&object, "kind", value_text(sweep_kind_name(finding->kind)));
    value_put(&object, "severity", value_text(sweep_severity_name(finding->severity)));
    value_put(&object, "resource", value_text_or_null(finding->resource));
    value_put(&object, "signature", value_hex(finding->signature));
    value_put(&object, "taken_at", value_text_or_null(finding->taken_at));
    value_put(&object, "failed_at", value_text_or_null(fault->failed_at));
    value_put(&object, "point", value_text_or_null(fault->point));
    value_put(&object, "errno", fault->error == 0 ? json_null() : value_text(plan_errno_name(fault->error)));
    value_put(&object, "mode", value_text(sweep_mode_name(finding->mode)));
    value_put(&object, "coordinate", value_text_or_null(fault->coordinate));
    value_put(&object, "second", second(finding));
    value_put(&object, "detail", value_text_or_null(finding->detail));
    value_put(&object, "stack", stack(finding));
    value_put(&object, "count", value_number(finding->count));
    value_put(&object, "replay", replay_command(result, finding));
    value_put(&object, "reproduced", ratio(finding->reproduced, finding->replays));
    value_put(&object, "suppressed", value_text_or_null(finding->suppressed));
    return value_filled(&object);
}

static json_t *coverage(const struct sweep_result *result)
{
    struct value_filling points = {.into = json_array()};
    for (size_t i = 0; i < result->point_count; i++) {
        struct value_filling object = {.into = json_object()};
        value_put(&object, "point", value_text(result->points[i].name));
        value_put(&object, "calls", value_number(result->points[i].calls));
        value_put(&object, "contexts", value_number(result->points[i].contexts));
        value_put(&object, "failed", value_number(result->points[i].failed));
        value_add(&points, value_filled(&object));
    }
    return value_filled(&points);
}

/* Of a workload: each errno of each point. */
static json_t *coverage_by_errno(const struct sweep_result *result)
{
    struct value_filling rows = {.into = json_array()};
    for (size_t i = 0; i < result->coverage_count; i++) {
        const struct sweep_coverage *row = &result->coverage[i];
        struct value_filling object = {.into = json_object()};
        value_put(&object, "point", value_text(row->point));
        value_put(&object, "errno", value_text(plan_errno_name(row->error)));
        value_put(&object, "variant", value_text(result->variant));
        value_put(&object, "reached", json_boolean(row->reached));
        value_put(&object, "failed", value_number(row->failed));
        value_add(&rows, value_filled(&object));
    }
    return value_filled(&rows);
}

json_t *sweep_document(const struct sweep_result *result)
{
    struct value_filling findings = {.into = json_array()};
    for (size_t i = 0; i < result->finding_count; i++)
        value_add(&findings, finding_object(result, &result->findings[i]));
    struct value_filling object = {.into = json_object()};
    value_put(&object, "format", value_text("exeunt-sweep"));
    value_put(&object, "version", json_integer(SWEEP_FORMAT_VERSION));
    value_put(&object, "command", command(result));
    value_put(&object, "workload", value_text_or_null(result->workload));
    value_put(&object, "variant", value_text_or_null(result->variant));
    value_put(&object, "control", result->workload[0] != '\0' ? json_boolean(result->control) : json_null());
    value_put(&object, "fail_on", fail_on(result));
    value_put(&object, "points", value_number(result->point_count));
    value_put(&object, "contexts", value_number(result->contexts));
    value_put(&object, "calls", value_number(result->calls));
    value_put(&object, "runs", value_number(result->runs));
    value_put(&object, "planned", value_number(result->planned));
    value_put(&object, "wall_s", json_real((double)result->wall_ms / 1000));
    value_put(&object, "interrupted", json_boolean(result->interrupted));
    value_put(&object, "fork_server", json_boolean(result->by_server));
    value_put(&object, "verdict", value_text(verdict_name(sweep_verdict(result))));
    value_put(&object, "sentence", value_text(result->sentence));
    value_put(&object, "note", value_text_or_null(result->note));
    value_put(&object, "outcomes", outcomes(result));
    value_put(&object, "coverage",
              result->workload[0] != '\0' ? coverage_by_errno(result) : coverage(result));
    value_put(&object, "findings", value_filled(&findings));
    return value_filled(&object);
}
