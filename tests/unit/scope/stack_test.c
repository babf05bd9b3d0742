/* Exit stack: last in, first out, all of them; what each is told; how it is moved, closed and abandoned. */
#include "witness.h"

#include <fcntl.h>
#include <unistd.h>

TestSuite(stack, .init = watch);

static const struct exeunt_failure lost = {-EIO, "lost", "upload.c", 31};

static int fail(void *name)
{
    event(name);
    return -EDOM;
}

static int blow(void *name)
{
    event(name);
    exeunt_throw(-EPIPE, "blown");
}

static struct exeunt_failure told;

static int tell(void *answer, const struct exeunt_failure *failure)
{
    told = failure ? *failure : (struct exeunt_failure){0};
    event(failure ? "!" : ".");
    return *(const int *)answer;
}

static const int go_on = 0, suppress = EXEUNT_SUPPRESS;

#define TELL(answer) (&(const struct exeunt_context){"tell", NULL, tell, (void *)(answer)})

Test(stack, runs_last_in_first_out)
{
    struct exeunt_stack exits = exeunt_stack_make();
    cr_expect_eq(exeunt_stack_push(&exits, event, "1"), 0);
    cr_expect_eq(exeunt_stack_enter(&exits, TELL(&go_on)), 0);
    cr_expect_eq(exeunt_stack_push(&exits, event, "3"), 0);
    errno = ENOTTY;
    cr_expect_eq(exeunt_stack_close(&exits, NULL), 0);
    cr_expect_eq(errno, ENOTTY);
    expect_events("3.1");
    cr_expect_eq(exeunt_stack_close(&exits, NULL), 0);
    expect_events("3.1");
}

static int exit_fails(void *self, const struct exeunt_failure *failure)
{
    (void)self, (void)failure;
    return -EDOM;
}

Test(stack, runs_all_even_if_some_fail)
{
    struct exeunt_stack exits = exeunt_stack_make();
    exeunt_stack_enter(&exits, TELL(&go_on));
    exeunt_stack_push(&exits, blow, "2");
    exeunt_stack_push(&exits, fail, "3");
    exeunt_stack_enter(&exits, TELL(&go_on));
    cr_expect_eq(exeunt_stack_close(&exits, NULL), -EDOM, "the first failure is the block's");
    expect_events(".32!");
    cr_expect_eq(told.code, -EDOM);
    cr_expect_eq(reports.count, 1, "the second is reported");
    cr_expect_eq(reports.failure.code, -EPIPE);
    cr_expect_str_eq(reports.place.kind, "callback");
    cr_expect_str_eq(reports.place.name, "blow");
}

Test(stack, the_original_goes_on)
{
    struct exeunt_stack exits = exeunt_stack_make();
    exeunt_stack_enter(&exits, TELL(&go_on));
    exeunt_stack_push(&exits, fail, "2");
    cr_expect_eq(exeunt_stack_close(&exits, &lost), 0);
    expect_events("2!");
    cr_expect_str_eq(told.message, "lost");
    cr_expect_eq(reports.count, 1);
    cr_expect_eq(reports.failure.code, -EDOM);
}

Test(stack, an_exit_may_suppress)
{
    struct exeunt_stack exits = exeunt_stack_make();
    exeunt_stack_enter(&exits, TELL(&go_on));
    exeunt_stack_enter(&exits, TELL(&suppress));
    cr_expect_eq(exeunt_stack_close(&exits, &lost), EXEUNT_SUPPRESS);
    expect_events("!.");
}

static int fails_with_loss(void *unused)
{
    (void)unused;
    return -ENOENT;
}

static int within_inner(void *inner)
{
    return exeunt_with(inner, fails_with_loss, NULL);
}

/* The inner context ends the failure, the outer one fails: a stack of both says what the two say nested. */
Test(stack, a_failure_after_a_suppressed_one_stands_alone)
{
    struct exeunt_context outer = {"outer", NULL, exit_fails, NULL}, inner = *TELL(&suppress);
    cr_expect_eq(exeunt_with(&outer, within_inner, &inner), -EDOM, "nested");
    struct exeunt_stack exits = exeunt_stack_make(), holder = exeunt_stack_make();
    struct exeunt_context context = exeunt_stack_context(&exits), held = exeunt_stack_context(&holder);
    exeunt_stack_enter(&exits, &outer);
    exeunt_stack_enter(&exits, &inner);
    cr_expect_eq(exeunt_with(&context, fails_with_loss, NULL), -EDOM, "as a stack");
    exeunt_stack_enter(&exits, &outer);
    exeunt_stack_enter(&exits, &inner);
    exeunt_stack_enter(&holder, &context);
    cr_expect_eq(exeunt_with(&held, fails_with_loss, NULL), -EDOM, "as a stack in a stack");
    cr_expect_eq(reports.count, 0, "no failure was second");
}

Test(stack, as_a_context_it_is_told_exactly)
{
    struct exeunt_stack exits = exeunt_stack_make();
    struct exeunt_context context = exeunt_stack_context(&exits);
    EXEUNT_WITH(&context)
    {
        exeunt_stack_enter(&exits, TELL(&suppress));
        exeunt_stack_push(&exits, event, "2");
        exeunt_throw(-EIO, "thrown");
    }
    expect_events("2!");
    cr_expect_str_eq(told.message, "thrown");
    EXEUNT_WITH(&context)
    {
        exeunt_stack_enter(&exits, TELL(&go_on));
    }
    expect_events("2!.");
}

static int close_blown(void *exits)
{
    return exeunt_stack_close(exits, NULL);
}

Test(stack, a_thrown_failure_is_thrown_on)
{
    struct exeunt_stack exits = exeunt_stack_make();
    struct exeunt_failure failure;
    exeunt_stack_push(&exits, event, "1");
    exeunt_stack_push(&exits, blow, "2");
    cr_expect_eq(exeunt_try(close_blown, &exits, &failure), -EPIPE);
    cr_expect_str_eq(failure.message, "blown");
    expect_events("21");
}

static int refuse(void *self)
{
    (void)self;
    return -EPERM;
}

Test(stack, a_context_that_cannot_be_entered_is_not_pushed)
{
    struct exeunt_stack exits = exeunt_stack_make();
    struct exeunt_context closed = {"closed", refuse, tell, NULL};
    cr_expect_eq(exeunt_stack_enter(&exits, &closed), -EPERM);
    cr_expect_null(exits.top);
}

Test(stack, takes_what_guards_hold)
{
    int kept[2];
    char path[64];
    struct exeunt_stack exits = exeunt_stack_make();
    for (int i = 0; i < 2; i++) {
        EXEUNT_GUARD(fd, in, open("/dev/zero", O_RDONLY | O_CLOEXEC));
        cr_assert_geq(in, 0);
        kept[i] = in;
        cr_expect_eq(EXEUNT_STACK_TAKE(fd, &exits, in), 0);
        cr_expect_eq(in, -1);
    }
    {
        EXEUNT_GUARD(temp, temp, exeunt_temp_make("/tmp", "exeunt-scope-"));
        snprintf(path, sizeof path, "%s", temp.path);
        cr_expect_eq(EXEUNT_STACK_TAKE(temp, &exits, temp), 0);
        cr_expect_null(temp.path);
    }
    cr_expect(fcntl(kept[0], F_GETFD) >= 0 && fcntl(kept[1], F_GETFD) >= 0 && access(path, F_OK) == 0);
    cr_expect_eq(exeunt_stack_close(&exits, NULL), 0);
    cr_expect(fcntl(kept[0], F_GETFD) < 0 && fcntl(kept[1], F_GETFD) < 0 && access(path, F_OK) < 0);
}

Test(stack, a_taken_value_that_fails_is_reported_by_its_name)
{
    struct exeunt_stack exits = exeunt_stack_make();
    {
        EXEUNT_GUARD(fd, doomed, open("/dev/zero", O_RDONLY | O_CLOEXEC));
        close(doomed);
        cr_expect_eq(EXEUNT_STACK_TAKE(fd, &exits, doomed), 0);
    }
    cr_expect_eq(exeunt_stack_close(&exits, &lost), 0);
    cr_expect_str_eq(reports.place.kind, "fd");
    cr_expect_str_eq(reports.place.name, "doomed");
    cr_expect_eq(reports.failure.code, -EBADF);
}

static struct exeunt_stack moved_out(void)
{
    EXEUNT_GUARD(stack, exits, exeunt_stack_make());
    exeunt_stack_push(&exits, event, "1");
    return exeunt_stack_move(&exits);
}

Test(stack, move_hands_all_on)
{
    struct exeunt_stack exits = moved_out();
    expect_events("");
    cr_expect_eq(exeunt_stack_close(&exits, NULL), 0);
    expect_events("1");
}

static int guarded(void *arg)
{
    EXEUNT_GUARD(stack, exits, exeunt_stack_make());
    exeunt_stack_enter(&exits, TELL(&suppress));
    exeunt_stack_push(&exits, fail, "2");
    exeunt_stack_enter(&exits, TELL(&suppress));
    if (arg)
        exeunt_throw(-EIO, "%s", (const char *)arg);
    return 0;
}

Test(stack, as_a_guard_it_runs_when_nothing_was_said)
{
    cr_expect_eq(exeunt_try(guarded, NULL, NULL), 0);
    expect_events("!2!");
    cr_expect_eq(told.code, -ECANCELED, "a plain return cannot be told from cancellation");
    cr_expect_eq(reports.count, 1);
}

Test(stack, as_a_guard_it_is_told_the_failure_in_flight)
{
    cr_expect_eq(exeunt_try(guarded, "in flight", NULL), -EIO, "and cannot suppress it");
    expect_events("!2!");
    cr_expect_str_eq(told.message, "in flight");
}

static int closes(void *arg)
{
    (void)arg;
    EXEUNT_GUARD(stack, exits, exeunt_stack_make());
    exeunt_stack_enter(&exits, TELL(&go_on));
    return exeunt_stack_close(&exits, NULL);
}

Test(stack, closed_in_a_guard_it_runs_once)
{
    cr_expect_eq(closes(NULL), 0);
    expect_events(".");
}
