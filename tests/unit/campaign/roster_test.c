/* Which operation meets which fault: each fault comes to a job that reaches it, rare ones before others; what
 * did not come is tried behind all that came before its job; and what is met is not tried again. */
#include "campaign/sweep/roster.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "campaign/points.h"
#include "faults.h"

enum { JOBS = 3 };

/* Job j reads j + 1 times in a loop; the last read of jobs 1 and 2 is another one, as their third and fourth.
 * All close: job 0, which stops early, elsewhere than the others. Job 2 alone opens; job 3 leaves something
 * behind by itself. */
enum context { LOOP = 1, LAST, OPENING, CLOSING, CLOSING_EARLY, UNLINKING };
static struct call calls[] = {
    {.who = 1, .in_operation = true, .point = POINT_READ, .k = 1, .context = LOOP},
    {.who = 1, .in_operation = true, .point = POINT_CLOSE, .k = 1, .context = CLOSING_EARLY},
    {.who = 2, .in_operation = true, .point = POINT_READ, .k = 1, .context = LOOP},
    {.who = 2, .in_operation = true, .point = POINT_READ, .k = 2, .context = LOOP},
    {.who = 2, .in_operation = true, .point = POINT_READ, .k = 3, .context = LAST},
    {.who = 2, .in_operation = true, .point = POINT_CLOSE, .k = 1, .context = CLOSING},
    {.who = 3, .in_operation = true, .point = POINT_OPEN, .k = 1, .context = OPENING},
    {.who = 3, .in_operation = true, .point = POINT_READ, .k = 1, .context = LOOP},
    {.who = 3, .in_operation = true, .point = POINT_READ, .k = 2, .context = LOOP},
    {.who = 3, .in_operation = true, .point = POINT_READ, .k = 3, .context = LOOP},
    {.who = 3, .in_operation = true, .point = POINT_READ, .k = 4, .context = LAST},
    {.who = 3, .in_operation = true, .point = POINT_CLOSE, .k = 1, .context = CLOSING},
    {.who = 4, .in_operation = true, .point = POINT_UNLINK, .k = 1, .context = UNLINKING},
    {.who = 4, .in_operation = true, .point = POINT_CLOSE, .k = 1, .context = CLOSING},
    {.who = 0x5eed, .point = POINT_CLOSE, .k = 1, .context = CLOSING}, /* before the operations */
};
static const struct contexts contexts = {.calls = calls, .call_count = sizeof calls / sizeof *calls};
static const bool unfit[REACH_JOBS] = {[3] = true};

static struct exeunt_workload workload;
static struct campaign_options campaign = {.workload = &workload};
static struct setup setup = {.options = &campaign};
static struct reach reach;
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
    cr_assert_eq(reach_make(&contexts, unfit, &reach), 0);
    cr_assert_eq(roster_make(&options, &setup, &reach, &roster), 0);
}

static void end(void)
{
    roster_clear(&roster);
    reach_clear(&reach);
    free((void *)setup.points.names);
}

static size_t count_of(enum context context)
{
    size_t count = 0;
    for (size_t i = 0; i < roster.count; i++)
        count += roster.duties[i].task.calls[0].context == context;
    return count;
}

Test(roster, lists_each_fault_with_each_errno, .fini = end)
{
    begin(1, true);
    cr_expect_eq(count_of(LOOP), 6, "EIO and EINTR, each time");
    cr_expect_eq(count_of(LAST), 2, "as whichever call it comes");
    cr_expect_eq(count_of(OPENING), 8);
    cr_expect_eq(count_of(CLOSING), 4);
    cr_expect_eq(count_of(CLOSING_EARLY), 4, "the first close of all jobs, and yet another one");
    cr_expect_eq(count_of(UNLINKING), 0, "the one job that calls it leaves something behind by itself");
    cr_expect_eq(roster.left, 24);
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
    cr_expect_lt(work_off(NULL), 20, "further rounds are met several at a time");
}

static bool makes(uint32_t job, const struct call *call)
{
    for (size_t i = 0; i < contexts.call_count; i++)
        if (calls[i].who == job + 1 && calls[i].point == call->point && calls[i].k == call->k)
            return calls[i].context == call->context;
    return false;
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
            cr_expect(makes(plan.jobs[i], call), "it is this job's call");
            cr_expect(entry->point == call->point && entry->k == call->k &&
                      entry->error == duties[i]->task.errors[0]);
            roster_done(&roster, duties[i], SWEEP_DETECTED);
        }
    }
    cr_expect_eq(rows, 8 + 2, "job 2 alone opens, and reads a third time in the loop: %zu", rows);
}

Test(roster, the_last_try_comes_behind_all_earlier_jobs, .fini = end)
{
    begin(1, true);
    struct duty *unmet = &roster.duties[8 + 4 + 2 - 1];
    cr_assert(unmet->fits == 1 && unmet[1].fits > 1, "the last of those that one job alone meets");
    work_off(unmet);
    roster_tried(&roster, unmet);
    cr_assert_eq(roster.left, 1);
    roster_assign(&roster, duties, &plan);
    cr_assert_eq(plan.count, 3);
    cr_expect(duties[0] == NULL && duties[1] == NULL && duties[2] == unmet);
    cr_expect(plan.schedule.entries[0].k == 0 && plan.schedule.entries[1].k == 0);
    cr_expect(plan.schedule.entries[2].point == POINT_READ && plan.schedule.entries[2].k == 3);
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
