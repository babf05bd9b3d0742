/* Decides the order of exits pushed at run time: last in, first out, all of them. Each is told the failure
 * that stands when its turn comes. Every entry is its own allocation: what it holds stays where it is. */
#include "scope/outcome.h"
#include "scope/report.h"
#include "scope/throw.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

struct exeunt_stack_entry {
    struct exeunt_stack_entry *below;
    struct exeunt_place place;
    outcome_exit *exit;      /* of a context, or */
    int (*callback)(void *); /* of a callback or of a guard's value */
    void *self;              /* what either is called with */

    alignas(max_align_t) unsigned char value[]; /* of a guard */
};

static struct exeunt_stack_entry *entry_make(const struct exeunt_place *place, size_t value_size)
{
    struct exeunt_stack_entry *entry = calloc(1, sizeof *entry + value_size);
    if (entry)
        entry->place = *place;
    return entry;
}

static void push(struct exeunt_stack *stack, struct exeunt_stack_entry *entry)
{
    entry->below = stack->top;
    stack->top = entry;
}

static struct exeunt_stack_entry *pop(struct exeunt_stack *stack)
{
    struct exeunt_stack_entry *entry = stack->top;
    stack->top = entry->below;
    return entry;
}

int exeunt_stack_push_at(const struct exeunt_place *place, struct exeunt_stack *stack,
                         int (*callback)(void *), void *arg)
{
    struct exeunt_stack_entry *entry = entry_make(place, 0);
    if (!entry)
        return -ENOMEM;
    entry->callback = callback;
    entry->self = arg;
    push(stack, entry);
    return 0;
}

int exeunt_stack_hold_at(const struct exeunt_place *place, struct exeunt_stack *stack, int (*release)(void *),
                         const void *value, size_t size)
{
    struct exeunt_stack_entry *entry = entry_make(place, size);
    if (!entry)
        return -ENOMEM;
    memcpy(entry->value, value, size);
    entry->callback = release;
    entry->self = entry->value;
    push(stack, entry);
    return 0;
}

int exeunt_stack_enter_at(const struct exeunt_place *place, struct exeunt_stack *stack,
                          const struct exeunt_context *context)
{
    EXEUNT_GUARD(memory, room, entry_make(place, 0));
    struct exeunt_stack_entry *entry = room;
    if (!entry)
        return -ENOMEM;
    entry->place.name = context->name;
    entry->exit = context->exit;
    entry->self = context->self;
    int cancel_state = exeunt_cancel_off();
    int code = context->enter ? context->enter(context->self) : 0;
    if (code == 0)
        push(stack, EXEUNT_TAKE(memory, room));
    exeunt_cancel_restore(cancel_state);
    return code;
}

struct exeunt_stack exeunt_stack_move(struct exeunt_stack *from)
{
    return EXEUNT_TAKE(stack, *from);
}

static int run_callback(void *self, const struct exeunt_failure *told)
{
    struct exeunt_stack_entry *entry = self;
    (void)told;
    return entry->callback(entry->self);
}

static void run_entry(struct exeunt_stack_entry *entry, const struct exeunt_failure *told,
                      struct outcome *outcome)
{
    if (entry->exit)
        outcome_of_exit(outcome, &entry->place, entry->exit, entry->self, told);
    else
        outcome_of_exit(outcome, &entry->place, run_callback, entry, told);
}

/* Runs all exits. Returns the failure that stands after them: `failure`, that of `own`, or NULL. If it is
 * `own`, that tells whether `failure` had ended before. */
static const struct exeunt_failure *run_all(struct exeunt_stack *stack, const struct exeunt_failure *failure,
                                            bool may_suppress, struct outcome *own)
{
    const struct exeunt_failure *told = failure;
    while (stack->top) {
        EXEUNT_GUARD(memory, room, pop(stack));
        struct exeunt_stack_entry *entry = room;
        struct outcome left;
        run_entry(entry, told, &left);
        bool ends = may_suppress && (left.way == OUTCOME_SUPPRESSED || left.replaces);
        if (ends)
            told = NULL;
        if (outcome_failure(&left) && told) {
            report_failure(&entry->place, &left.failure);
        } else if (outcome_failure(&left)) {
            *own = left;
            own->replaces = failure != NULL;
            told = &own->failure;
        }
    }
    return told;
}

int exeunt_stack_close(struct exeunt_stack *stack, const struct exeunt_failure *failure)
{
    struct outcome own;
    const struct exeunt_failure *stands = run_all(stack, failure, true, &own);
    if (!stands)
        return failure ? EXEUNT_SUPPRESS : 0;
    if (stands == failure)
        return 0;
    if (own.way == OUTCOME_THROWN)
        exeunt_rethrow(&own.failure);
    return own.failure.code;
}

int exeunt_stack_release(struct exeunt_stack stack)
{
    struct exeunt_failure why = throw_why(&(const struct exeunt_place){"stack", "", "", 0});
    struct outcome own;
    run_all(&stack, &why, false, &own);
    return 0;
}

void outcome_of_stack(struct outcome *outcome, struct exeunt_stack *stack, const struct exeunt_failure *told)
{
    struct outcome own;
    const struct exeunt_failure *stands = run_all(stack, told, true, &own);
    if (stands && stands != told)
        *outcome = own;
    else
        *outcome = (struct outcome){.way = told && !stands ? OUTCOME_SUPPRESSED : OUTCOME_WELL};
}

int stack_exit(void *self, const struct exeunt_failure *failure)
{
    return exeunt_stack_close(self, failure);
}

struct exeunt_context exeunt_stack_context(struct exeunt_stack *stack)
{
    return (struct exeunt_context){"stack", NULL, stack_exit, stack};
}
