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

void plan_add_point(struct plan *plan, unsigned point, const char *name)
{
    for (uint32_t i = 0; i < plan->pattern_count; i++)
        if (plan_matches(plan->patterns[i].text, name))
            plan->rules[plan->patterns[i].rule].points[point / 64] |= UINT64_C(1) << (point % 64);
}

static bool in_window(const struct plan_rule *rule, uint64_t k)
{
    return k >= rule->first && k <= rule->last && (k - rule->first) % rule->step == 0;
}

static bool is_about(const struct plan_rule *rule, uint64_t who)
{
    bool is_meant = who != 0 && (who == rule->who.operation || who == rule->who.path);
    return !plan_is_at(rule) || is_meant;
}

bool plan_due(const struct plan *plan, unsigned point, uint64_t point_hash, uint64_t who, uint64_t k,
              uint64_t struck, struct plan_fault *out)
{
    for (uint32_t i = 0; i < plan->rule_count; i++) {
        const struct plan_rule *rule = &plan->rules[i];
        if (!plan_holds_for(rule, point))
            continue;
        uint64_t hash = hash_mix(plan_stream(rule, point_hash, who) + (k - 1) * HASH_STEP);
        bool due =
            rule->when == PLAN_WINDOW ? is_about(rule, who) && in_window(rule, k) : plan_below(rule, hash);
        if (!due && (struck >> i & 1) == 0)
            continue;
        uint64_t choice = hash_mix(hash);
        bool first_of_profile = plan_is_at(rule) && rule->kind == PLAN_ERRNO;
        out->kind = rule->kind;
        out->delay_ns = rule->delay_ns;
        out->failnum = rule->failnum;
        out->choice = first_of_profile ? 0 : hash_mix(choice);
        out->error = rule->errno_count == 0 ? 0 : rule->errnos[choice % rule->errno_count];
        out->rule = i;
        return true;
    }
    return false;
}

size_t plan_short_length(size_t asked, uint64_t choice)
{
    return 1 + (size_t)(choice % (asked - 1));
}
