/* Which calls give something back: the C library's, and nobody else's of that name. */
#include "campaign/points.h"

#include <criterion/criterion.h>

Test(points, that_give_back)
{
    static const struct {
        const char *point;
        enum trace_resource resource;
        bool gives;
        const char *reason;
    } rows[] = {
        {"posix/io/dir/unlink", TRACE_FILE, true, "a file is removed"},
        {"posix/stdio/remove", TRACE_FILE, true, "by the name that C has for it"},
        {"posix/proc/waitpid", TRACE_CHILD, true, "a child is waited for"},
        {"posix/io/dir/unlink", TRACE_CHILD, false, "no child is removed"},
        {"posix/io/dir/rename", TRACE_FILE, false, "who cannot rename a file is to remove it"},
        {"posix/io/dir/unlinkable", TRACE_FILE, false, "it only begins so"},
        {"posix/thread/sem/wait", TRACE_CHILD, false, "nobody's child"},
        {"mail/remove", TRACE_FILE, false, "a point of the workload's own"},
        {"queue/unlink", TRACE_FILE, false, "and another"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(points_give_back(rows[i].point, rows[i].resource), rows[i].gives, "%s: %s",
                     rows[i].point, rows[i].reason);
}
