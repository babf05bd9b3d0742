/* Finds the workloads that were linked in. Each stands in the section of its descriptor, so no list of them
 * is kept anywhere; the linker names the section's two ends. */
#include <string.h>

#include "exeunt/workload.h"

extern const struct exeunt_workload *const __start_exeunt_workloads[] __attribute__((visibility("hidden")));
extern const struct exeunt_workload *const __stop_exeunt_workloads[] __attribute__((visibility("hidden")));

const struct exeunt_workload *exeunt_workload_at(size_t index)
{
    /* The one before which `index` others come by name: the linker's order could change. */
    for (const struct exeunt_workload *const *at = __start_exeunt_workloads; at < __stop_exeunt_workloads;
         at++) {
        size_t before = 0;
        for (const struct exeunt_workload *const *other = __start_exeunt_workloads;
             other < __stop_exeunt_workloads; other++)
            before += strcmp((*other)->name, (*at)->name) < 0;
        if (before == index)
            return *at;
    }
    return NULL;
}

const struct exeunt_workload *exeunt_workload_named(const char *name)
{
    for (const struct exeunt_workload *const *at = __start_exeunt_workloads; at < __stop_exeunt_workloads;
         at++)
        if (strcmp((*at)->name, name) == 0)
            return *at;
    return NULL;
}
