/* Names, signatures and end of life of a sweep's result. */
#include "oracle/sweep.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

void sweep_result_clear(struct sweep_result *result)
{
    for (size_t i = 0; result->command != NULL && result->command[i] != NULL; i++)
        free(result->command[i]);
    for (size_t i = 0; i < result->finding_count; i++)
        free(result->findings[i].stack);
    free(result->command);
    free(result->line);
    free(result->points);
    free(result->findings);
    memset(result, 0, sizeof *result);
}

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

const char *sweep_mode_name(enum sweep_mode mode)
{
    static const char *const names[SWEEP_MODES] = {
        [SWEEP_ONCE] = "once",
        [SWEEP_PERSISTENT] = "persistent",
        [SWEEP_PAIR] = "pair",
    };
    return mode < SWEEP_MODES ? names[mode] : NULL;
}

const char *sweep_severity_name(enum sweep_severity severity)
{
    static const char *const names[SWEEP_SEVERITIES] = {
        [SWEEP_LOW] = "low",
        [SWEEP_MEDIUM] = "medium",
        [SWEEP_HIGH] = "high",
    };
    return severity < SWEEP_SEVERITIES ? names[severity] : NULL;
}

void sweep_finding_sign(struct sweep_finding *finding)
{
    uint64_t hash = hash_text(sweep_kind_name(finding->kind));
    hash = hash_add(hash, hash_text(finding->resource));
    hash = hash_add(hash, hash_text(finding->taken_at));
    for (size_t i = 0; i < sizeof finding->faults / sizeof *finding->faults; i++) {
        hash = hash_add(hash, hash_text(finding->faults[i].failed_at));
        hash = hash_add(hash, hash_text(finding->faults[i].point));
    }
    finding->signature = hash;
}
