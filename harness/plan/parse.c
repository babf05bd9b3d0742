/* The grammar of --faults, and the sentence that says what is wrong with one. */
#include "base/hash.h"
#include "base/text.h"
#include "plan/coordinate.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ERRNO_MAX = 133, TOKEN_MAX = 128 };

/* A piece of the plan's text: not ended by a NUL. */
struct token {
    const char *start;
    size_t length;
};

static struct token trimmed(const char *start, const char *end)
{
    while (start < end && *start == ' ')
        start++;
    while (end > start && end[-1] == ' ')
        end--;
    return (struct token){start, (size_t)(end - start)};
}

/* Takes the piece up to `separator` off the front of `rest`. */
static struct token take(struct token *rest, char separator)
{
    const char *end = rest->start + rest->length;
    const char *stop = memchr(rest->start, separator, rest->length);
    struct token piece = trimmed(rest->start, stop ? stop : end);
    const char *next = stop ? stop + 1 : end;
    *rest = (struct token){next, (size_t)(end - next)};
    return piece;
}

static int copy(struct token token, char text[TOKEN_MAX], struct error *error)
{
    if (token.length == 0)
        return error_usage(error,
                           "plan: something is missing between the separators ';' ',' ':' '@' (the form "
                           "is POINTS[:ERRNO,...][@WHEN])");
    if (token.length >= TOKEN_MAX)
        return error_usage(error, "plan: '%.*s...' is too long", TOKEN_MAX / 2, token.start);
    memcpy(text, token.start, token.length);
    text[token.length] = '\0';
    return 0;
}

static const char *point_candidate(const void *of, size_t index)
{
    const struct plan_points *points = of;
    return index < points->count ? points->names[index] : index == points->count ? "none" : NULL;
}

/* Whether a point is known whose name begins with the same part, up to the first slash, in whatever case. */
static bool begins_as_known(const char *pattern, const struct plan_points *points)
{
    size_t length = strcspn(pattern, "/") + 1;
    for (size_t i = 0; i < points->count; i++)
        if (strncasecmp(points->names[i], pattern, length) == 0)
            return true;
    return false;
}

/* Sets the points that are known; returns whether there are any. */
static bool mark_points(const char *pattern, const struct plan_points *points, struct plan_rule *rule)
{
    bool found = false;
    for (size_t i = 0; i < points->count && i < PLAN_POINTS_MAX; i++) {
        if (!plan_matches(pattern, points->names[i]))
            continue;
        rule->points[i / 64] |= UINT64_C(1) << (i % 64);
        found = true;
    }
    return found;
}

static int keep_pattern(const char *pattern, struct plan *plan, struct error *error)
{
    if (strlen(pattern) >= PLAN_POINT_NAME_MAX)
        return error_usage(error, "plan: the name '%.64s...' is too long", pattern);
    if (plan->pattern_count == PLAN_PATTERNS_MAX)
        return error_usage(error, "plan: more than %d names and wildcards", PLAN_PATTERNS_MAX);
    struct plan_pattern *kept = &plan->patterns[plan->pattern_count++];
    kept->rule = plan->rule_count;
    snprintf(kept->text, sizeof kept->text, "%s", pattern);
    return 0;
}

static int parse_pattern(const char *pattern, const struct plan_points *points, struct plan *plan,
                         struct plan_rule *rule, struct error *error)
{
    char hint[96];
    if (strcmp(pattern, "none") == 0)
        return error_usage(error, "plan: 'none' is the plan without rules, and stands alone");
    bool found = mark_points(pattern, points, rule);
    bool may_come = points->open && (strcmp(pattern, "*") == 0 || !begins_as_known(pattern, points));
    if (!found && !may_come)
        return error_usage(error, "plan: no point is named '%s'%s; 'exeunt list --points' shows them",
                           pattern, text_hint(hint, sizeof hint, pattern, point_candidate, points));
    return may_come ? keep_pattern(pattern, plan, error) : 0;
}

static int parse_points(struct token text, const struct plan_points *points, struct plan *plan,
                        struct plan_rule *rule, struct error *error)
{
    bool more;
    do {
        more = memchr(text.start, ',', text.length) != NULL;
        char pattern[TOKEN_MAX];
        int failed = copy(take(&text, ','), pattern, error);
        if (failed == 0)
            failed = parse_pattern(pattern, points, plan, rule, error);
        if (failed != 0)
            return failed;
    } while (more);
    return 0;
}

int plan_errno_value(const char *name)
{
    for (int value = 1; value <= ERRNO_MAX; value++) {
        const char *known = strerrorname_np(value);
        if (known != NULL && strcmp(known, name) == 0)
            return value;
    }
    return 0;
}

const char *plan_errno_name(int error)
{
    const char *name = strerrorname_np(error);
    return name != NULL ? name : "E?";
}

/* What can stand for a kind: the words, then all errnos. */
static const char *kind_candidate(const void *of, size_t index)
{
    static const char *const words[] = {"short", "delay=2ms", "cancel", "fiu=1/0"};
    enum { WORDS = sizeof words / sizeof *words };
    (void)of;
    if (index < WORDS)
        return words[index];
    index -= WORDS;
    for (int value = 1; value <= ERRNO_MAX; value++)
        if (strerrorname_np(value) != NULL && index-- == 0)
            return strerrorname_np(value);
    return NULL;
}

/* FAILNUM/FAILINFO: as libfiu's preload does it, a call takes its errno from failinfo, and 0 is none. */
static int parse_fiu(const char *text, struct plan_rule *rule, struct error *error)
{
    char *slash, *end;
    long failnum = strtol(text, &slash, 10);
    const char *second = slash + (*slash == '/');
    long failinfo = strtol(second, &end, 10);
    if (second == slash || end == second || *end != '\0' || failnum == 0 || failnum < INT32_MIN ||
        failnum > INT32_MAX || failinfo < 0 || failinfo > INT32_MAX)
        return error_usage(
            error, "plan: 'fiu=%s' does not say what fails; write fiu=FAILNUM/FAILINFO, as fiu=1/0", text);
    rule->failnum = (int32_t)failnum;
    rule->errnos[0] = (int32_t)failinfo;
    rule->errno_count = failinfo != 0;
    return 0;
}

static int parse_kind(const char *word, struct plan_rule *rule, struct error *error)
{
    if (strcmp(word, "short") == 0) {
        rule->kind = PLAN_SHORT;
        return 0;
    }
    if (strcmp(word, "cancel") == 0) {
        rule->kind = PLAN_CANCEL;
        return 0;
    }
    if (strncmp(word, "delay=", 6) == 0) {
        rule->kind = PLAN_DELAY;
        int failed = text_duration_ns(word + 6, &rule->delay_ns);
        if (failed == -ERANGE)
            return error_usage(error, "plan: '%s' is too long: at most delay=720h", word);
        return failed == 0
                   ? 0
                   : error_usage(error, "plan: '%s' is no delay; write delay=2ms (units us, ms, s, m, h)",
                                 word);
    }
    if (strncmp(word, "fiu=", 4) == 0)
        return parse_fiu(word + 4, rule, error);
    int value = plan_errno_value(word);
    char hint[96];
    if (value == 0)
        return error_usage(error,
                           "plan: no errno is named '%s'%s; other kinds are 'short', 'delay=TIME', 'cancel', "
                           "'fiu=FAILNUM/FAILINFO'",
                           word, text_hint(hint, sizeof hint, word, kind_candidate, NULL));
    if (rule->errno_count == PLAN_ERRNOS_MAX)
        return error_usage(error, "plan: more than %d errnos in one rule; split it with ';'",
                           PLAN_ERRNOS_MAX);
    rule->errnos[rule->errno_count++] = value;
    return 0;
}

static int parse_kinds(struct token text, struct plan_rule *rule, struct error *error)
{
    unsigned words = 0;
    bool more;
    do {
        more = memchr(text.start, ',', text.length) != NULL;
        char word[TOKEN_MAX];
        int failed = copy(take(&text, ','), word, error);
        if (failed == 0)
            failed = parse_kind(word, rule, error);
        if (failed != 0)
            return failed;
        words++;
    } while (more);
    if ((rule->kind != PLAN_ERRNO || rule->failnum != 0) && words > 1)
        return error_usage(error, "plan: 'short', 'delay=TIME', 'cancel' and 'fiu=FAILNUM/FAILINFO' stand "
                                  "alone; give other kinds a rule of their own");
    return 0;
}

static int parse_probability(const char *text, struct plan_rule *rule, struct error *error)
{
    char *end;
    double p = strtod(text, &end);
    if (*text == '\0' || *end != '\0' || !(p >= 0 && p <= 1))
        return error_usage(error, "plan: probability '%s' is not a number from 0 to 1", text);
    rule->when = PLAN_RANDOM;
    rule->threshold = p >= 1 ? UINT64_MAX : (uint64_t)ldexp(p, 64);
    return 0;
}

/* Reads digits off the front of *text. */
static bool take_number(const char **text, uint64_t *out)
{
    char digits[24];
    size_t length = strspn(*text, "0123456789");
    if (length == 0 || length >= sizeof digits)
        return false;
    memcpy(digits, *text, length);
    digits[length] = '\0';
    *text += length;
    return text_number(digits, 1, UINT64_MAX - 1, out) == 0;
}

/* F, F+, F..L, F+S, F..L+S: as strace counts calls. */
static bool parse_window(const char *text, struct plan_rule *rule)
{
    rule->when = PLAN_WINDOW;
    rule->step = 1;
    if (!take_number(&text, &rule->first))
        return false;
    rule->last = rule->first;
    if (strncmp(text, "..", 2) == 0) {
        text += 2;
        if (!take_number(&text, &rule->last) || rule->last < rule->first)
            return false;
    } else if (*text == '+') {
        rule->last = UINT64_MAX;
    }
    if (*text == '+') {
        text++;
        if (*text != '\0' && !take_number(&text, &rule->step))
            return false;
    }
    return *text == '\0';
}

static int parse_when(struct token text, struct plan_rule *rule, struct error *error)
{
    char when[TOKEN_MAX] = "";
    int failed = copy(trimmed(text.start, text.start + text.length), when, error);
    if (failed != 0)
        return failed;
    if (strncmp(when, "p=", 2) == 0)
        return parse_probability(when + 2, rule, error);
    if (!parse_window(when, rule))
        return error_usage(
            error, "plan: '@%s' does not say when; write @p=0.02, or calls as @3, @3+, @2..20+2", when);
    return 0;
}

static bool has(struct token token, char letter)
{
    return memchr(token.start, letter, token.length) != NULL;
}

/* WHO:POINT#K, as findings print it. No point's name begins with a digit. */
static bool looks_like_coordinate(struct token head)
{
    return has(head, '#') || (has(head, ':') && *head.start >= '0' && *head.start <= '9');
}

static int parse_who(struct token text, struct plan_who *out, struct error *error)
{
    char who[TOKEN_MAX];
    if (has(text, '#'))
        return error_usage(
            error,
            "plan: '%.*s' does not say whose call; write 17:POINT#3 of an operation, or 0:POINT#3 "
            "of the main thread",
            (int)text.length, text.start);
    int failed = copy(text, who, error);
    return failed == 0 ? plan_parse_who(who, out, error) : failed;
}

/* POINT#K or POINT#K+. */
static int parse_call(struct token text, const struct plan_points *points, struct plan_who who,
                      struct plan *plan, struct plan_rule *rule, struct error *error)
{
    char pattern[TOKEN_MAX], call[TOKEN_MAX] = "";
    struct token rest = text;
    int failed = copy(take(&rest, '#'), pattern, error);
    if (failed == 0 && strpbrk(pattern, "*,") != NULL)
        failed = error_usage(error, "plan: '%s' is not one point; a coordinate, WHO:POINT#K, names just one",
                             pattern);
    if (failed == 0)
        failed = parse_pattern(pattern, points, plan, rule, error);
    rest = trimmed(rest.start, rest.start + rest.length);
    if (failed == 0 && rest.length > 0)
        failed = copy(rest, call, error);
    if (failed != 0)
        return failed;
    const char *end = call;
    uint64_t k;
    bool counted = take_number(&end, &k);
    bool persistent = *end == '+';
    if (!counted || end[persistent] != '\0')
        return error_usage(
            error,
            "plan: '%.*s' does not say which call of '%s'; write %s#3, the third, or %s#3+, from "
            "the third on",
            (int)text.length, text.start, pattern, pattern, pattern);
    plan_rule_at(rule, who, k, persistent);
    return 0;
}

/* The rule but for its kinds, which are left in `rest` if *has_kinds. */
static int parse_calls(struct token *rest, bool has_when, const struct plan_points *points, struct plan *plan,
                       struct plan_rule *rule, bool *has_kinds, struct error *error)
{
    struct plan_who who;
    bool is_coordinate = looks_like_coordinate(*rest);
    if (is_coordinate && has_when)
        return error_usage(error, "plan: '%.*s' is one call by itself; leave out '@' and what follows",
                           (int)rest->length, rest->start);
    int failed = is_coordinate ? parse_who(take(rest, ':'), &who, error) : 0;
    if (failed != 0)
        return failed;
    *has_kinds = has(*rest, ':');
    struct token calls = take(rest, ':');
    return is_coordinate ? parse_call(calls, points, who, plan, rule, error)
                         : parse_points(calls, points, plan, rule, error);
}

static int parse_rule(struct token text, const struct plan_points *points, struct plan *plan,
                      struct error *error)
{
    struct plan_rule *rule = &plan->rules[plan->rule_count];
    *rule = (struct plan_rule){.when = PLAN_WINDOW, .first = 1, .last = UINT64_MAX, .step = 1};
    bool has_when = has(text, '@'), has_kinds = false;
    struct token head = take(&text, '@');
    if (has_when) {
        int failed = parse_when(trimmed(text.start, text.start + text.length), rule, error);
        if (failed != 0)
            return failed;
    }
    int failed = parse_calls(&head, has_when, points, plan, rule, &has_kinds, error);
    if (failed == 0 && has_kinds)
        failed = parse_kinds(head, rule, error);
    return failed;
}

int plan_parse(const char *text, const struct plan_points *points, uint64_t seed, struct plan *out,
               struct error *error)
{
    struct plan plan = {.seed = seed};
    struct token rest = trimmed(text, text + strlen(text));
    if (rest.length == 0)
        return error_usage(error, "plan: it is empty; write 'none' for a run without faults");
    if (rest.length == 4 && memcmp(rest.start, "none", 4) == 0)
        rest.length = 0;
    while (rest.length > 0) {
        if (plan.rule_count == PLAN_RULES_MAX)
            return error_usage(error, "plan: more than %d rules", PLAN_RULES_MAX);
        int failed = parse_rule(take(&rest, ';'), points, &plan, error);
        if (failed != 0)
            return failed;
        plan.rules[plan.rule_count].seed = hash_add(hash_mix(seed), plan.rule_count);
        plan.rule_count++;
    }
    *out = plan;
    return 0;
}
