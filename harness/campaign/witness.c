/* The digest: the same faults give the same one, however many threads did the operations. Two kinds of
 * operations are left out, since there a variant that cleans up meets faults that another never comes to:
 * those that the kernel itself refused something, and those that failed by themselves. */
#include "campaign/witness.h"

#include <errno.h>
#include <stdlib.h>

#include "base/hash.h"

#define NOT_COMPLETED UINT64_MAX

static size_t operations_seen(const struct ledger *ledger)
{
    size_t count = LEDGER_OPERATIONS_MAX;
    while (count > 0 && ledger->operations[count - 1].state == LEDGER_OPERATION_UNSEEN)
        count--;
    return count;
}

int witness_take(const struct ledger_view *view, struct witness *out)
{
    const struct ledger *ledger = view->ledger;
    size_t count = operations_seen(ledger);
    uint64_t *first_faults = malloc((count > 0 ? count : 1) * sizeof *first_faults);
    if (first_faults == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct ledger_operation *operation = &ledger->operations[i];
        bool by_itself = operation->first_fault == 0 && operation->status != 0;
        bool counts = operation->state == LEDGER_OPERATION_ENDED && !by_itself;
        first_faults[i] = counts ? operation->first_fault : NOT_COMPLETED;
    }
    *out = (struct witness){first_faults, count};
    return 0;
}

void witness_clear(struct witness *witness)
{
    free(witness->first_faults);
    *witness = (struct witness){0};
}

static bool completed_by_all(const struct witness *witnesses, size_t count, size_t operation)
{
    for (size_t i = 0; i < count; i++)
        if (operation >= witnesses[i].count || witnesses[i].first_faults[operation] == NOT_COMPLETED)
            return false;
    return true;
}

void witness_digest(const struct witness *witnesses, struct result *result)
{
    size_t variants = result->variant_count;
    for (size_t i = 0; i < variants; i++) {
        result->variants[i].faults.has_digest = false;
        result->variants[i].faults.digest = 0;
    }
    for (size_t operation = 0; variants > 0 && operation < witnesses[0].count; operation++) {
        if (!completed_by_all(witnesses, variants, operation))
            continue;
        for (size_t i = 0; i < variants; i++) {
            struct variant_result *variant = &result->variants[i];
            variant->faults.has_digest = true;
            variant->faults.digest =
                hash_add(variant->faults.digest, hash_add(operation, witnesses[i].first_faults[operation]));
        }
    }
}
