/* Names, signature and end of life of a sweep's result. */
#include "oracle/sweep.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "plan/plan.h"

const char *sweep_kind_name(enum sweep_kind kind)
{
    static const char *const names[SWEEP_KINDS] = {
        [SWEEP_DETECTED] = "detected",
        [SWEEP_MASKED] = "masked",
        [SWEEP_SILENT] = "silent",
        [SWEEP_CRASH] = "crash",
        [SWEEP_ABORT] = "abort",
        [SWEEP_HANG] = "hang",
        [SWEEP_LEAK] = "leak",
        [SWEEP_DOUBLE_RELEASE] = "double-release",
        [SWEEP_SANITIZER] = "sanitizer",
        [SWEEP_DRIFTED] = "drifted",
        [SWEEP_UNRELEASED] = "unreleased",
    };
    return kind < SWEEP_KINDS ? names[kind] : NULL;
}

const char *sweep_kind_meaning(enum sweep_kind kind)
{
    static const char *const meanings[SWEEP_OUTCOMES] = {
        [SWEEP_DETECTED] = "detected: ended with an error, nothing left behind",
        [SWEEP_MASKED] = "masked: as if nothing had failed",
        [SWEEP_SILENT] = "silent: as if all were well, yet output or files differ",
        [SWEEP_CRASH] = "crash: ended by a signal",
        [SWEEP_ABORT] = "abort: ended itself by SIGABRT",
        [SWEEP_HANG] = "hang: did not end",
        [SWEEP_LEAK] = "leak: something outlived its owner",
        [SWEEP_DOUBLE_RELEASE] = "double-release: given back twice, or by others",
        [SWEEP_SANITIZER] = "sanitizer: one reported",
        [SWEEP_DRIFTED] = "drifted: the fault did not come where it was expected; not judged",
    };
    return meanings[kind];
}

const char *sweep_mode_name(enum sweep_mode mode)
{
    static const char *const names[SWEEP_MODES] = {
        [SWEEP_ONCE] = "once", [SWEEP_PERSISTENT] = "persistent", [SWEEP_PAIR] = "pair"};
    return mode < SWEEP_MODES ? names[mode] : NULL;
}

const char *sweep_severity_name(enum sweep_severity severity)
{
    static const char *const names[SWEEP_SEVERITIES] = {
        [SWEEP_LOW] = "low", [SWEEP_MEDIUM] = "medium", [SWEEP_HIGH] = "high"};
    return severity < SWEEP_SEVERITIES ? names[severity] : NULL;
}

/* A resource is known by what took it and what failed; all else by the line whose call failed. */
void sweep_finding_sign(struct sweep_finding *finding)
{
    const struct sweep_fault *fault = &finding->faults[finding->mode == SWEEP_PAIR ? 1 : 0];
    uint64_t hash = hash_text(sweep_kind_name(finding->kind));
    hash = hash_add(hash, hash_text(finding->resource));
    hash = hash_add(hash, hash_text(finding->taken_at));
    hash = hash_add(hash, hash_text(fault->point));
    if (finding->taken_at[0] == '\0')
        hash = hash_add(hash, hash_text(fault->failed_at));
    finding->signature = hash;
}

int sweep_worst_first(const void *a, const void *b)
{
    const struct sweep_finding *first = a, *second = b;
    if (first->severity != second->severity)
        return (int)second->severity - (int)first->severity;
    if (first->kind != second->kind)
        return first->kind < second->kind ? -1 : 1;
    if (first->count != second->count)
        return first->count > second->count ? -1 : 1;
    return first->signature < second->signature ? -1 : first->signature > second->signature;
}

void sweep_replay_command(const struct sweep_result *result, const struct sweep_finding *finding, char *out,
                          size_t size)
{
    const struct sweep_fault *fault = &finding->faults[0];
    out[0] = '\0';
    if (fault->point[0] == '\0')
        return;
    if (result->results != NULL && strcmp(result->results, SWEEP_RESULTS_FILE) == 0)
        snprintf(out, size, "exeunt replay %" PRIu64, finding->id);
    else if (result->results != NULL)
        snprintf(out, size, "exeunt replay --results '%s' %" PRIu64, result->results, finding->id);
    else if (finding->mode != SWEEP_PAIR)
        snprintf(out, size, "exeunt replay '%s%s:%s' %s%s", fault->coordinate,
                 finding->mode == SWEEP_PERSISTENT ? "+" : "", plan_errno_name(fault->error),
                 result->workload[0] != '\0' ? "" : "-- ", result->line);
}

enum sweep_kind sweep_commonest(const struct sweep_result *result)
{
    enum sweep_kind commonest = SWEEP_DETECTED;
    for (enum sweep_kind kind = 0; kind < SWEEP_OUTCOMES; kind++)
        if (result->outcomes[kind] > result->outcomes[commonest])
            commonest = kind;
    return commonest;
}

void sweep_finding_clear(struct sweep_finding *finding)
{
    free(finding->stack);
    free(finding->taking.frames);
    free(finding->released.frames);
    free(finding->again.frames);
    free(finding->end.frames);
    finding->stack = NULL;
    finding->taking = finding->released = finding->again = finding->end = (struct sweep_stack){0};
}

void sweep_result_clear(struct sweep_result *result)
{
    for (size_t i = 0; i < result->finding_count; i++)
        sweep_finding_clear(&result->findings[i]);
    for (size_t i = 0; result->command != NULL && result->command[i] != NULL; i++)
        free(result->command[i]);
    free(result->findings);
    free(result->command);
    free(result->line);
    free(result->points);
    free(result->coverage);
    *result = (struct sweep_result){0};
}
