/* One sentence for a person, and the exit status that goes with it. */
#include "base/error.h"

#include <errno.h>
#include <stdio.h>

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
