/* A schedule: each operation meets its own entry, once, and nobody else does. */
#include "plan/schedule.h"

#include <criterion/criterion.h>
#include <errno.h>

static struct plan_schedule schedule;

static void begin(void)
{
    schedule = (struct plan_schedule){.count = 0};
    cr_assert_eq(plan_schedule_add(&schedule, &(struct plan_entry){.point = 3, .error = EIO, .k = 2}), 0);
    cr_assert_eq(plan_schedule_add(&schedule, &(struct plan_entry){.k = 0}), 0);
    cr_assert_eq(plan_schedule_add(&schedule, &(struct plan_entry){.point = 70, .error = ENOSPC, .k = 1}), 0);
}

struct row {
    uint64_t operation; /* its number */
    unsigned point;
    uint64_t k;
    int error; /* 0: not due */
    const char *reason;
};

Test(schedule, each_operation_meets_its_entry, .init = begin)
{
    static const struct row rows[] = {
        {0, 3, 2, EIO, "the first"},         {2, 70, 1, ENOSPC, "the last, of a point beyond the first word"},
        {0, 3, 1, 0, "an earlier call"},     {0, 3, 3, 0, "a later call"},
        {0, 70, 2, 0, "another point"},      {1, 3, 2, 0, "nothing is planned for it"},
        {2, 3, 2, 0, "another operation's"}, {3, 70, 1, 0, "behind the last"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct plan_fault fault = {.error = 0};
        bool due = plan_scheduled(&schedule, rows[i].point, rows[i].operation + 1, rows[i].k, &fault);
        cr_expect_eq(due, rows[i].error != 0, "%s", rows[i].reason);
        cr_expect_eq(fault.error, rows[i].error, "%s", rows[i].reason);
    }
    struct plan_fault fault;
    cr_expect_not(plan_scheduled(&schedule, 3, 0, 2, &fault), "outside of any operation");
}

Test(schedule, tells_its_points, .init = begin)
{
    cr_expect(plan_schedules(&schedule, 3));
    cr_expect(plan_schedules(&schedule, 70));
    cr_expect_not(plan_schedules(&schedule, 0), "an entry without a fault is about no point");
}

Test(schedule, is_full_at_its_end, .init = begin)
{
    struct plan_entry entry = {.point = 1, .error = EIO, .k = 1};
    while (schedule.count < PLAN_SCHEDULE_MAX)
        cr_assert_eq(plan_schedule_add(&schedule, &entry), 0);
    cr_expect_eq(plan_schedule_add(&schedule, &entry), -E2BIG);
}
