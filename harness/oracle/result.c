/* Names and end of life of a result. */
#include "oracle/result.h"

#include <stdlib.h>
#include <string.h>

void result_clear(struct result *result)
{
    for (size_t i = 0; i < result->variant_count; i++) {
        free(result->variants[i].findings);
        free(result->variants[i].series.samples);
    }
    free(result->faults);
    free(result->program);
    free(result->points);
    free(result->exits);
    memset(result, 0, sizeof *result);
}

const char *ended_name(enum ended ended)
{
    static const char *const names[] = {
        [ENDED_COMPLETED] = "completed", [ENDED_EMFILE] = "emfile",       [ENDED_DEADLOCK] = "deadlock",
        [ENDED_CRASH] = "crash",         [ENDED_KILLED] = "killed",       [ENDED_EXITED] = "exited",
        [ENDED_HANG] = "hang",           [ENDED_DISK_FULL] = "disk-full", [ENDED_INTERRUPTED] = "interrupted",
        [ENDED_OUTSTAYED] = "outstayed",
    };
    return names[ended];
}

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {
        [VERDICT_PASS] = "pass",
        [VERDICT_FAIL] = "fail",
        [VERDICT_CONTROL_MISSED] = "control-missed",
        [VERDICT_INCONCLUSIVE] = "inconclusive",
    };
    return names[verdict];
}

const char *finding_kind_name(enum finding_kind kind)
{
    static const char *const names[] = {
        [FINDING_LEAKED_DESCRIPTOR] = "leaked-descriptor",
        [FINDING_DOUBLE_CLOSE] = "double-close",
        [FINDING_FOREIGN_CLOSE] = "foreign-close",
        [FINDING_UNACCOUNTED_DESCRIPTORS] = "unaccounted-descriptors",
        [FINDING_TEMP_FILES] = "temporary-files",
        [FINDING_TORN_RESULTS] = "torn-results",
        [FINDING_LEAKED_MEMORY] = "leaked-memory",
        [FINDING_LEFT_LOCK] = "lock-left-held",
        [FINDING_FOREIGN_UNLOCK] = "foreign-unlock",
        [FINDING_DOUBLE_UNLOCK] = "double-unlock",
        [FINDING_DESTROYED_LOCK] = "destroyed-held-lock",
        [FINDING_LOCK_INVERSION] = "lock-order-inversion",
        [FINDING_LEAKED_RESOURCE] = "leaked-resource",
        [FINDING_UNRELEASED_DESCRIPTOR] = "unreleased-descriptor",
        [FINDING_UNREAPED_CHILD] = "unreaped-child",
        [FINDING_UNJOINED_THREAD] = "unjoined-thread",
        [FINDING_LEFT_TEMP_FILE] = "left-temporary-file",
        [FINDING_ERROR_EXIT] = "error-exit",
        [FINDING_UNSEEN_DESCRIPTOR] = "unseen-descriptor",
        [FINDING_UNRELEASED_LOCK] = "unreleased-lock",
        [FINDING_EXHAUSTION] = "descriptors-exhausted",
        [FINDING_SANITIZER] = "sanitizer-report",
        [FINDING_UNHELD_RELEASE] = "unheld-release",
        [FINDING_UNENDED_OPERATION] = "unended-operation",
    };
    return names[kind];
}
