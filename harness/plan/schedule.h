/* A schedule: one fault for each of the first operations, beside the rules of a plan, so that one process can
 * meet hundreds of planned faults. Its layout is fixed, since it stands in the ledger, beside the plan. */
#pragma once

#include "plan/plan.h"

enum { PLAN_SCHEDULE_MAX = 512 };

/* What fails in one operation. */
struct plan_entry {
    int32_t point;
    int32_t error; /* positive errno */
    uint32_t k;    /* call of the point within the operation, from 1; 0: nothing fails */
};

struct plan_schedule {
    uint32_t count;                        /* entries: the i-th is operation i's */
    uint64_t points[PLAN_POINTS_MAX / 64]; /* bit i: entries are about point i */
    struct plan_entry entries[PLAN_SCHEDULE_MAX];
};

/* Adds what is to fail in the next operation. Begin with a zeroed schedule. Returns 0, or -E2BIG if there is
 * no room for another. */
int plan_schedule_add(struct plan_schedule *schedule, const struct plan_entry *entry);

/* Whether entries are about the point. */
static inline bool plan_schedules(const struct plan_schedule *schedule, unsigned point)
{
    return (schedule->points[point / 64] >> (point % 64) & 1) != 0;
}

/* Decides the call `operation`:`point`#`k`, where `operation` is the number + 1 and 0 outside of any. True
 * and *out set if it is due. Async-signal-safe, no shared state. */
bool plan_scheduled(const struct plan_schedule *schedule, unsigned point, uint64_t operation, uint64_t k,
                    struct plan_fault *out);
