/* How a block or an exit ended, and which way its failure came: returned or thrown. Failures keep their
 * way: what was returned is returned on, what was thrown is thrown on. */
#pragma once

#include "exeunt/scope.h"

struct outcome {
    enum { OUTCOME_WELL, OUTCOME_SUPPRESSED, OUTCOME_RETURNED, OUTCOME_THROWN } way;
    bool replaces;                 /* the failure that it was told ends there, and this one stands for it */
    struct exeunt_failure failure; /* if returned or thrown */
};

typedef int outcome_exit(void *self, const struct exeunt_failure *told);

/* The failure, or NULL if there is none. */
const struct exeunt_failure *outcome_failure(const struct outcome *outcome);

/* Runs block(arg). `place` names it for the message of a code that it returns. */
void outcome_of_block(struct outcome *outcome, const struct exeunt_place *place, exeunt_block *block,
                      void *arg);

/* Runs leave(self, told), with cancellation off. Keeps errno. */
void outcome_of_exit(struct outcome *outcome, const struct exeunt_place *place, outcome_exit *leave,
                     void *self, const struct exeunt_failure *told);

/* The exit of a stack as a context: of many exits one may end the failure, and another fail anew. */
int stack_exit(void *stack, const struct exeunt_failure *told);
void outcome_of_stack(struct outcome *outcome, struct exeunt_stack *stack, const struct exeunt_failure *told);

/* Decides between the failures of a block and of its exit: returns the code that stands, throws the failure
 * that stands, or returns 0. A failing exit that comes second is reported as `place`. */
int outcome_settle(const struct outcome *block, const struct outcome *exit, const struct exeunt_place *place);
