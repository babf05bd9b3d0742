/* Rules about one coordinate: built by a sweep, or read from what a finding prints, WHO:POINT#K. */
#include "plan/coordinate.h"

#include <errno.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"

/* The parts of a spawn path are numbers from 1, but for the main thread's 0, with dots between; the number of
 * a forked child has an "f" before it. False: `text` is none. */
static bool path_hash(const char *text, uint64_t *out)
{
    if (strncmp(text, "0", 1) != 0)
        return false;
    uint64_t hash = hash_text("0");
    for (text++; *text == '.'; text += strspn(text, "0123456789")) {
        char part[12] = "";
        bool is_forked = *++text == 'f';
        text += is_forked;
        size_t length = strspn(text, "0123456789");
        uint64_t ordinal;
        if (length >= sizeof part)
            return false;
        memcpy(part, text, length);
        if (text_number(part, 1, UINT32_MAX, &ordinal) != 0)
            return false;
        hash = hash_add(hash, is_forked ? PLAN_FORKED | ordinal : ordinal);
    }
    *out = hash;
    return *text == '\0';
}

struct plan_who plan_who_of_path(const char *path)
{
    struct plan_who who = {0};
    if (!path_hash(path, &who.path))
        who.path = hash_text(path);
    return who;
}

int plan_parse_who(const char *text, struct plan_who *out, struct error *error)
{
    struct plan_who who = {0};
    uint64_t operation;
    bool is_path = path_hash(text, &who.path);
    if (text_number(text, 0, PLAN_OPERATION_END - 1, &operation) == 0)
        who.operation = operation + 1;
    else if (!is_path)
        return error_usage(error,
                           "plan: '%s' is neither the number of an operation nor the path of a thread; write "
                           "17:POINT#3, or 0.1:POINT#3 (0 is the main thread, 0.1 the first that it starts, "
                           "0.f1 the first child that it "
                           "forks)",
                           text);
    if (!is_path)
        who.path = 0;
    *out = who;
    return 0;
}

void plan_rule_at(struct plan_rule *rule, struct plan_who who, uint64_t k, bool persistent)
{
    rule->when = PLAN_WINDOW;
    rule->first = k;
    rule->last = k;
    rule->step = 1;
    rule->persists = persistent;
    rule->who = who;
}

int plan_fail_at(struct plan *plan, unsigned point, struct plan_who who, uint64_t k, int error,
                 bool persistent)
{
    if (plan->rule_count == PLAN_RULES_MAX)
        return -E2BIG;
    struct plan_rule *rule = &plan->rules[plan->rule_count++];
    *rule = (struct plan_rule){.kind = PLAN_ERRNO, .errno_count = error != 0, .errnos = {error}};
    rule->points[point / 64] = UINT64_C(1) << (point % 64);
    plan_rule_at(rule, who, k, persistent);
    return 0;
}
