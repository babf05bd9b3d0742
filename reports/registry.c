/* Finds the reports that were linked in. Each stands in the section of its descriptor, so no list of them
 * is kept anywhere; the linker names the section's two ends. */
#include <string.h>

#include "report.h"

extern const struct report *const __start_exeunt_reports[] __attribute__((visibility("hidden")));
extern const struct report *const __stop_exeunt_reports[] __attribute__((visibility("hidden")));

/* How many reports come before `name` in the alphabet. */
static size_t rank(const char *name)
{
    size_t before = 0;
    for (const struct report *const *at = __start_exeunt_reports; at < __stop_exeunt_reports; at++)
        before += strcmp((*at)->name, name) < 0;
    return before;
}

const struct report *report_at(size_t index)
{
    /* By name and not in the linker's order, which the build could change. */
    for (const struct report *const *at = __start_exeunt_reports; at < __stop_exeunt_reports; at++)
        if (rank((*at)->name) == index)
            return *at;
    return NULL;
}

const struct report *report_named(const char *name)
{
    for (const struct report *const *at = __start_exeunt_reports; at < __stop_exeunt_reports; at++)
        if (strcmp((*at)->name, name) == 0)
            return *at;
    return NULL;
}
