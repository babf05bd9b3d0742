/* libfiu beside the plan: points of a program's own, and what a program enables itself. */
#include <criterion/criterion.h>

#include "base/hash.h"
#include "under_preload.h"

Test(fiu, serves_the_plan_and_the_program)
{
    static const struct {
        const char *mode, *plan;
        unsigned faults;
        const char *reason;
    } rows[] = {
        {"own-point", "app/point:ENOMEM@1", 1, "a point of the program's own fails as planned"},
        {"own-point-realistic", "app/point@1", 1, "without a profile it fails with EIO"},
        {"own-point-numbered", "app/point:fiu=7/9000@1;app/point:fiu=-1/0@2", 2, "failnum and failinfo"},
        {"call-numbered", "posix/io/oc/open:fiu=3/24;posix/io/oc/dup:fiu=3/0", 2,
         "failinfo is the errno, 0 any that is realistic"},
        {"nothing-enabled", "none", 0, "nothing enabled, nothing fails"},
        {"nothing-enabled", "app/point:short;posix/io/oc/open:short", 0,
         "what moves no bytes is not cut short"},
        {"enabled-point", "none", 0, "a point that the plan does not know is libfiu's alone"},
        {"enabled-point", "app/point", 0, "beside a plan as well"},
        {"enabled-planned-point", "none", 1, "one that it knows gives the program's failnum"},
        {"enabled-once", "none", 1, "FIU_ONETIME"},
        {"enabled-at-random", "none", 1, "fiu_enable_random, of a known and an unknown point"},
        {"enabled-by-wildcard", "none", 2, "wrapped calls by wildcard"},
        {"enabled-call", "none", 1, "a wrapped call takes its errno from failinfo"},
        {"enabled-call-outside", "none", 1, "also outside operations, where the plan rests"},
        {"failinfo-address", "none", 1, "failinfo is a pointer, not a number"},
        {"failinfo-after-plan", "app/point:ENOMEM;posix/io/oc/open:EACCES", 2,
         "it is that of the last failure"},
        {"forked-child", "app/point", 0, "a forked child has libfiu, but no plan"},
        {"vforked-child", "none", 0, "a vforked child has neither"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct under_preload run = under_preload_run(FIU_TARGET, rows[i].mode, NULL, rows[i].plan);
        cr_expect_eq(run.status, 0, "%s: status %d: %s", rows[i].mode, run.status, rows[i].reason);
        cr_expect_eq(under_preload_count(&run, LEDGER_FAULT), rows[i].faults, "%s: faults: %s", rows[i].mode,
                     rows[i].reason);
        under_preload_end(&run);
    }
}

/* A point with one random rule is decided by a shorter way: it must come to the same. */
Test(fiu, decides_as_the_plan_does_by_either_way)
{
    static const char *const plans[] = {"app/point:EIO@p=0.05", "app/point:EIO@p=0.05;app/point:EIO@5000"};
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        struct under_preload run = under_preload_run(FIU_TARGET, "own-point-often", NULL, plans[i]);
        const struct ledger *ledger = run.ledger.ledger;
        unsigned point = ledger->point_count - 1;
        struct plan_fault fault;
        struct ledger_event event;
        uint64_t lost = 0, faults = 0;
        for (uint64_t k = 1; k <= 2000; k++) {
            if (!plan_due(&ledger->plan, point, hash_text("app/point"), 2, k, 0, &fault))
                continue;
            faults++;
            cr_assert(ledger_next_event(&run.ledger, &event, &lost), "%s", plans[i]);
            cr_expect_eq(event.k, k, "%s", plans[i]);
        }
        cr_expect_not(ledger_next_event(&run.ledger, &event, &lost), "%s: one too many", plans[i]);
        cr_expect_gt(faults, 50);
        under_preload_end(&run);
    }
}
