/* Rules about one coordinate: read from what a finding prints, or built; and whom they mean. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "base/hash.h"
#include "plan/plan.h"

enum { OPEN, READ, OWN };
static const char *const names[] = {"posix/io/oc/open", "posix/io/rw/read", "upload/metadata"};
static const struct plan_points points = {.count = sizeof names / sizeof *names, .names = names};

static struct plan planned(const char *text)
{
    struct plan plan;
    struct error error = {.text = ""};
    cr_assert_eq(plan_parse(text, &points, 1, &plan, &error), 0, "%s: %s", text, error.text);
    return plan;
}

/* As the preload has it: the paths' hashes are made thread by thread. */
static uint64_t thread(unsigned first, unsigned second)
{
    uint64_t hash = hash_text("0");
    hash = first != 0 ? hash_add(hash, first) : hash;
    return second != 0 ? hash_add(hash, second) : hash;
}

static bool due(const struct plan *plan, unsigned point, uint64_t who, uint64_t k, uint64_t struck)
{
    struct plan_fault fault;
    return plan_due(plan, point, hash_text(names[point]), who, k, struck, &fault);
}

Test(coordinate, means_one_call)
{
    const uint64_t operation_0 = 1, operation_17 = 18;
    const struct {
        const char *text;
        unsigned point;
        uint64_t who, k;
        bool due;
        const char *reason;
    } rows[] = {
        {"17:upload/metadata#1", OWN, operation_17, 1, true, "of the operation"},
        {"17:upload/metadata#1", OWN, operation_17, 2, false, "its next call"},
        {"17:upload/metadata#1", OWN, 17, 1, false, "another operation"},
        {"17:upload/metadata#1", READ, operation_17, 1, false, "another point"},
        {"0.1:posix/io/rw/read#3", READ, thread(1, 0), 3, true, "of a thread"},
        {"0.1:posix/io/rw/read#3", READ, thread(1, 0), 4, false, "its next call"},
        {"0.1:posix/io/rw/read#3", READ, thread(2, 0), 3, false, "another thread"},
        {"0.1:posix/io/rw/read#3", READ, thread(0, 0), 3, false, "the thread that started it"},
        {"0.1.12:posix/io/rw/read#3", READ, thread(1, 12), 3, true, "of a thread's thread"},
        {"0:posix/io/rw/read#1", READ, thread(0, 0), 1, true, "0 is the main thread"},
        {"0:posix/io/rw/read#1", READ, operation_0, 1, true, "and the first operation"},
        {"0:posix/io/rw/read#1", READ, operation_17, 1, false, "and no other"},
        {"0:posix/io/rw/read#2+", READ, thread(0, 0), 3, false, "K+ is K as long as that one was not met"},
        {" 0.1 : posix/io/rw/read # 3 : EIO ", READ, thread(1, 0), 3, true, "blanks around the words"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct plan plan = planned(rows[i].text);
        cr_expect_eq(due(&plan, rows[i].point, rows[i].who, rows[i].k, 0), rows[i].due, "%s: %s",
                     rows[i].text, rows[i].reason);
    }
}

Test(coordinate, persists_once_it_has_struck)
{
    struct plan plan = planned("posix/io/oc/open@p=0;0:posix/io/rw/read#2+:ENOSPC;0:posix/io/oc/open#1");
    cr_expect(plan.rules[1].persists && !plan.rules[2].persists && !plan.rules[0].persists);
    cr_expect_not(due(&plan, READ, thread(1, 0), 1, 0), "not yet");
    cr_expect(due(&plan, READ, thread(1, 0), 1, 2), "whoever calls, whichever call");
    cr_expect(due(&plan, READ, thread(0, 0), 1, 2));
    cr_expect_not(due(&plan, OPEN, thread(1, 0), 1, 2), "of its point");
    struct plan_fault fault;
    cr_assert(plan_due(&plan, READ, hash_text(names[READ]), thread(0, 0), 2, 0, &fault));
    cr_expect_eq(fault.rule, 1, "the preload is told which rule struck");
    cr_expect_eq(fault.error, ENOSPC);
}

/* A sweep builds what a person writes. */
Test(coordinate, is_built_as_it_is_read)
{
    static const struct {
        const char *text;
        unsigned point;
        struct plan_who who;
        const char *path;
        uint64_t k;
        int error;
        bool persistent;
    } rows[] = {
        {"17:upload/metadata#1:EIO", OWN, {.operation = 18}, NULL, 1, EIO, false},
        {"0.1:posix/io/rw/read#3", READ, {0}, "0.1", 3, 0, false},
        {"0.1.2:posix/io/oc/open#4+:EMFILE", OPEN, {0}, "0.1.2", 4, EMFILE, true},
        {"0.f1:posix/io/oc/open#4", OPEN, {0}, "0.f1", 4, 0, false},
        {"0.1.f2.3:posix/io/oc/open#4", OPEN, {0}, "0.1.f2.3", 4, 0, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct plan plan = {.seed = 1}, read = planned(rows[i].text);
        struct plan_who who = rows[i].path != NULL ? plan_who_of_path(rows[i].path) : rows[i].who;
        cr_assert_eq(plan_fail_at(&plan, rows[i].point, who, rows[i].k, rows[i].error, rows[i].persistent),
                     0);
        read.rules[0].seed = plan.rules[0].seed; /* nothing is drawn */
        cr_expect_arr_eq(&plan.rules[0], &read.rules[0], sizeof plan.rules[0], "%s", rows[i].text);
        cr_expect_eq(plan.rule_count, 1);
    }
}

Test(coordinate, takes_the_first_errno_if_none_is_named)
{
    struct plan plan = planned("0:posix/io/rw/read#2");
    struct plan_fault fault;
    cr_assert(plan_due(&plan, READ, hash_text(names[READ]), thread(0, 0), 2, 0, &fault));
    cr_expect_eq(fault.error, 0);
    cr_expect_eq(fault.choice, 0, "by which the profile chooses");
}

Test(coordinate, has_room_for_as_many_as_a_plan)
{
    struct plan plan = {0};
    for (unsigned i = 0; i < PLAN_RULES_MAX; i++)
        cr_assert_eq(plan_fail_at(&plan, OPEN, plan_who_of_path("0"), 1 + i, 0, false), 0);
    cr_expect_eq(plan_fail_at(&plan, OPEN, plan_who_of_path("0"), 1, 0, false), -E2BIG);
}

Test(coordinate, of_a_thread_that_nobody_knows_means_nobody)
{
    struct plan plan = {0};
    cr_assert_eq(plan_fail_at(&plan, OPEN, plan_who_of_path("?"), 1, 0, false), 0);
    cr_expect_not(due(&plan, OPEN, thread(0, 0), 1, 0));
    cr_expect_not(due(&plan, OPEN, 0, 1, 0));
}
