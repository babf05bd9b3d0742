/* Decides what counts as the failure of a block that is a function: what it throws, and what it returns. */
#include "exeunt/scope.h"

#include <string.h>

static void set_returned(struct exeunt_failure *failure, const struct exeunt_place *place, int code)
{
    int errno_kept = errno;
    char text[128];
    *failure = (struct exeunt_failure){.code = code, .file = place->file, .line = place->line};
    snprintf(failure->message, sizeof failure->message, "%s returned %d (%s)", place->name, code,
             strerror_r(code < 0 ? -code : code, text, sizeof text));
    errno = errno_kept;
}

int exeunt_try_at(const struct exeunt_place *place, exeunt_block *block, void *arg,
                  struct exeunt_failure *failure)
{
    EXEUNT_TRY(thrown)
    {
        int code = block(arg);
        if (code != 0 && failure)
            set_returned(failure, place, code);
        return code;
    }
    EXEUNT_CATCH(thrown)
    {
        if (failure)
            *failure = *thrown;
        return thrown->code;
    }
    return 0;
}
