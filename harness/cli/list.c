/* `exeunt list`: everything that a command line can name. One line per point, however long, so that a
 * search finds it whole. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "base/text.h"
#include "campaign/campaign.h"
#include "command.h"
#include "exeunt/workload.h"
#include "plan/plan.h"
#include "plan/profile.h"
#include "report.h"

static const volatile int never_interrupted;

enum { OPTION_WORKLOADS = 256, OPTION_POINTS, OPTION_REPORTS, OPTION_FOR };

static const struct argp_option known_options[] = {
    {"workloads", OPTION_WORKLOADS, NULL, 0, "Only workloads, with variants, settings and default plan", 1},
    {"points", OPTION_POINTS, NULL, 0, "Only points, with the errnos of their profiles", 1},
    {"reports", OPTION_REPORTS, NULL, 0, "Only reports", 1},
    {"for", OPTION_FOR, "TIME", 0,
     "Time of a program, which is then ended by SIGTERM, as in 20s (default: as long as it runs)", 1},
    {0},
};

struct wanted {
    bool workloads, points, reports;
    uint64_t for_ns; /* 0: not set */
};

static int take(void *into, int key, const char *typed, struct error *error)
{
    struct wanted *wanted = into;
    if (key == ARGP_KEY_ARG)
        return error_usage(error, "unexpected argument '%.64s'", typed);
    if (key == OPTION_FOR && text_duration_ns(typed, &wanted->for_ns) != 0)
        return error_usage(error, "--for '%.64s' is not a time: write a number and a unit, us, ms, s, m or h",
                           typed);
    wanted->workloads |= key == OPTION_WORKLOADS;
    wanted->points |= key == OPTION_POINTS;
    wanted->reports |= key == OPTION_REPORTS;
    return 0;
}

static void show_workload(const struct exeunt_workload *workload)
{
    printf("  %s: %s\n", workload->name, workload->summary);
    for (const struct exeunt_variant *variant = workload->variants; variant->name != NULL; variant++) {
        char name[128];
        snprintf(name, sizeof name, "%s/%s", workload->name, variant->name);
        printf("    %-24s %s%s\n", name, variant->summary,
               variant->leaks ? " (known to leak: must be caught)" : "");
    }
    for (const struct exeunt_setting *setting = workload->settings; setting->key != NULL; setting++)
        printf("    --set %-18s %s (%" PRIu64 " to %" PRIu64 ", default %" PRIu64 ")\n", setting->key,
               setting->help, setting->low, setting->high, setting->fallback);
    if (workload->exits == NULL)
        printf("    --faults '%s' (default)\n", workload->faults);
}

static void show_workloads(void)
{
    const struct exeunt_workload *workload;
    puts("Workloads");
    for (size_t i = 0; (workload = exeunt_workload_at(i)) != NULL; i++)
        show_workload(workload);
}

/* The errnos of a profile that are realistic, or are not. */
static void show_errnos(const struct fault_point *point, bool realistic)
{
    const char *before = realistic ? "" : "; asked for: ";
    if (realistic && fault_realistic(point, 0) == NULL)
        fputs("none", stdout);
    for (size_t i = 0; i < FAULT_ERRNOS_MAX && point->errnos[i].error != 0; i++) {
        const struct fault_errno *fault = &point->errnos[i];
        if (fault->realistic != realistic)
            continue;
        printf("%s%s%s", before, plan_errno_name(fault->error), fault->done ? "*" : "");
        before = " ";
    }
}

static int longest_point(void)
{
    size_t longest = 0;
    for (size_t i = 0; i < fault_point_count; i++)
        if (strlen(fault_points[i].name) > longest)
            longest = strlen(fault_points[i].name);
    return (int)longest;
}

static void show_points(void)
{
    int width = longest_point();
    const struct exeunt_workload *workload;
    puts("Points (name, realistic errnos, those that must be asked for by name, since when; *: the call is "
         "done "
         "all the same). Of each: delay=TIME, cancel");
    for (size_t i = 0; (workload = exeunt_workload_at(i)) != NULL; i++)
        for (const struct exeunt_point *point = workload->points; point->name != NULL; point++)
            printf("  %-*s %s; %s\n", width, point->name, plan_errno_name(point->error), point->help);
    for (size_t i = 0; i < fault_point_count; i++) {
        printf("  %-*s ", width, fault_points[i].name);
        show_errnos(&fault_points[i], true);
        show_errnos(&fault_points[i], false);
        printf("%s; since %s\n", fault_points[i].shortens ? "; short" : "", fault_points[i].source);
    }
}

static void show_reports(void)
{
    const struct report *report;
    puts("Reports");
    for (size_t i = 0; (report = report_at(i)) != NULL; i++)
        printf("  %-10s %s\n", report->name, report->summary);
}

/* The points from `first` to `end` that were met. */
static void show_met(const struct result *result, const char *heading, size_t first, size_t end)
{
    bool any = false;
    puts(heading);
    for (size_t i = first; i < end; i++)
        if (result->variants[0].faults.met[i])
            any = printf("  %s\n", result->points[i]) > 0;
    if (!any)
        puts("  none");
}

/* The points that a program meets in one run. The plan asks of all calls, and fails none. */
static int show_met_points(char *const *program, uint64_t for_ns, struct error *error)
{
    const struct campaign_options options = {.program = program,
                                             .faults = "*@p=0",
                                             .sample_ns = 10000000,
                                             .for_ns = for_ns,
                                             .interrupted = &never_interrupted};
    struct result result;
    int rc = campaign_program(&options, &result, error);
    if (rc != 0)
        return rc;
    const char *note = result.variants[0].note;
    printf("Points that %s met in one run without faults\n", program[0]);
    show_met(&result, "Its own", fault_point_count, result.point_count);
    show_met(&result, "Of the libraries that it calls", 0, fault_point_count);
    if (note[0] != '\0')
        puts(note);
    result_clear(&result);
    return 0;
}

int command_list(int argc, char **argv, struct error *error)
{
    static const struct arguments arguments = {
        .command = "list",
        .operands = "\n-- PROGRAM [ARGUMENT...]",
        .doc =
            "Show workloads with their variants, points with what they can fail with, and reports; or run a "
            "program once, without faults, and show the points that it meets, its own (libfiu's fiu_fail) "
            "and the "
            "libraries'.",
        .options = known_options,
        .take = take,
    };
    struct wanted wanted = {.for_ns = 0};
    char *const *program = NULL;
    int own = arguments_before_program(argc, argv, &program);
    if (own < 0)
        return error_usage(error, "no program stands behind '--'");
    int rc = arguments_parse(&arguments, own, argv, &wanted, error);
    if (rc != 0)
        return rc == ARGUMENTS_HELP_SHOWN ? 0 : rc;
    if (program != NULL)
        return show_met_points(program, wanted.for_ns, error);
    bool all = !wanted.workloads && !wanted.points && !wanted.reports, first = true;
    static void (*const show[])(void) = {show_workloads, show_points, show_reports};
    const bool is_wanted[] = {wanted.workloads, wanted.points, wanted.reports};
    for (size_t i = 0; i < sizeof show / sizeof *show; i++) {
        if (!all && !is_wanted[i])
            continue;
        if (!first)
            putchar('\n');
        first = false;
        show[i]();
    }
    return 0;
}
