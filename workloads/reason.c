/* Formats the sentence; what does not fit is cut off. */
#include "reason.h"

#include <stdarg.h>
#include <stdio.h>

int explain(struct exeunt_reason *reason, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason->text, sizeof reason->text, format, arguments);
    va_end(arguments);
    return code;
}
