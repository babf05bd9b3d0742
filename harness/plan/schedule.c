/* Decides a call by its operation's entry of the schedule. */
#include "plan/schedule.h"

#include <errno.h>

int plan_schedule_add(struct plan_schedule *schedule, const struct plan_entry *entry)
{
    if (schedule->count == PLAN_SCHEDULE_MAX)
        return -E2BIG;
    schedule->entries[schedule->count++] = *entry;
    if (entry->k != 0)
        schedule->points[entry->point / 64] |= UINT64_C(1) << (entry->point % 64);
    return 0;
}

bool plan_scheduled(const struct plan_schedule *schedule, unsigned point, uint64_t operation, uint64_t k,
                    struct plan_fault *out)
{
    if (operation == 0 || operation > schedule->count)
        return false;
    const struct plan_entry *entry = &schedule->entries[operation - 1];
    if (entry->k != k || entry->point != (int32_t)point)
        return false;
    *out = (struct plan_fault){.kind = PLAN_ERRNO, .error = entry->error, .rule = PLAN_RULES_MAX};
    return true;
}
