/* Decides one call: is it due, and with what? The only part of a plan that the child carries. */
#include "plan/plan.h"

#include <string.h>

bool plan_matches(const char *pattern, const char *name)
{
    size_t length = strlen(pattern);
    if (length > 0 && pattern[length - 1] == '*')
        return strncmp(pattern, name, length - 1) == 0;
    return strcmp(pattern, name) == 0;
}

static bool in_window(const struct plan_rule *rule, uint64_t k)
{
    return k >= rule->first && k <= rule->last && (k - rule->first) % rule->step == 0;
}

bool plan_due(const struct plan *plan, unsigned point, uint64_t point_hash, uint64_t operation, uint64_t k,
              struct plan_fault *out)
{
    for (uint32_t i = 0; i < plan->rule_count; i++) {
        const struct plan_rule *rule = &plan->rules[i];
        if (!plan_holds_for(rule, point))
            continue;
        uint64_t hash = hash_mix(plan_stream(rule, point_hash, operation) + (k - 1) * HASH_STEP);
        if (rule->when == PLAN_WINDOW ? !in_window(rule, k) : !plan_below(rule, hash))
            continue;
        uint64_t choice = hash_mix(hash);
        out->kind = rule->kind;
        out->delay_ns = rule->delay_ns;
        out->failnum = rule->failnum;
        out->choice = hash_mix(choice);
        out->error = rule->errno_count == 0 ? 0 : rule->errnos[choice % rule->errno_count];
        return true;
    }
    return false;
}

size_t plan_short_length(size_t asked, uint64_t choice)
{
    return 1 + (size_t)(choice % (asked - 1));
}
