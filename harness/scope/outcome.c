/* Decides which failure stands when a block and its exit may both fail: the first one, and the second is
 * reported; none, if the exit suppresses. */
#include "scope/outcome.h"

#include "scope/report.h"

/* A call whose return is noted, to tell a returned code from a thrown one. */
struct call {
    exeunt_block *block; /* this one, or */
    outcome_exit *leave; /* this one, with `told` */
    const struct exeunt_failure *told;
    void *self;
    bool returned;
};

static int make_call(void *arg)
{
    struct call *call = arg;
    int code = call->block ? call->block(call->self) : call->leave(call->self, call->told);
    call->returned = true;
    return code;
}

static void outcome_of_call(struct outcome *outcome, const struct exeunt_place *place, struct call *call)
{
    outcome->replaces = false;
    int code = exeunt_try_at(place, make_call, call, &outcome->failure);
    if (code == 0)
        outcome->way = OUTCOME_WELL;
    else
        outcome->way = call->returned ? OUTCOME_RETURNED : OUTCOME_THROWN;
}

const struct exeunt_failure *outcome_failure(const struct outcome *outcome)
{
    return outcome->way == OUTCOME_RETURNED || outcome->way == OUTCOME_THROWN ? &outcome->failure : NULL;
}

void outcome_of_block(struct outcome *outcome, const struct exeunt_place *place, exeunt_block *block,
                      void *arg)
{
    struct call call = {.block = block, .self = arg};
    outcome_of_call(outcome, place, &call);
}

void outcome_of_exit(struct outcome *outcome, const struct exeunt_place *place, outcome_exit *leave,
                     void *self, const struct exeunt_failure *told)
{
    int errno_kept = errno;
    int cancel_state = exeunt_cancel_off();
    struct call call = {.leave = leave, .told = told, .self = self};
    if (leave == stack_exit)
        outcome_of_stack(outcome, self, told);
    else
        outcome_of_call(outcome, place, &call);
    if (outcome->way == OUTCOME_RETURNED && outcome->failure.code == EXEUNT_SUPPRESS)
        outcome->way = OUTCOME_SUPPRESSED;
    exeunt_cancel_restore(cancel_state);
    errno = errno_kept;
}

int outcome_settle(const struct outcome *block, const struct outcome *exit, const struct exeunt_place *place)
{
    if (exit->way == OUTCOME_SUPPRESSED)
        return 0;
    const struct outcome *stands = block;
    if (!outcome_failure(block) || exit->replaces)
        stands = exit;
    else if (outcome_failure(exit))
        report_failure(place, &exit->failure);
    if (stands->way == OUTCOME_THROWN)
        exeunt_rethrow(&stands->failure);
    return stands->way == OUTCOME_RETURNED ? stands->failure.code : 0;
}
