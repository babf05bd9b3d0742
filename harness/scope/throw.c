/* Decides where a failure lands. The landings of a thread form a list, innermost first; a throw marks the
 * first one and unwinds by force, which runs the cleanups of every frame on the way. The landing's own
 * cleanup is among them: marked, it jumps back into its block; unmarked, it only leaves the list, so that
 * the unwinding of pthread_cancel and pthread_exit passes. The exception lives in the landing, which is in
 * a frame that is still there. */
#include "scope/throw.h"

#include "scope/report.h"

#include <stdarg.h>
#include <string.h>

static _Thread_local struct exeunt_landing *innermost;

/* AddressSanitizer's, if the program has it: the frames to be left are no longer poisoned. */
extern void __asan_handle_no_return(void) __attribute__((weak));

struct exeunt_failure throw_why(const struct exeunt_place *place)
{
    if (innermost && innermost->state == EXEUNT_LANDING_THROWN)
        return innermost->failure;
    return (struct exeunt_failure){-ECANCELED, "the block was left before its end", place->file, place->line};
}

struct exeunt_landing *exeunt_landing_open(struct exeunt_landing *landing)
{
    landing->outer = innermost;
    landing->cancel_state = exeunt_cancel_off();
    exeunt_cancel_restore(landing->cancel_state);
    landing->state = EXEUNT_LANDING_OPEN;
    innermost = landing;
    return landing;
}

void exeunt_landing_leave(struct exeunt_landing *landing)
{
    if (landing->state == EXEUNT_LANDING_LEFT)
        return;
    bool thrown = landing->state == EXEUNT_LANDING_THROWN;
    landing->state = EXEUNT_LANDING_LEFT;
    innermost = landing->outer;
    if (!thrown)
        return;
    exeunt_cancel_restore(landing->cancel_state);
    longjmp(landing->jump, 1);
}

/* A C++ frame has caught the unwinding and kept it. */
static void on_swallowed(_Unwind_Reason_Code reason, struct _Unwind_Exception *exception)
{
    (void)reason;
    struct exeunt_landing *landing =
        (struct exeunt_landing *)((char *)exception - offsetof(struct exeunt_landing, exception));
    report_fatal("a catch (...) ended the failure on its way", &landing->failure);
}

static _Unwind_Reason_Code at_each_frame(int version, _Unwind_Action actions, _Unwind_Exception_Class class,
                                         struct _Unwind_Exception *exception, struct _Unwind_Context *context,
                                         void *landing)
{
    (void)version, (void)class, (void)exception, (void)context;
    if (actions & _UA_END_OF_STACK)
        report_fatal("the failure cannot land: its frame was built without -fexceptions, or is gone",
                     &((struct exeunt_landing *)landing)->failure);
    return _URC_NO_REASON;
}

void exeunt_rethrow(const struct exeunt_failure *failure)
{
    struct exeunt_landing *landing = innermost;
    if (!landing)
        report_fatal("uncaught failure, no try or context is active", failure);
    if (failure->code == 0 || failure->code == EXEUNT_SUPPRESS)
        report_fatal("this code cannot be thrown", failure);
    if (landing->state == EXEUNT_LANDING_THROWN)
        report_fatal("thrown by a cleanup while another failure was on its way", failure);
    exeunt_cancel_off();
    landing->failure = *failure;
    landing->state = EXEUNT_LANDING_THROWN;
    memset(&landing->exception, 0, sizeof landing->exception);
    memcpy(&landing->exception.exception_class, "EXEUNTC", 8);
    landing->exception.exception_cleanup = on_swallowed;
    if (__asan_handle_no_return)
        __asan_handle_no_return();
    _Unwind_ForcedUnwind(&landing->exception, at_each_frame, landing);
    report_fatal("the unwinder gave up on the failure", &landing->failure);
}

void exeunt_throw_at(const char *file, int line, int code, const char *format, ...)
{
    struct exeunt_failure failure = {.code = code, .file = file, .line = line};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(failure.message, sizeof failure.message, format, arguments);
    va_end(arguments);
    exeunt_rethrow(&failure);
}
