/* Finds everything that is wrong with a command before the first run, and makes the place to work in. */
#include "campaign/setup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "campaign/points.h"

/* What the program needs beside its workers: 0, 1, 2, and a few while it starts. */
enum { FDS_BESIDE_WORKERS = 8 };

uint64_t campaign_operations(const struct campaign_options *options)
{
    enum { OPERATIONS_FOR_EACH_FD = 12 };
    if (options->operations != 0 || options->for_ns != 0)
        return options->operations;
    return OPERATIONS_FOR_EACH_FD * options->limit_fds;
}

static int check_limit(const struct campaign_options *options, struct error *error)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return error_not_done(error, -errno, "cannot read the limit of descriptors: %s", strerror(errno));
    if (options->limit_fds > limit.rlim_max)
        return error_usage(error, "--limit-fds %llu is above this system's hard limit of %llu (ulimit -Hn)",
                           (unsigned long long)options->limit_fds, (unsigned long long)limit.rlim_max);
    if (options->workload == NULL)
        return 0;
    uint64_t needed = FDS_BESIDE_WORKERS + options->workers * options->workload->fds_per_operation;
    if (options->limit_fds < needed)
        return error_usage(error,
                           "--limit-fds %llu is below the %llu descriptors that %llu workers of '%s' need",
                           (unsigned long long)options->limit_fds, (unsigned long long)needed,
                           (unsigned long long)options->workers, options->workload->name);
    return 0;
}

/* A call that is delayed for so long would be taken for a hang. */
static int check_delays(const struct setup *setup, struct error *error)
{
    uint64_t hang_ns = setup->options->hang_ns;
    for (uint32_t i = 0; i < setup->plan.rule_count; i++)
        if (setup->plan.rules[i].kind == PLAN_DELAY && hang_ns != 0 &&
            setup->plan.rules[i].delay_ns >= hang_ns)
            return error_usage(error, "plan: a delay of %llu ms is not below --hang, %llu ms: raise that",
                               (unsigned long long)setup->plan.rules[i].delay_ns / 1000000,
                               (unsigned long long)hang_ns / 1000000);
    return 0;
}

/* Folder of the running program, without a slash at its end. */
static int own_folder(char folder[PATH_MAX], struct error *error)
{
    ssize_t length = readlink("/proc/self/exe", folder, PATH_MAX - 1);
    if (length < 0)
        return error_not_done(error, -errno, "cannot find out where exeunt itself lies: /proc/self/exe: %s",
                              strerror(errno));
    folder[length] = '\0';
    *strrchr(folder, '/') = '\0';
    return 0;
}

/* A part of exeunt, by its path from the folder of the program. */
static int find_part(const char *folder, const char *relative, const char *what, char path[PATH_MAX],
                     struct error *error)
{
    if (snprintf(path, PATH_MAX, "%s/%s", folder, relative) >= PATH_MAX)
        return error_not_done(error, -ENAMETOOLONG, "the path of %s is too long: '%s/%s'", what, folder,
                              relative);
    if (access(path, R_OK) != 0)
        return error_not_done(error, -errno, "%s is missing: '%s': %s; build or install exeunt again", what,
                              path, strerror(errno));
    return 0;
}

static int find_parts(struct setup *setup, struct error *error)
{
    char folder[PATH_MAX];
    int failed = own_folder(folder, error);
    if (failed == 0 && setup->options->workload != NULL)
        failed = find_part(folder, EXEUNT_HOST, "the program that the workloads run in", setup->host, error);
    if (failed == 0)
        failed = find_part(folder, EXEUNT_PRELOAD, "the preload library", setup->preload, error);
    return failed;
}

int setup_find_preload(char path[PATH_MAX], struct error *error)
{
    char folder[PATH_MAX];
    int failed = own_folder(folder, error);
    return failed == 0 ? find_part(folder, EXEUNT_PRELOAD, "the preload library", path, error) : failed;
}

static int prepare(struct setup *setup, struct error *error)
{
    struct exeunt_reason reason = {""};
    int failed = setup->options->workload->prepare(&setup->site, &reason);
    if (failed == -EINVAL)
        return error_usage(error, "%s", reason.text);
    return failed == 0 ? 0 : error_not_done(error, failed, "%s", reason.text);
}

int setup_open(const struct campaign_options *options, struct setup *out, struct error *error)
{
    bool is_workload = options->workload != NULL;
    const char *faults = options->faults;
    if (faults == NULL)
        faults = is_workload ? options->workload->faults : "none";
    struct setup setup = {.options = options};
    int failed = plan_from_fiu(faults, &setup.faults, error);
    if (failed != 0)
        return failed;
    setup.points = campaign_points(options->workload);
    setup.site =
        (struct exeunt_job_site){.folder = out->folder, .input = options->input, .seed = options->seed};
    memcpy(setup.site.settings, options->settings, sizeof setup.site.settings);

    *out = setup;
    if (out->points.names == NULL)
        failed = error_not_done(error, -ENOMEM, "out of memory");
    if (failed == 0)
        failed = points_plan(out->faults, &out->points, options->seed, &out->plan, error);
    if (failed == 0)
        failed = check_delays(out, error);
    if (failed == 0)
        failed = check_limit(options, error);
    if (failed == 0)
        failed = find_parts(out, error);
    if (failed == 0 && is_workload)
        failed = folder_make(out->folder, error);
    if (failed == 0 && is_workload)
        failed = prepare(out, error);
    char unheard[1];
    if (failed != 0)
        setup_close(out, unheard, sizeof unheard);
    return failed;
}

/* Own points stand behind those of the preload. */
void setup_own_errors(const struct setup *setup, struct ledger *ledger)
{
    const struct exeunt_point *own = setup->options->workload->points;
    size_t count = 0;
    while (own[count].name != NULL)
        count++;
    for (size_t i = 0; i < count; i++)
        ledger->points[setup->points.count - count + i].error = own[i].error;
}

void setup_close(struct setup *setup, char *leftover, size_t size)
{
    free((void *)setup->points.names);
    setup->points = (struct plan_points){0};
    free(setup->faults);
    setup->faults = NULL;
    if (setup->folder[0] != '\0' && folder_remove(setup->folder) != 0)
        snprintf(leftover, size, "the work folder '%.200s' could not be removed: %s", setup->folder,
                 strerror(errno));
    setup->folder[0] = '\0';
}
