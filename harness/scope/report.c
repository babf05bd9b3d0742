/* Decides who hears of a release that failed where no caller can be returned an error: the reporter of the
 * process, by default one line on stderr; and what is said before the library has to abort. */
#include "scope/report.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static void report_to_stderr(const struct exeunt_place *place, const struct exeunt_failure *failure)
{
    fprintf(stderr, "exeunt: %s:%d: release of %s '%s' failed: %s (%d)\n", place->file, place->line,
            place->kind, place->name, failure->message, failure->code);
}

static _Atomic(exeunt_reporter *) current = report_to_stderr;

exeunt_reporter *exeunt_scope_set_reporter(exeunt_reporter *reporter)
{
    return atomic_exchange(&current, reporter ? reporter : report_to_stderr);
}

void report_failure(const struct exeunt_place *place, const struct exeunt_failure *failure)
{
    int errno_kept = errno;
    int cancel_state = exeunt_cancel_off();
    exeunt_reporter *reporter = atomic_load(&current);
    reporter(place, failure);
    exeunt_cancel_restore(cancel_state);
    errno = errno_kept;
}

void exeunt_scope_report(const struct exeunt_place *place, int code)
{
    int errno_kept = errno;
    struct exeunt_failure failure = {.code = code, .file = place->file, .line = place->line};
    char text[sizeof failure.message];
    snprintf(failure.message, sizeof failure.message, "%s",
             strerror_r(code < 0 ? -code : code, text, sizeof text));
    report_failure(place, &failure);
    errno = errno_kept;
}

void report_fatal(const char *what, const struct exeunt_failure *failure)
{
    fprintf(stderr, "exeunt: %s:%d: %s: %s (%d)\n", failure->file, failure->line, what, failure->message,
            failure->code);
    abort();
}
