/* One sentence for a person, and the exit status that goes with it. */
#include "base/error.h"

#include <errno.h>
#include <stdio.h>

enum exit_status exit_status_worse(enum exit_status a, enum exit_status b)
{
    static const unsigned weights[] = {[EXIT_AS_EXPECTED] = 0,
                                       [EXIT_USAGE] = 1,
                                       [EXIT_NOT_DONE] = 2,
                                       [EXIT_CONTROL_MISSED] = 3,
                                       [EXIT_GUARANTEE_BROKEN] = 4};
    return weights[a] >= weights[b] ? a : b;
}

int error_usage(struct error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    error->exit_status = EXIT_USAGE;
    return -EINVAL;
}

int error_not_done(struct error *error, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    error->exit_status = EXIT_NOT_DONE;
    return code;
}
