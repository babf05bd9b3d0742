/* What is the same finding, how often it counts, what is covered, and which finding comes first. */
#include "campaign/sweep/tally.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READ, OPEN, UNMET, POINTS };
static const char *const names[POINTS] = {"read", "open", "unmet"};
static const struct plan_points points = {.count = POINTS, .names = names};

static struct tally begun(void)
{
    static struct call calls[] = {
        {.point = READ, .k = 1, .context = 1},   {.point = READ, .k = 2, .context = 1, .number = 1},
        {.point = READ, .k = 3, .context = 2},   {.point = OPEN, .k = 1, .context = 3},
        {.point = POINTS, .k = 1, .context = 4}, /* of a point without a name */
    };
    const struct contexts contexts = {.calls = calls, .call_count = 5, .count = 4};
    struct tally tally = {0};
    struct error error;
    cr_assert_eq(tally_begin(&tally, &points, &contexts, &error), 0);
    return tally;
}

static struct sweep_result filled(struct tally *tally)
{
    struct sweep_result result = {0};
    struct error error;
    cr_assert_eq(tally_fill(tally, &result, &error), 0);
    tally_clear(tally);
    return result;
}

static bool see(struct tally *tally, uint64_t key)
{
    struct error error;
    bool is_new;
    cr_assert_eq(tally_see(tally, key, SWEEP_ONCE, &is_new, &error), 0);
    return is_new;
}

static struct sweep_finding *add(struct tally *tally, uint64_t key, struct sweep_finding finding)
{
    struct novelty novelty = {.key = key, .finding = finding};
    struct sweep_finding *added;
    struct error error;
    cr_assert_eq(tally_add(tally, &novelty, &added, &error), 0);
    return added;
}

Test(tally, coverage)
{
    struct tally tally = begun();
    const struct task tasks[] = {{.calls = {{.point = READ, .k = 1, .context = 1}}},
                                 {.calls = {{.point = READ, .k = 2, .context = 1}}},
                                 {.calls = {{.point = OPEN, .k = 1, .context = 3}}},
                                 {.calls = {{.point = POINTS, .k = 1, .context = 4}}}};
    tally_run(&tally, &tasks[0], SWEEP_DETECTED);
    tally_run(&tally, &tasks[1], SWEEP_LEAK);
    tally_run(&tally, &tasks[2], SWEEP_DRIFTED);
    tally_run(&tally, &tasks[3], SWEEP_DETECTED);
    struct sweep_result result = filled(&tally);
    cr_expect_eq(result.runs, 4);
    cr_expect_eq(result.outcomes[SWEEP_DETECTED], 2);
    cr_expect_eq(result.outcomes[SWEEP_LEAK], 1);
    cr_expect_eq(result.outcomes[SWEEP_DRIFTED], 1);
    cr_assert_eq(result.point_count, 2, "points that are never met are not told of");
    cr_expect_str_eq(result.points[0].name, "read");
    cr_expect_eq(result.points[0].calls, 3);
    cr_expect_eq(result.points[0].contexts, 2);
    cr_expect_eq(result.points[0].failed, 1, "two calls of one context");
    cr_expect_eq(result.points[1].failed, 0, "a run that drifted made nothing fail");
    sweep_result_clear(&result);
}

Test(tally, counts_and_signatures)
{
    struct tally tally = begun();
    cr_expect(see(&tally, 1));
    cr_expect_not_null(add(&tally, 1, (struct sweep_finding){.signature = 100}));
    cr_expect_not(see(&tally, 1), "seen before");
    cr_expect(see(&tally, 2), "another key");
    cr_expect_null(add(&tally, 2, (struct sweep_finding){.signature = 100}), "but the same signature");
    cr_expect_not(see(&tally, 2));
    cr_expect(see(&tally, 3), "seen, and not yet put into words when the sweep ends");
    cr_expect(see(&tally, 4));
    cr_expect_not_null(add(&tally, 4, (struct sweep_finding){.signature = 400}));
    struct sweep_result result = filled(&tally);
    cr_assert_eq(result.finding_count, 2);
    cr_expect_eq(result.findings[0].signature, 100);
    cr_expect_eq(result.findings[0].count, 4, "runs that showed it, by both keys");
    cr_expect_eq(result.findings[1].count, 1);
    sweep_result_clear(&result);
}

static unsigned told;

static void hear(void *context, struct sweep_finding *finding)
{
    told++;
    if (context != NULL)
        finding->id = *(uint64_t *)context;
}

static void tell(struct tally *tally, const struct sweep_options *options, uint64_t key, uint64_t signature)
{
    struct novelty novelty = {.key = key, .finding = {.signature = signature}};
    struct error error;
    cr_expect(see(tally, key));
    cr_expect_eq(tally_tell(tally, options, &novelty, &error), 0);
}

Test(tally, tells_what_is_new_once)
{
    uint64_t kept_as = 17;
    struct tally tally = begun();
    tell(&tally, &(struct sweep_options){.found = hear}, 1, 100);
    tell(&tally, &(struct sweep_options){.found = hear}, 2, 100);
    cr_expect_eq(told, 1, "the same signature is the same finding");
    tell(&tally, &(struct sweep_options){.found = hear, .context = &kept_as}, 3, 300);
    tell(&tally, &(struct sweep_options){.found = NULL}, 4, 400);
    struct sweep_result result = filled(&tally);
    cr_assert_eq(result.finding_count, 3);
    cr_expect_eq(result.findings[0].id, 1, "its number in this sweep");
    cr_expect_eq(result.findings[1].id, 17, "the number under which it is kept");
    cr_expect_eq(result.findings[2].id, 3, "though nobody hears it");
    sweep_result_clear(&result);
}

/* Once told, it is the tally's: a novelty that is cleared all the same takes nothing from it. */
Test(tally, takes_what_it_is_given)
{
    struct tally tally = begun();
    struct novelty novelty = {.key = 1, .finding = {.signature = 100, .stack = calloc(1, RESULT_PLACE_MAX)}};
    struct sweep_finding *added;
    struct error error;
    see(&tally, 1);
    cr_assert_eq(tally_add(&tally, &novelty, &added, &error), 0);
    cr_expect_null(novelty.finding.stack);
    cr_expect_not_null(added->stack);
    sweep_finding_clear(&novelty.finding);
    tally_clear(&tally);
}

Test(tally, worst_first)
{
    static const struct sweep_finding findings[] = {
        {.signature = 1, .severity = SWEEP_LOW, .kind = SWEEP_SILENT},
        {.signature = 2, .severity = SWEEP_HIGH, .kind = SWEEP_LEAK},
        {.signature = 3, .severity = SWEEP_HIGH, .kind = SWEEP_CRASH},
        {.signature = 5, .severity = SWEEP_MEDIUM, .kind = SWEEP_CRASH},
        {.signature = 4, .severity = SWEEP_MEDIUM, .kind = SWEEP_CRASH},
        {.signature = 9, .severity = SWEEP_MEDIUM, .kind = SWEEP_CRASH},
    };
    struct tally tally = begun();
    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++) {
        cr_expect(see(&tally, findings[i].signature));
        cr_expect_not_null(add(&tally, findings[i].signature, findings[i]));
    }
    see(&tally, 9);
    struct sweep_result result = filled(&tally);
    char order[64] = "";
    for (size_t i = 0; i < result.finding_count; i++)
        snprintf(order + strlen(order), sizeof order - strlen(order), "%d ",
                 (int)result.findings[i].signature);
    cr_expect_str_eq(order, "3 2 9 4 5 1 ", "by severity, kind, how often, signature");
    sweep_result_clear(&result);
}
