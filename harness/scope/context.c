/* Decides what an exit is told. A block that ends, or fails, says so; a block that is merely gone was
 * cancelled, or left by return or goto, which C cannot tell apart: its exit is told to undo. */
#include "scope/outcome.h"
#include "scope/throw.h"

#include "scope/report.h"

#include <string.h>

static struct exeunt_place place_of(const struct exeunt_context *context, const char *file, int line)
{
    return (struct exeunt_place){"context", context->name, file, line};
}

/* The exit of a block that did not get to say how it ended. Nobody is left to hear of a suppression. */
static void leave_early(const struct exeunt_context *context, const struct exeunt_place *place)
{
    struct exeunt_failure why = throw_why(place);
    struct outcome left;
    outcome_of_exit(&left, place, context->exit, context->self, &why);
    if (outcome_failure(&left))
        report_failure(place, &left.failure);
}

/* A context that was entered, as a guard: what is left of it on the paths that nobody announces. */
struct entered {
    const struct exeunt_context *context; /* NULL: not entered */
    struct exeunt_place place;
    int code; /* of enter */
};

static int entered_release(struct entered entered)
{
    if (entered.context)
        leave_early(entered.context, &entered.place);
    return 0;
}

EXEUNT_DEFINE_GUARD(entered, struct entered, (struct entered){0}, entered_release);

static struct entered enter(const struct exeunt_context *context, const struct exeunt_place *place)
{
    struct entered entered = {.place = place_of(context, place->file, place->line)};
    entered.code = context->enter ? context->enter(context->self) : 0;
    if (entered.code == 0)
        entered.context = context;
    return entered;
}

int exeunt_with_at(const struct exeunt_place *place, const struct exeunt_context *context,
                   exeunt_block *block, void *arg)
{
    EXEUNT_GUARD(entered, within, enter(context, place));
    if (within.code != 0)
        return within.code;
    struct outcome came, left;
    outcome_of_block(&came, place, block, arg);
    struct entered done = EXEUNT_TAKE(entered, within);
    outcome_of_exit(&left, &done.place, context->exit, context->self, outcome_failure(&came));
    return outcome_settle(&came, &left, &done.place);
}

bool exeunt_with_enter(struct exeunt_with *with)
{
    if (with->state != EXEUNT_WITH_NEW)
        return false;
    int cancel_state = exeunt_cancel_off();
    int code = with->context->enter ? with->context->enter(with->context->self) : 0;
    with->state = code == 0 ? EXEUNT_WITH_ENTERED : EXEUNT_WITH_LEFT;
    exeunt_cancel_restore(cancel_state);
    if (code != 0) {
        char text[128];
        exeunt_throw_at(with->file, with->line, code, "context '%s' could not be entered: %s",
                        with->context->name, strerror_r(code < 0 ? -code : code, text, sizeof text));
    }
    exeunt_landing_open(&with->landing);
    return true;
}

/* The exit of a block that ended as `came` says; returns or throws what stands. */
static int leave(struct exeunt_with *with, const struct outcome *came)
{
    struct exeunt_place place = place_of(with->context, with->file, with->line);
    struct outcome left;
    with->state = EXEUNT_WITH_LEFT;
    outcome_of_exit(&left, &place, with->context->exit, with->context->self, outcome_failure(came));
    if (!outcome_failure(came) && left.way == OUTCOME_RETURNED)
        left.way = OUTCOME_THROWN; /* a block has no one to return it to */
    return outcome_settle(came, &left, &place);
}

void exeunt_with_end(struct exeunt_with *with)
{
    if (with->state != EXEUNT_WITH_ENTERED)
        return;
    exeunt_landing_leave(&with->landing);
    leave(with, &(const struct outcome){.way = OUTCOME_WELL});
}

void exeunt_with_failed(struct exeunt_with *with)
{
    leave(with, &(const struct outcome){.way = OUTCOME_THROWN, .failure = with->landing.failure});
}

void exeunt_with_leave(struct exeunt_with *with)
{
    if (with->state != EXEUNT_WITH_ENTERED)
        return;
    exeunt_landing_leave(&with->landing); /* does not come back if the failure was thrown to here */
    with->state = EXEUNT_WITH_LEFT;
    struct exeunt_place place = place_of(with->context, with->file, with->line);
    leave_early(with->context, &place);
}
