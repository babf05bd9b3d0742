/* Which operation meets which fault: each fault comes to a job that reaches it, rare ones before others; what
 * did not come is tried behind all that came before its job; and what is met is not tried again. */
#include "campaign/sweep/roster.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "campaign/points.h"
#include "faults.h"

enum { JOBS = 3 };

/* Job j reads j + 1 times; job 2 alone opens. The last one leaves something behind by itself. */
static struct call calls[] = {
    {.who = 1, .in_operation = true, .point = POINT_READ, .k = 1},
    {.who = 2, .in_operation = true, .point = POINT_READ, .k = 1},
    {.who = 2, .in_operation = true, .point = POINT_READ, .k = 2},
    {.who = 3, .in_operation = true, .point = POINT_READ, .k = 1},
    {.who = 3, .in_operation = true, .point = POINT_OPEN, .k = 1},
    {.who = 4, .in_operation = true, .point = POINT_UNLINK, .k = 1},
};
static const struct contexts contexts = {.calls = calls, .call_count = sizeof calls / sizeof *calls};

static struct exeunt_workload workload;
static struct campaign_options campaign = {.workload = &workload};
static struct setup setup = {.options = &campaign};
static struct roster_reach reach;
static struct roster roster;
static struct duty *duties[ROW_MAX];
static struct row_plan plan;

static void begin(unsigned rounds, bool repeatable)
{
    static const struct exeunt_point none;
    const struct sweep_options options = {.rounds = rounds};
    workload.points = &none;
    workload.repeatable = repeatable;
    setup.points = campaign_points(&workload);
    cr_assert_eq(roster_reach_of(&contexts, setup.points.count, &reach), 0);
    reach.unfit[3] = true;
    cr_assert_eq(roster_make(&options, &setup, &contexts, &reach, &roster), 0);
}

static void end(void)
{
    roster_clear(&roster);
    roster_reach_clear(&reach);
    free((void *)setup.points.names);
}

static size_t count_of(int32_t point, uint32_t k)
{
    size_t count = 0;
    for (size_t i = 0; i < roster.count; i++)
        count += roster.duties[i].task.calls[0].point == point && roster.duties[i].task.calls[0].k == k;
    return count;
}

Test(roster, lists_each_call_with_each_errno, .fini = end)
{
    begin(1, true);
    cr_expect_eq(count_of(POINT_READ, 1), 2, "EIO and EINTR");
    cr_expect_eq(count_of(POINT_READ, 2), 2);
    cr_expect_eq(count_of(POINT_READ, 3), 0, "no job makes a third call");
    cr_expect_eq(count_of(POINT_OPEN, 1), 8);
    cr_expect_eq(count_of(POINT_UNLINK, 1), 0, "the one job that calls it leaves something behind by itself");
    cr_expect_eq(roster.left, 12);
}

Test(roster, rounds_use_other_jobs, .fini = end)
{
    begin(2, true);
    bool used[JOBS] = {false};
    roster_assign(&roster, duties, &plan);
    for (size_t i = 0; i < plan.count; i++)
        if (duties[i]->task.calls[0].point == POINT_READ && duties[i]->task.calls[0].k == 1)
            used[plan.jobs[i]] = true;
    cr_expect_eq(plan.count, 24, "all at once: %zu", plan.count);
    cr_expect(used[0] && used[1], "the first calls of both rounds are of the two smallest jobs");
    cr_expect_not(used[2]);
}

Test(roster, jobs_are_done_once_and_reach_their_faults, .fini = end)
{
    begin(1, false);
    size_t rows = 0;
    for (; roster.left > 0 && rows < 100; rows++) {
        roster_assign(&roster, duties, &plan);
        cr_assert_gt(plan.count, 0);
        for (size_t i = 0; i < plan.count; i++) {
            const struct call *call = &duties[i]->task.calls[0];
            const struct plan_entry *entry = &plan.schedule.entries[i];
            cr_expect(i == 0 || plan.jobs[i - 1] < plan.jobs[i], "in their order, none twice");
            cr_expect_geq(reach.calls[plan.jobs[i] * reach.point_count + (size_t)call->point], call->k);
            cr_expect(entry->point == call->point && entry->k == call->k &&
                      entry->error == duties[i]->task.errors[0]);
            roster_done(&roster, duties[i], SWEEP_DETECTED);
        }
    }
    cr_expect_eq(rows, 8, "job 2 alone opens, with one of eight errnos in each row: %zu", rows);
}

Test(roster, the_last_try_comes_behind_all_earlier_jobs, .fini = end)
{
    begin(1, true);
    roster_assign(&roster, duties, &plan);
    struct duty *unmet = NULL;
    for (size_t i = 0; i < plan.count; i++) {
        if (unmet == NULL && duties[i]->task.calls[0].point == POINT_OPEN)
            roster_tried(&roster, unmet = duties[i]);
        else
            roster_done(&roster, duties[i], SWEEP_DETECTED);
    }
    cr_assert_eq(roster.left, 1);
    roster_assign(&roster, duties, &plan);
    cr_assert_eq(plan.count, 3);
    cr_expect(duties[0] == NULL && duties[1] == NULL && duties[2] == unmet);
    cr_expect(plan.schedule.entries[0].k == 0 && plan.schedule.entries[1].k == 0);
    cr_expect_eq(plan.schedule.entries[2].point, POINT_OPEN);
    roster_tried(&roster, unmet);
    cr_expect(unmet->over && unmet->end == SWEEP_DRIFTED && roster.left == 0, "tried in vain for good");
}

Test(roster, who_needs_a_fresh_process_comes_first, .fini = end)
{
    begin(1, true);
    roster.duties[5].first = true;
    roster_assign(&roster, duties, &plan);
    cr_expect_eq(duties[0], &roster.duties[5]);
    cr_expect_eq(plan.count, 12, "others come behind it");
    roster.duties[5].alone = true;
    roster_assign(&roster, duties, &plan);
    cr_expect_eq(duties[0], &roster.duties[5]);
    cr_expect_eq(plan.count, 1, "nobody does");
}
