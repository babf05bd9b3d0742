/* Throw and try: where a failure lands, what runs on the way, and what is not ours to stop. */
#include "witness.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(throw, .init = watch);

static __attribute__((noinline)) int thrower(void *text)
{
    EXEUNT_GUARD(logged, mine, "t");
    exeunt_throw(-EIO, "%s", (const char *)text);
}

static __attribute__((noinline)) int through(void *text)
{
    EXEUNT_GUARD(logged, mine, "m");
    int code = thrower(text);
    event("not reached");
    return code;
}

Test(throw, plain_form_gives_code_message_file_and_line)
{
    struct exeunt_failure failure;
    cr_expect_eq(exeunt_try(through, "lost", &failure), -EIO);
    cr_expect_eq(failure.code, -EIO);
    cr_expect_str_eq(failure.message, "lost");
    cr_expect_str_eq(failure.file, __FILE__);
    cr_expect_gt(failure.line, 0);
    expect_events("tm");
}

Test(throw, plain_form_keeps_failure_untouched_on_success)
{
    struct exeunt_failure failure = {.code = 77};
    cr_expect_eq(exeunt_try(event, "x", &failure), 0);
    cr_expect_eq(failure.code, 77);
}

Test(throw, guards_of_the_catching_frame_run_first)
{
    EXEUNT_GUARD(logged, outside, "o");
    EXEUNT_TRY(failure)
    {
        EXEUNT_GUARD(logged, inside, "i");
        through("lost");
    }
    EXEUNT_CATCH(failure)
    {
        event("c");
        cr_expect_str_eq(failure->message, "lost");
    }
    event("a");
    expect_events("tmica");
    cr_expect_not_null(outside);
}

Test(throw, nothing_is_caught_if_nothing_is_thrown)
{
    volatile int changed = 0;
    EXEUNT_TRY(failure)
    {
        changed = 1;
    }
    EXEUNT_CATCH(failure)
    {
        event("c");
    }
    cr_expect_eq(changed, 1);
    expect_events("");
}

Test(throw, only_the_innermost_catches_and_may_throw_on)
{
    EXEUNT_TRY(outer)
    {
        EXEUNT_TRY(inner)
        {
            through("first");
        }
        EXEUNT_CATCH(inner)
        {
            event("1");
            exeunt_rethrow(inner);
        }
        event("not reached");
    }
    EXEUNT_CATCH(outer)
    {
        event("2");
        cr_expect_str_eq(outer->message, "first");
    }
    expect_events("tm12");
}

static int leave_by_return(void)
{
    EXEUNT_TRY(failure)
    {
        return 1;
    }
    EXEUNT_CATCH(failure)
    {
        event("not reached");
    }
    return 2;
}

Test(throw, a_try_that_was_left_is_forgotten)
{
    EXEUNT_TRY(outer)
    {
        cr_expect_eq(leave_by_return(), 1);
        for (volatile int i = 0; i < 3; i++) {
            EXEUNT_TRY(inner)
            {
                if (i == 1)
                    break;
                if (i == 2)
                    goto out;
            }
            EXEUNT_CATCH(inner)
            {
                event("not reached");
            }
        }
    out:
        through("outer");
    }
    EXEUNT_CATCH(outer)
    {
        event("2");
    }
    expect_events("tm2");
}

Test(throw, many_in_a_row)
{
    volatile int caught = 0;
    for (volatile int i = 0; i < 10000; i++) {
        events[0] = '\0';
        EXEUNT_TRY(failure)
        {
            through("again");
        }
        EXEUNT_CATCH(failure)
        {
            caught += failure->code == -EIO;
        }
    }
    cr_expect_eq(caught, 10000);
}

Test(throw, messages_that_do_not_fit_are_cut_off)
{
    char text[1000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct exeunt_failure failure;
    cr_expect_eq(exeunt_try(through, text, &failure), -EIO);
    cr_expect_eq(strlen(failure.message), sizeof failure.message - 1);
}

static int tries_itself(const char *held)
{
    if (held && exeunt_try(thrower, "inner", NULL) == -EIO)
        event("k");
    return 0;
}
EXEUNT_DEFINE_GUARD(trying, const char *, NULL, tries_itself);

static int throw_past_try(void *text)
{
    EXEUNT_GUARD(trying, busy, "b");
    return thrower(text);
}

Test(throw, a_cleanup_may_try_and_catch_within)
{
    struct exeunt_failure failure;
    cr_expect_eq(exeunt_try(throw_past_try, "first", &failure), -EIO);
    cr_expect_str_eq(failure.message, "first");
    expect_events("ttk");
    cr_expect_eq(reports.count, 0);
}

static int cancel_state_in_flight;

static int note_state(const char *held)
{
    int state = exeunt_cancel_off();
    if (held)
        cancel_state_in_flight = state;
    exeunt_cancel_restore(state);
    return 0;
}

static void note_cleanup(const char **held)
{
    note_state(*held);
}

static int throw_past_note(void *text)
{
    __attribute__((cleanup(note_cleanup))) const char *held = "h";
    return thrower(text) + (held != NULL);
}

Test(throw, cancellation_is_off_in_flight_and_back_where_it_lands)
{
    cr_expect_eq(exeunt_try(throw_past_note, "first", NULL), -EIO);
    cr_expect_eq(cancel_state_in_flight, PTHREAD_CANCEL_DISABLE);
    int state = exeunt_cancel_off();
    cr_expect_eq(state, PTHREAD_CANCEL_ENABLE);
    exeunt_cancel_restore(state);
}

static int end_thread(void *arg)
{
    EXEUNT_GUARD(logged, mine, "g");
    if (arg)
        pthread_exit(arg);
    pthread_cancel(pthread_self());
    pthread_testcancel();
    return 0;
}

static void *try_to_stop_it(void *arg)
{
    EXEUNT_TRY(failure)
    {
        exeunt_try(end_thread, arg, NULL);
        event("not reached");
    }
    EXEUNT_CATCH(failure)
    {
        event("not caught");
    }
    return NULL;
}

Test(throw, the_unwinding_of_threads_passes)
{
    static int value;
    void *const args[] = {NULL, &value};
    for (size_t i = 0; i < 2; i++) {
        pthread_t thread;
        void *result;
        events[0] = '\0';
        cr_assert_eq(pthread_create(&thread, NULL, try_to_stop_it, args[i]), 0);
        pthread_join(thread, &result);
        cr_expect_eq(result, args[i] ? args[i] : PTHREAD_CANCELED);
        expect_events("g");
    }
}

/* Runs `run` in a child; gives the first bytes of its stderr and its wait status. */
static int stderr_of(void (*run)(void), char *text, size_t size)
{
    int ends[2];
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        run();
        _exit(0);
    }
    close(ends[1]);
    memset(text, 0, size);
    size_t got = 0;
    ssize_t n;
    while (got < size - 1 && (n = read(ends[0], text + got, size - 1 - got)) > 0)
        got += (size_t)n;
    close(ends[0]);
    int status;
    waitpid(child, &status, 0);
    return status;
}

static void throw_uncaught(void)
{
    exeunt_throw(-EIO, "nobody cares");
}

static int throws_too(const char *held)
{
    if (held)
        exeunt_throw(-EDOM, "second");
    return 0;
}
EXEUNT_DEFINE_GUARD(throwing, const char *, NULL, throws_too);

static int throw_past_thrower(void *text)
{
    EXEUNT_GUARD(throwing, bad, "b");
    return thrower(text);
}

static void throw_twice(void)
{
    exeunt_try(throw_past_thrower, "first", NULL);
}

static void throw_nothing(void)
{
    EXEUNT_TRY(failure)
    {
        exeunt_throw(0, "zero");
    }
    EXEUNT_CATCH(failure)
    {
        _exit(1);
    }
}

Test(throw, what_cannot_be_thrown_says_so_and_aborts)
{
    static const struct {
        void (*run)(void);
        const char *text;
    } rows[] = {
        {throw_uncaught, ": uncaught failure, no try or context is active: nobody cares (-5)\n"},
        {throw_twice, ": thrown by a cleanup while another failure was on its way: second (-33)\n"},
        {throw_nothing, ": this code cannot be thrown: zero (0)\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512];
        int status = stderr_of(rows[i].run, text, sizeof text);
        cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "status %x", status);
        cr_expect(strstr(text, rows[i].text) && strstr(text, "exeunt: ") == text, "%s", text);
    }
}
