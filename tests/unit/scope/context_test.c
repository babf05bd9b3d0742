/* Contexts: what exit is told, who goes on after it, and what becomes of an exit that fails itself. */
#include "witness.h"

TestSuite(context, .init = watch);

/* A context that logs what it is told: `.` for nothing, `!` for a failure; then does as `answer` says. */
struct doorman {
    int refuse;  /* what enter returns */
    int answer;  /* what exit returns */
    bool throws; /* exit throws -EPIPE instead */
    struct exeunt_failure told;
};

static int doorman_enter(void *self)
{
    struct doorman *doorman = self;
    event("<");
    return doorman->refuse;
}

static int doorman_exit(void *self, const struct exeunt_failure *failure)
{
    struct doorman *doorman = self;
    event(failure ? "!" : ".");
    if (failure)
        doorman->told = *failure;
    if (doorman->throws)
        exeunt_throw(-EPIPE, "the door is stuck");
    return doorman->answer;
}

#define DOORMAN(doorman) (&(const struct exeunt_context){"doorman", doorman_enter, doorman_exit, (doorman)})

static int well(void *arg)
{
    return event(arg);
}

static int returns(void *arg)
{
    (void)arg;
    return -ENOLINK;
}

static int throws_line;

static int throws(void *arg)
{
    throws_line = __LINE__ + 1;
    exeunt_throw(-EIO, "no %s today", (const char *)arg);
}

/* One row: how the block ends, what exit answers, and what must come of it. */
static const struct row {
    const char *why;
    exeunt_block *block;
    struct doorman doorman;
    const char *events;
    int code; /* that exeunt_with returns, or throws */
    bool thrown;
    int reported; /* code of the report; 0: none */
} rows[] = {
    {"a good end", well, {0}, "<b.", 0, false, 0},
    {"enter refuses: no block, no exit", well, {.refuse = -EPERM}, "<", -EPERM, false, 0},
    {"a returned failure is returned on", returns, {0}, "<!", -ENOLINK, false, 0},
    {"a thrown failure is thrown on", throws, {0}, "<!", -EIO, true, 0},
    {"a returned failure is suppressed", returns, {.answer = EXEUNT_SUPPRESS}, "<!", 0, false, 0},
    {"a thrown failure is suppressed", throws, {.answer = EXEUNT_SUPPRESS}, "<!", 0, false, 0},
    {"nothing to suppress", well, {.answer = EXEUNT_SUPPRESS}, "<b.", 0, false, 0},
    {"exit's own failure becomes the block's", well, {.answer = -EDOM}, "<b.", -EDOM, false, 0},
    {"so does one that exit throws", well, {.throws = true}, "<b.", -EPIPE, true, 0},
    {"second to a returned one it is reported", returns, {.answer = -EDOM}, "<!", -ENOLINK, false, -EDOM},
    {"second to a thrown one it is reported", throws, {.answer = -EDOM}, "<!", -EIO, true, -EDOM},
    {"thrown by exit, second: reported", throws, {.throws = true}, "<!", -EIO, true, -EPIPE},
};

enum style { FUNCTION, BLOCK, GENERATOR };

struct run {
    enum style style;
    const struct row *row;
    struct doorman doorman;
    int returned;
};

/* The doorman again, as a generator. */
static int doorman_generator(struct exeunt_yield *yield, void *self)
{
    int code = doorman_enter(self);
    if (code != 0)
        return code;
    const struct exeunt_failure *failure = exeunt_yield(yield);
    return doorman_exit(self, failure);
}

static int run_row(void *arg)
{
    struct run *run = arg;
    if (run->style == GENERATOR)
        run->returned = exeunt_with_generator(doorman_generator, &run->doorman, run->row->block, "b");
    else
        run->returned = exeunt_with(DOORMAN(&run->doorman), run->row->block, "b");
    return 0;
}

static void check_row(const struct row *row, enum style style)
{
    events[0] = '\0';
    reports.count = 0;
    struct run run = {.style = style, .row = row, .doorman = row->doorman};
    struct exeunt_failure failure;
    int thrown = exeunt_try(run_row, &run, &failure);
    cr_expect_eq(thrown, row->thrown ? row->code : 0, "%s: threw %d", row->why, thrown);
    cr_expect_eq(run.returned, row->thrown ? 0 : row->code, "%s: returned %d", row->why, run.returned);
    cr_expect_str_eq(events, row->events, "%s: %s", row->why, events);
    cr_expect_eq(reports.count, row->reported != 0, "%s: %d reports", row->why, reports.count);
    if (row->reported)
        cr_expect_eq(reports.failure.code, row->reported, "%s", row->why);
    if (row->block == throws && row->thrown) {
        cr_expect_str_eq(failure.message, "no b today");
        cr_expect_str_eq(failure.file, __FILE__);
        cr_expect_eq(failure.line, throws_line);
        cr_expect_str_eq(run.doorman.told.message, "no b today");
        cr_expect_eq(run.doorman.told.line, throws_line);
    }
}

Test(context, class_style)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(&rows[i], FUNCTION);
}

Test(context, generator_style)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_row(&rows[i], GENERATOR);
}

Test(context, a_returned_code_is_told_with_the_name_of_the_block)
{
    struct doorman doorman = {0};
    cr_expect_eq(exeunt_with(DOORMAN(&doorman), returns, NULL), -ENOLINK);
    cr_expect_str_eq(doorman.told.message, "returns returned -67 (Link has been severed)");
    cr_expect_str_eq(doorman.told.file, __FILE__);
}

Test(context, the_report_names_the_context_and_its_place)
{
    struct doorman doorman = {.answer = -EDOM};
    cr_expect_eq(exeunt_with(DOORMAN(&doorman), returns, NULL), -ENOLINK);
    cr_expect_eq(reports.count, 1);
    cr_expect_str_eq(reports.place.kind, "context");
    cr_expect_str_eq(reports.place.name, "doorman");
    cr_expect_str_eq(reports.place.file, __FILE__);
}

static int block_row(void *arg)
{
    struct run *run = arg;
    EXEUNT_WITH(DOORMAN(&run->doorman))
    {
        int code = run->row->block("b");
        if (code != 0)
            exeunt_throw(code, "returned");
    }
    event(" after");
    return 0;
}

Test(context, block_form)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        events[0] = '\0';
        reports.count = 0;
        struct run run = {.style = BLOCK, .row = row, .doorman = row->doorman};
        int thrown = exeunt_try(block_row, &run, NULL);
        char expected[32];
        snprintf(expected, sizeof expected, "%s%s", row->events, row->code ? "" : " after");
        cr_expect_eq(thrown, row->code, "%s: threw %d", row->why, thrown);
        cr_expect_str_eq(events, expected, "%s: %s", row->why, events);
        cr_expect_eq(reports.count, row->reported != 0, "%s: %d reports", row->why, reports.count);
    }
}

enum leave { BY_END, BY_BREAK, BY_CONTINUE, BY_RETURN, BY_GOTO };

static void leave_block(struct doorman *doorman, enum leave leave)
{
    EXEUNT_WITH(DOORMAN(doorman))
    {
        EXEUNT_GUARD(logged, inner, "g");
        if (leave == BY_BREAK)
            break;
        if (leave == BY_CONTINUE)
            continue;
        if (leave == BY_RETURN)
            return;
        if (leave == BY_GOTO)
            goto out;
        event((void *)inner);
    }
    event("|");
out:
    event("o");
}

Test(context, block_form_left_by_a_jump)
{
    static const char *const expected[] = {"<gg.|o", "<g.|o", "<g.|o", "<g!", "<g!o"};
    for (enum leave leave = BY_END; leave <= BY_GOTO; leave++) {
        struct doorman doorman = {0};
        events[0] = '\0';
        leave_block(&doorman, leave);
        cr_expect_str_eq(events, expected[leave], "%d: %s", (int)leave, events);
        if (leave >= BY_RETURN)
            cr_expect_eq(doorman.told.code, -ECANCELED);
    }
}

static void *be_cancelled(void *arg)
{
    (void)arg;
    pthread_cancel(pthread_self());
    pthread_testcancel();
    return NULL;
}

static int cancel_block(void *arg)
{
    return be_cancelled(arg) != NULL;
}

static void *with_function(void *doorman)
{
    exeunt_with(DOORMAN(doorman), cancel_block, NULL);
    return NULL;
}

static void *with_block(void *doorman)
{
    EXEUNT_WITH(DOORMAN(doorman))
    {
        be_cancelled(NULL);
    }
    return NULL;
}

static int guarded_generator(struct exeunt_yield *yield, void *arg)
{
    EXEUNT_GUARD(logged, undo, "u");
    exeunt_yield(yield);
    event(arg);
    return 0;
}

static void *with_generator(void *arg)
{
    (void)arg;
    exeunt_with_generator(guarded_generator, "not reached", cancel_block, NULL);
    return NULL;
}

static void *result_of(void *(*start)(void *), void *arg)
{
    pthread_t thread;
    void *result = NULL;
    cr_assert_eq(pthread_create(&thread, NULL, start, arg), 0);
    pthread_join(thread, &result);
    return result;
}

Test(context, cancellation_is_told_and_not_suppressed)
{
    void *(*const styles[])(void *) = {with_function, with_block};
    for (size_t i = 0; i < 2; i++) {
        struct doorman doorman = {.answer = EXEUNT_SUPPRESS};
        events[0] = '\0';
        cr_expect_eq(result_of(styles[i], &doorman), PTHREAD_CANCELED);
        expect_events("<!");
        cr_expect_eq(doorman.told.code, -ECANCELED);
    }
    events[0] = '\0';
    cr_expect_eq(result_of(with_generator, NULL), PTHREAD_CANCELED);
    expect_events("u");
}

Test(context, nests)
{
    struct doorman outer = {.answer = EXEUNT_SUPPRESS}, inner = {0};
    EXEUNT_WITH(DOORMAN(&outer))
    {
        EXEUNT_WITH(DOORMAN(&inner))
        {
            throws("b");
        }
    }
    expect_events("<<!!");
    cr_expect_eq(outer.told.code, -EIO);
}

static int never_yields(struct exeunt_yield *yield, void *arg)
{
    (void)yield, (void)arg;
    return 0;
}

static int yields_twice(struct exeunt_yield *yield, void *arg)
{
    exeunt_yield(yield);
    exeunt_yield(yield);
    return event(arg);
}

static int run_twice(void *arg)
{
    return exeunt_with_generator(yields_twice, "not reached", well, arg);
}

Test(context, a_generator_yields_once)
{
    struct exeunt_failure failure;
    cr_expect_eq(exeunt_with_generator(never_yields, NULL, well, "b"), -EPROTO);
    expect_events("");
    cr_expect_eq(exeunt_try(run_twice, "b", &failure), -EPROTO);
    cr_expect_str_eq(failure.message, "generator 'yields_twice' yielded twice");
    expect_events("b");
}
