/* Decides how one function is both halves of a context: it runs as a whole, its yield runs the block and
 * hands the block's failure back instead of passing it on, and its own end is settled as an exit's. */
#include "scope/outcome.h"

struct exeunt_yield {
    const struct exeunt_place *place;
    exeunt_generator *generator;
    void *generator_arg;
    exeunt_block *block;
    void *arg;
    int cancel_state; /* of the block: before and after it cancellation is off */
    bool yielded;
    struct outcome came; /* of the block */
};

const struct exeunt_failure *exeunt_yield(struct exeunt_yield *yield)
{
    if (yield->yielded)
        exeunt_throw(-EPROTO, "generator '%s' yielded twice", yield->place->name);
    yield->yielded = true;
    struct exeunt_place block = {"block", "block", yield->place->file, yield->place->line};
    exeunt_cancel_restore(yield->cancel_state);
    outcome_of_block(&yield->came, &block, yield->block, yield->arg);
    exeunt_cancel_off();
    return outcome_failure(&yield->came);
}

static int run_generator(void *self, const struct exeunt_failure *told)
{
    (void)told;
    struct exeunt_yield *yield = self;
    int code = yield->generator(yield, yield->generator_arg);
    if (!yield->yielded && (code == 0 || code == EXEUNT_SUPPRESS))
        return -EPROTO;
    return code;
}

int exeunt_with_generator_at(const struct exeunt_place *place, exeunt_generator *generator,
                             void *generator_arg, exeunt_block *block, void *arg)
{
    struct exeunt_yield yield = {.place = place,
                                 .generator = generator,
                                 .generator_arg = generator_arg,
                                 .block = block,
                                 .arg = arg,
                                 .cancel_state = exeunt_cancel_off()};
    struct outcome left;
    outcome_of_exit(&left, place, run_generator, &yield, NULL);
    exeunt_cancel_restore(yield.cancel_state);
    return outcome_settle(&yield.came, &left, place);
}
