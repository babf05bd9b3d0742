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

/* Operations of the row that do the job. */
static size_t times_done(uint32_t job)
{
    size_t times = 0;
    for (size_t i = 0; i < plan.count; i++)
        times += plan.jobs[i] == job;
    return times;
}

/* Assigns rows until all duties are done, but `spared`. Returns how many rows. */
static size_t work_off(const struct duty *spared)
{
    size_t rows = 0, left = spared != NULL ? 1 : 0;
    for (; roster.left > left && rows < 100; rows++) {
        roster_assign(&roster, duties, &plan);
        for (size_t i = 0; i < plan.count; i++) {
            cr_expect(duties[i]->round > 0 || times_done(plan.jobs[i]) == 1,
                      "what is met in the first round can be told apart: job %u is done %zu times",
                      plan.jobs[i], times_done(plan.jobs[i]));
            if (duties[i] != spared)
                roster_done(&roster, duties[i], SWEEP_DETECTED);
        }
    }
    return rows;
}

Test(roster, rounds_use_other_jobs, .fini = end)
{
    begin(2, true);
    bool used[2][JOBS] = {{false}};
    roster_assign(&roster, duties, &plan);
    for (size_t i = 0; i < plan.count; i++)
        used[duties[i]->round][plan.jobs[i]] = true;
    cr_expect(used[0][2] && !used[1][2], "the one that alone opens meets one fault of the first round");
    cr_expect_lt(work_off(NULL), 12, "further rounds are met several at a time");
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
    struct duty *unmet = &roster.duties[7];
    cr_assert_eq(unmet->task.calls[0].point, POINT_OPEN, "the last of those that one job alone meets");
    work_off(unmet);
    roster_tried(&roster, unmet);
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
    roster_assign(&roster, duties, &plan);
    struct duty *met = duties[0];
    uint32_t job = met->job;
    met->first = true;
    roster_assign(&roster, duties, &plan);
    cr_expect_eq(duties[0], met);
    cr_expect_eq(met->job, job, "it is asked of the job that showed it");
    cr_expect_gt(plan.count, 1, "others come behind it");
    met->alone = true;
    roster_assign(&roster, duties, &plan);
    cr_expect_eq(duties[0], met);
    cr_expect_eq(plan.count, 1, "nobody does");
}
