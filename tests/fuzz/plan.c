/* The grammar of --faults. What is accepted means something in itself; of a plan of several rules, each means
 * the same alone; blanks around mean nothing; what is refused has a reason. The first byte: whether points
 * may come. */
#include "plan/plan.h"
#include "input.h"

enum { POINTS = 5 };
static const char *const names[POINTS] = {"posix/io/oc/open", "posix/io/oc/openat", "posix/io/rw/read",
                                          "libc/mm/malloc", "upload/metadata"};

static void check_rule(const struct plan_rule *rule)
{
    MUST(rule->kind <= PLAN_CANCEL && rule->when <= PLAN_WINDOW);
    MUST(rule->errno_count <= PLAN_ERRNOS_MAX);
    MUST(rule->when == PLAN_RANDOM || (rule->first >= 1 && rule->first <= rule->last && rule->step >= 1));
    MUST((rule->kind == PLAN_DELAY) == (rule->delay_ns > 0));
    for (size_t point = POINTS; point < PLAN_POINTS_MAX; point++)
        MUST(!plan_holds_for(rule, (unsigned)point));
}

/* Every call of an operation may be asked for. */
static void decide(const struct plan *plan)
{
    struct plan_fault fault;
    for (uint64_t k = 1; k <= 3; k++)
        if (plan_due(plan, (unsigned)(k % POINTS), hash_text("a"), k, k, 0, &fault))
            MUST(fault.rule < plan->rule_count);
}

/* All but the seed, which hangs on the rule's place. */
static bool are_same(const struct plan_rule *a, const struct plan_rule *b)
{
    return a->kind == b->kind && a->when == b->when && a->threshold == b->threshold && a->first == b->first &&
           a->last == b->last && a->step == b->step && a->delay_ns == b->delay_ns &&
           a->errno_count == b->errno_count && memcmp(a->errnos, b->errnos, sizeof a->errnos) == 0 &&
           a->failnum == b->failnum && a->persists == b->persists && a->who.operation == b->who.operation &&
           a->who.path == b->who.path && memcmp(a->points, b->points, sizeof a->points) == 0;
}

static void check_alone(const char *text, const struct plan_rule *rule, const struct plan_points *points)
{
    static struct plan alone;
    struct error error;
    MUST(plan_parse(text, points, 1, &alone, &error) == 0);
    if (alone.rule_count == 0)
        return;
    MUST(alone.rule_count == 1 && are_same(&alone.rules[0], rule));
}

static void check_rules(const char *text, const struct plan *plan, const struct plan_points *points)
{
    char *copy = strdup(text), *rest = copy, *rule;
    MUST(copy != NULL);
    for (uint32_t i = 0; i < plan->rule_count && (rule = strsep(&rest, ";")) != NULL; i++) {
        check_rule(&plan->rules[i]);
        check_alone(rule, &plan->rules[i], points);
    }
    free(copy);
}

static void check_blanks(const char *text, const struct plan *plan, const struct plan_points *points)
{
    static struct plan padded;
    struct error error;
    char *copy = malloc(strlen(text) + 3);
    MUST(copy != NULL);
    sprintf(copy, " %s ", text);
    MUST(plan_parse(copy, points, 1, &padded, &error) == 0);
    MUST(padded.rule_count == plan->rule_count && padded.pattern_count == plan->pattern_count);
    for (uint32_t i = 0; i < plan->rule_count; i++)
        MUST(are_same(&padded.rules[i], &plan->rules[i]));
    free(copy);
}

static void parse(const char *text, const struct plan_points *points)
{
    static struct plan plan;
    struct error error = {.text = ""};
    memset(&plan, 0, sizeof plan);
    if (plan_parse(text, points, 1, &plan, &error) != 0) {
        MUST(error.text[0] != '\0' && plan.rule_count == 0);
        return;
    }
    MUST(plan.pattern_count <= PLAN_PATTERNS_MAX);
    check_rules(text, &plan, points);
    check_blanks(text, &plan, points);
    decide(&plan);
    plan_add_point(&plan, PLAN_POINTS_MAX - 1, "app/parse");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = {bytes, size};
    const struct plan_points points = {
        .count = POINTS, .names = names, .open = input_number(&input, 1) % 2 == 1};
    char *text = input_text(&input), *translated = NULL;
    struct error error = {.text = ""};
    parse(text, &points);
    if (plan_from_fiu(text, &translated, &error) == 0)
        parse(translated, &points);
    else
        MUST(error.text[0] != '\0' && translated == NULL);
    free(translated);
    free(text);
    return 0;
}
