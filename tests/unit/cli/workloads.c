/* Two small workloads in place of the registered ones, so that these tests stand whatever is linked in. */
#include <string.h>

#include "exeunt/workload.h"

static int do_nothing(void *state, uint64_t number)
{
    (void)state;
    (void)number;
    return 0;
}

static const struct exeunt_variant variants[] = {
    {"bare", "leaks", true, do_nothing},
    {"guarded", "does not", false, do_nothing},
    {NULL, NULL, false, NULL},
};

static const struct exeunt_setting settings[] = {
    {"fsync", 1, 0, 1, "whether to sync"},
    {"corrupt", 3, 0, 100, "percent"},
    {NULL, 0, 0, 0, NULL},
};

static const struct exeunt_setting no_settings[] = {{NULL, 0, 0, 0, NULL}};

static const struct exeunt_workload workloads[] = {
    {.name = "copy", .variants = variants, .settings = no_settings},
    {.name = "upload", .variants = variants, .settings = settings},
};

const struct exeunt_workload *exeunt_workload_at(size_t index)
{
    return index < sizeof workloads / sizeof *workloads ? &workloads[index] : NULL;
}

const struct exeunt_workload *exeunt_workload_named(const char *name)
{
    for (size_t i = 0; exeunt_workload_at(i) != NULL; i++)
        if (strcmp(workloads[i].name, name) == 0)
            return &workloads[i];
    return NULL;
}
