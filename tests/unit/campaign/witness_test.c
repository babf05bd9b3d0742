/* The digest of two runs: equal if the operations that both completed met the same first faults. */
#include "campaign/witness.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>

#include "ledger/reader.h"

/* An operation as a row describes it. */
struct row {
    enum ledger_operation_state state;
    uint64_t first_fault;
    int32_t status;
};

static void take(const struct row *rows, size_t count, struct witness *out)
{
    struct plan plan = {0};
    struct plan_points points = {0};
    struct ledger_view ledger;
    struct error error;
    cr_assert_eq(ledger_create(16, &plan, &points, &ledger, &error), 0);
    for (size_t i = 0; i < count; i++) {
        ledger.ledger->operations[i].state = rows[i].state;
        ledger.ledger->operations[i].first_fault = rows[i].first_fault;
        ledger.ledger->operations[i].status = rows[i].status;
    }
    cr_assert_eq(witness_take(&ledger, out), 0);
    ledger_close(&ledger);
}

static bool same(const struct row *left, size_t left_count, const struct row *right, size_t right_count,
                 bool *any)
{
    struct witness witnesses[2];
    take(left, left_count, &witnesses[0]);
    take(right, right_count, &witnesses[1]);
    struct result result = {.variant_count = 2};
    witness_digest(witnesses, &result);
    witness_clear(&witnesses[0]);
    witness_clear(&witnesses[1]);
    *any = result.variants[0].faults.has_digest;
    return result.variants[0].faults.digest == result.variants[1].faults.digest;
}

Test(witness, digest_compares_what_both_completed)
{
    const struct row base[] = {{LEDGER_OPERATION_ENDED, 11, -EIO}, {LEDGER_OPERATION_ENDED, 0, 0}};
    static const struct {
        struct row rows[3];
        size_t count;
        bool same, any;
        const char *reason;
    } rows[] = {
        {{{LEDGER_OPERATION_ENDED, 11, -EIO}, {LEDGER_OPERATION_ENDED, 0, 0}}, 2, true, true, "the same"},
        {{{LEDGER_OPERATION_ENDED, 12, -EIO}, {LEDGER_OPERATION_ENDED, 0, 0}},
         2,
         false,
         true,
         "another first fault"},
        {{{LEDGER_OPERATION_ENDED, 11, 0}, {LEDGER_OPERATION_ENDED, 0, 0}},
         2,
         true,
         true,
         "status does not matter"},
        {{{LEDGER_OPERATION_ENDED, 11, -EIO}}, 1, true, true, "one got less far"},
        {{{LEDGER_OPERATION_BEGUN, 99, 0}, {LEDGER_OPERATION_ENDED, 0, 0}},
         2,
         true,
         true,
         "one did not complete it"},
        {{{LEDGER_OPERATION_REFUSED, 0, -EMFILE}, {LEDGER_OPERATION_ENDED, 0, 0}},
         2,
         true,
         true,
         "the kernel refused it in one"},
        {{{LEDGER_OPERATION_ENDED, 11, -EIO}, {LEDGER_OPERATION_ENDED, 5, -EBADMSG}},
         2,
         false,
         true,
         "a fault in one and none in the other"},
        {{{LEDGER_OPERATION_ENDED, 11, -EIO}, {LEDGER_OPERATION_ENDED, 0, -EBADMSG}},
         2,
         true,
         true,
         "failed by itself in one: the other cleans up, and may meet faults there"},
        {{{LEDGER_OPERATION_UNSEEN, 0, 0}}, 1, true, false, "nothing in common"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool any;
        cr_expect_eq(same(base, 2, rows[i].rows, rows[i].count, &any), rows[i].same, "%s", rows[i].reason);
        cr_expect_eq(any, rows[i].any, "%s", rows[i].reason);
    }
}
