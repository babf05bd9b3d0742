/* Which points a workload can meet, and whether a plan asks of them what they can do. */
#include "campaign/points.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/profile.h"

struct plan_points campaign_points(const struct exeunt_workload *workload)
{
    size_t own = 0;
    while (workload != NULL && workload->points[own].name != NULL)
        own++;
    const char **names = malloc((fault_point_count + own) * sizeof *names);
    if (names == NULL)
        return (struct plan_points){0};
    for (size_t i = 0; i < fault_point_count; i++)
        names[i] = fault_points[i].name;
    for (size_t i = 0; i < own; i++)
        names[fault_point_count + i] = workload->points[i].name;
    return (struct plan_points){.count = fault_point_count + own, .names = names, .open = workload == NULL};
}

/* Whether the rule can be carried out at the point; if not, `why` says so. */
static bool fits(const struct plan_rule *rule, size_t index, const struct plan_points *points, char *why,
                 size_t size)
{
    const char *name = points->names[index];
    if (rule->kind == PLAN_DELAY || rule->kind == PLAN_CANCEL)
        return true;
    if (rule->kind == PLAN_SHORT) {
        snprintf(why, size, "plan: '%s' moves no bytes and cannot be cut short", name);
        return index < fault_point_count && fault_points[index].shortens;
    }
    if (index >= fault_point_count)
        return true; /* the workload's own: any errno */
    const struct fault_point *profile = &fault_points[index];
    snprintf(why, size,
             "plan: '%s' has no realistic errno; name one of its profile ('exeunt list --points' shows it)",
             name);
    if (rule->errno_count == 0)
        return fault_realistic(profile, 0) != NULL;
    for (uint32_t i = 0; i < rule->errno_count; i++) {
        snprintf(why, size,
                 "plan: %2$s is not in the profile of '%1$s'; 'exeunt list --points' shows what is", name,
                 plan_errno_name(rule->errnos[i]));
        if (fault_errno_of(profile, rule->errnos[i]) == NULL)
            return false;
    }
    return true;
}

/* Leaves out the points of the rule that it does not fit. Returns 0, or -EINVAL if nothing is left, with
 * the reason of the last one. */
static int fit_rule(struct plan_rule *rule, const struct plan_points *points, bool by_name, bool has_patterns,
                    struct error *error)
{
    char why[256] = "";
    bool left = has_patterns;
    for (size_t i = 0; i < points->count; i++) {
        uint64_t bit = UINT64_C(1) << (i % 64);
        if ((rule->points[i / 64] & bit) == 0)
            continue;
        if (fits(rule, i, points, why, sizeof why))
            left = true;
        else if (by_name)
            return error_usage(error, "%s", why);
        else
            rule->points[i / 64] &= ~bit;
    }
    return left ? 0 : error_usage(error, "%s", why);
}

/* Whether rule number `index` of the plan's text is written without a wildcard. */
static bool is_by_name(const char *text, uint32_t index)
{
    for (; index > 0; index--)
        text = strchr(text, ';') + 1;
    return memchr(text, '*', strcspn(text, ";:@")) == NULL;
}

/* Whether points that are not yet known may be meant by the rule. */
static bool has_patterns(const struct plan *plan, uint32_t rule)
{
    for (uint32_t i = 0; i < plan->pattern_count; i++)
        if (plan->patterns[i].rule == rule)
            return true;
    return false;
}

int points_plan(const char *text, const struct plan_points *points, uint64_t seed, struct plan *out,
                struct error *error)
{
    struct plan plan;
    int failed = plan_parse(text, points, seed, &plan, error);
    if (failed != 0)
        return failed;
    for (uint32_t i = 0; i < plan.rule_count && failed == 0; i++)
        failed = fit_rule(&plan.rules[i], points, is_by_name(text, i), has_patterns(&plan, i), error);
    if (failed != 0)
        return failed;
    plan.within_operations = !points->open;
    *out = plan;
    return 0;
}

bool points_give_back(const char *point, enum trace_resource resource)
{
    static const struct {
        enum trace_resource resource;
        const char *point;
    } points[] = {
        {TRACE_FILE, "posix/io/dir/unlink"}, {TRACE_FILE, "posix/io/dir/unlinkat"},
        {TRACE_FILE, "posix/io/dir/rmdir"},  {TRACE_FILE, "posix/stdio/remove"},
        {TRACE_CHILD, "posix/proc/wait"},    {TRACE_CHILD, "posix/proc/waitpid"},
        {TRACE_CHILD, "posix/proc/waitid"},  {TRACE_CHILD, "posix/proc/wait3"},
        {TRACE_CHILD, "posix/proc/wait4"},
    };
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        if (points[i].resource == resource && strcmp(point, points[i].point) == 0)
            return true;
    return false;
}
