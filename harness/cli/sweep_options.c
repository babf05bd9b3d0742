/* Decides what the options of a sweep are called, what they may be, and what they are when not given. */
#include "sweep_options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "base/text.h"
#include "store/store.h"
#include "target.h"
#include "words.h"

#define BUDGET_DEFAULT "60s"
#define COPY_DEFAULT   64 /* MiB */
#define ROUNDS_MAX     1000

enum {
    OPTION_JOBS = 'j',
    OPTION_BUDGET = 256,
    OPTION_DEPTH,
    OPTION_POINTS,
    OPTION_ERRNOS,
    OPTION_MODES,
    OPTION_LIMIT_FDS,
    OPTION_HANG,
    OPTION_IN_PLACE,
    OPTION_COPY_MAX,
    OPTION_EXEC,
    OPTION_SWALLOWED,
    OPTION_HEAP,
    OPTION_ROUNDS,
    OPTION_FAIL_ON,
    OPTION_SUPPRESS,
    OPTION_RESUME,
    OPTION_RESULTS,
    OPTION_NIGHT,
    OPTION_JSON,
    OPTION_QUIET,
};

static const struct argp_option known_options[] = {
    {"budget", OPTION_BUDGET, "TIME", 0,
     "Try no further fault after so long (default " BUDGET_DEFAULT
     "; 0s: until all is done). A run under way "
     "then, and what it shows being tried again, come on top",
     1},
    {"depth", OPTION_DEPTH, "DEPTH", 0,
     "How much is made to fail: one call of each context (contexts, the default), every call (calls), every "
     "call with every errno (all). A context is a call stack",
     1},
    {"points", OPTION_POINTS, "POINTS", 0, "Only these points: names and wildcards, separated by commas", 1},
    {"errnos", OPTION_ERRNOS, "WHICH", 0,
     "realistic: those that a valid request can meet (default); all: also those that blame the caller", 1},
    {"modes", OPTION_MODES, "MODE,...", 0,
     "once: one call fails; persistent: and all later ones of its point, as on a disk that is full; pair: a "
     "second call fails, of those that are only made after the first failure (default: all three)",
     1},
    {"jobs", OPTION_JOBS, "N", 0, "Runs at a time (default: one for each processor)", 1},
    {"limit-fds", OPTION_LIMIT_FDS, "N", 0, "Descriptors that the program may have (default: as found)", 1},
    {"hang", OPTION_HANG, "TIME", 0,
     "A run that takes so long hangs (default: 1 s more than 20 times the run without faults, which itself "
     "may "
     "take as long as the budget, but a minute in any case)",
     1},
    {"in-place", OPTION_IN_PLACE, NULL, 0,
     "Run in the working folder itself, one run at a time, without copying or undoing anything", 1},
    {"copy-max", OPTION_COPY_MAX, "MIB", 0,
     "How large the working folder may be to be copied for the runs, in MiB (default 64)", 1},
    {"exec", OPTION_EXEC, NULL, 0, "Start each run by fork and exec, not from a fork server: slower", 1},
    {"swallowed", OPTION_SWALLOWED, NULL, 0,
     "For information, also list failures of the program's own calls that it says and does nothing about", 1},
    {"heap", OPTION_HEAP, NULL, 0, "Of a workload: memory that operations leave behind is a leak, too", 1},
    {"rounds", OPTION_ROUNDS, "N", 0,
     "Of a workload: meet each fault N times, each time in another operation if there is one (default 1)", 1},
    {"fail-on", OPTION_FAIL_ON, "KIND,...", 0,
     "Which findings break a guarantee (default leak,crash,hang,double-release,sanitizer; also abort, "
     "silent, "
     "and unreleased: what the program never gives back, even if nothing fails)",
     1},
    {"suppress", OPTION_SUPPRESS, "FILE", 0,
     "Known findings: lines of a signature, 'until YYYY-MM-DD' if wanted, and a reason", 1},
    {"resume", OPTION_RESUME, NULL, 0, "Go on with the last sweep of this command that did not end", 1},
    {"results", OPTION_RESULTS, "FILE", 0, "Where results are kept (default exeunt.db; none: nowhere)", 2},
    {"night", OPTION_NIGHT, "N", OPTION_HIDDEN, "Night of 'exeunt stress' that the sweep belongs to", 2},
    {"json", OPTION_JSON, "FILE", 0, "Write the result to FILE as JSON too; '-' is standard output", 2},
    {"quiet", OPTION_QUIET, NULL, 0, "No live line and no report", 2},
    {0},
};

static const char *depth_name(unsigned index)
{
    static const char *const names[] = {"contexts", "calls", "all"};
    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

static const char *errnos_name(unsigned index)
{
    static const char *const names[] = {"realistic", "all"};
    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

static const char *mode_name(unsigned index)
{
    return sweep_mode_name((enum sweep_mode)index);
}

/* What can be a finding. */
static const enum sweep_kind kinds[] = {SWEEP_LEAK,      SWEEP_CRASH, SWEEP_HANG,   SWEEP_DOUBLE_RELEASE,
                                        SWEEP_SANITIZER, SWEEP_ABORT, SWEEP_SILENT, SWEEP_UNRELEASED};

static const char *kind_name(unsigned index)
{
    return index < sizeof kinds / sizeof *kinds ? sweep_kind_name(kinds[index]) : NULL;
}

static int read_kinds(const char *typed, unsigned *fail_on, struct error *error)
{
    unsigned chosen = 0;
    int rc = words_read("fail-on", typed, kind_name, &chosen, error);
    *fail_on = 0;
    for (unsigned i = 0; kind_name(i) != NULL; i++)
        *fail_on |= (chosen >> i & 1) << kinds[i];
    return rc;
}

static int read_time(const char *option, const char *typed, uint64_t *out, struct error *error)
{
    if (text_duration_ns(typed, out) == 0)
        return 0;
    return error_usage(error, "--%s '%.64s' is not a time: write a number and a unit, us, ms, s, m or h",
                       option, typed);
}

/* 0s: no end is set. */
static int read_budget(const char *typed, uint64_t *out, struct error *error)
{
    if (strcmp(typed, "0s") != 0)
        return read_time("budget", typed, out, error);
    *out = 0;
    return 0;
}

static int read_number(const char *option, const char *typed, uint64_t high, uint64_t *out,
                       struct error *error)
{
    if (text_number(typed, 1, high, out) == 0)
        return 0;
    return error_usage(error, "--%s '%.64s' is not a whole number from 1 to %llu", option, typed,
                       (unsigned long long)high);
}

/* Options with a word or a list of them. */
static int take_words(struct sweep_command *command, int key, const char *typed, struct error *error)
{
    unsigned index = 0;
    int rc;
    switch (key) {
    case OPTION_DEPTH:
        rc = words_read_one("depth", typed, depth_name, &index, error);
        command->sweep.depth = (enum sweep_depth)index;
        return rc;
    case OPTION_ERRNOS:
        rc = words_read_one("errnos", typed, errnos_name, &index, error);
        command->sweep.all_errnos = index == 1;
        return rc;
    case OPTION_MODES:
        command->sweep.modes = 0;
        return words_read("modes", typed, mode_name, &command->sweep.modes, error);
    default:
        return read_kinds(typed, &command->fail_on, error);
    }
}

static int take_numbers(struct sweep_command *command, int key, const char *typed, struct error *error)
{
    uint64_t number;
    int rc;
    switch (key) {
    case OPTION_BUDGET:
        return read_budget(typed, &command->sweep.budget_ns, error);
    case OPTION_HANG:
        return read_time("hang", typed, &command->sweep.hang_ns, error);
    case OPTION_LIMIT_FDS:
        return read_number("limit-fds", typed, 1073741824, &command->sweep.limit_fds, error);
    case OPTION_NIGHT:
        return read_number("night", typed, INT64_MAX, &command->night, error);
    case OPTION_ROUNDS:
        rc = read_number("rounds", typed, ROUNDS_MAX, &number, error);
        command->sweep.rounds = rc == 0 ? (unsigned)number : 1;
        return rc;
    case OPTION_JOBS:
        rc = read_number("jobs", typed, SWEEP_JOBS_MAX, &number, error);
        command->sweep.jobs = rc == 0 ? (unsigned)number : 1;
        return rc;
    default:
        rc = read_number("copy-max", typed, 1 << 20, &number, error);
        command->sweep.copy_max = rc == 0 ? number << 20 : 0;
        return rc;
    }
}

/* What it says has no meaning where operations of one process are swept. */
static const char *name_for_programs(int key)
{
    static const int keys[] = {OPTION_JOBS,      OPTION_DEPTH,     OPTION_MODES,
                               OPTION_LIMIT_FDS, OPTION_IN_PLACE,  OPTION_COPY_MAX,
                               OPTION_EXEC,      OPTION_SWALLOWED, OPTION_RESUME};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        for (const struct argp_option *option = known_options; keys[i] == key && option->name != NULL;
             option++)
            if (option->key == key)
                return option->name;
    return NULL;
}

static int take(void *into, int key, const char *typed, struct error *error)
{
    struct sweep_command *command = into;
    if (name_for_programs(key) != NULL)
        command->for_programs = name_for_programs(key);
    switch (key) {
    case ARGP_KEY_ARG:
        if (command->target != NULL)
            return error_usage(error, "unexpected argument '%.64s' after '%.64s'", typed, command->target);
        command->target = typed;
        return 0;
    case OPTION_HEAP:
        command->sweep.heap = true;
        return 0;
    case OPTION_DEPTH:
    case OPTION_ERRNOS:
    case OPTION_MODES:
    case OPTION_FAIL_ON:
        return take_words(command, key, typed, error);
    case OPTION_POINTS:
        if (command->sweep.points != NULL)
            return error_usage(error, "--points is given twice: write --points '%.64s,%.64s'",
                               command->sweep.points, typed);
        command->sweep.points = typed;
        return 0;
    case OPTION_IN_PLACE:
        command->sweep.in_place = true;
        return 0;
    case OPTION_EXEC:
        command->sweep.without_server = true;
        return 0;
    case OPTION_SWALLOWED:
        command->sweep.swallowed = true;
        return 0;
    case OPTION_SUPPRESS:
        command->suppress = typed;
        return 0;
    case OPTION_RESUME:
        command->resume = true;
        return 0;
    case OPTION_RESULTS:
        command->results = strcmp(typed, "none") == 0 ? NULL : typed;
        return 0;
    case OPTION_JSON:
        command->json = typed;
        return 0;
    case OPTION_QUIET:
        command->quiet = true;
        return 0;
    case ARGP_KEY_END:
        return 0;
    default:
        return take_numbers(command, key, typed, error);
    }
}

static unsigned processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > SWEEP_JOBS_MAX ? SWEEP_JOBS_MAX : (unsigned)count;
}

/* Adds a line to the text. */
static void add_line(struct sweep_command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void add_line(struct sweep_command *command, const char *format, ...)
{
    size_t length = strlen(command->text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command->text + length, sizeof command->text - length, format, arguments);
    va_end(arguments);
}

static void add_modes(struct sweep_command *command)
{
    const char *separator = "--modes=";
    for (unsigned i = 0; mode_name(i) != NULL; i++) {
        if ((command->sweep.modes >> i & 1) == 0)
            continue;
        add_line(command, "%s%s", separator, mode_name(i));
        separator = ",";
    }
    add_line(command, "\n");
}

/* As they would be typed: a replay, and a sweep that goes on, read them again. */
static int write_text(struct sweep_command *command, struct error *error)
{
    const struct sweep_options *sweep = &command->sweep;
    command->text[0] = '\0';
    if (command->target != NULL)
        add_line(command, "%s\n", command->name);
    else
        add_line(command, "--depth=%s\n", depth_name(sweep->depth));
    add_line(command, "--errnos=%s\n", errnos_name(sweep->all_errnos));
    if (command->target == NULL)
        add_modes(command);
    if (sweep->limit_fds != 0)
        add_line(command, "--limit-fds=%" PRIu64 "\n", sweep->limit_fds);
    if (sweep->hang_ns != 0)
        add_line(command, "--hang=%" PRIu64 "us\n", sweep->hang_ns / 1000);
    if (command->target == NULL)
        add_line(command, "--copy-max=%" PRIu64 "\n", sweep->copy_max >> 20);
    if (sweep->heap)
        add_line(command, "--heap\n");
    if (sweep->swallowed)
        add_line(command, "--swallowed\n");
    if (sweep->in_place)
        add_line(command, "--in-place\n");
    if (sweep->without_server)
        add_line(command, "--exec\n");
    if (sweep->points != NULL)
        add_line(command, "--points=%s\n", sweep->points);
    if (strlen(command->text) + 1 < sizeof command->text)
        return 0;
    return error_usage(error, "--points is too long: use wildcards");
}

static int find_workload(struct sweep_command *command, struct error *error)
{
    struct campaign_options campaign = {0};
    const char *typed = command->target;
    int rc = target_no_program(typed, "sweep", error);
    if (rc == 0)
        rc = strchr(typed, '/') != NULL ? target_variant(typed, &campaign, error)
                                        : target_workload(typed, &campaign, error);
    if (rc != 0)
        return rc;
    if (campaign.workload->exits != NULL)
        return error_usage(error, "'%s' is measured, not swept: exeunt compare %s", typed, typed);
    if (command->for_programs != NULL)
        return error_usage(error, "--%s is for programs: leave it out where a workload is swept",
                           command->for_programs);
    command->sweep.workload = campaign.workload;
    command->sweep.variant = campaign.variant;
    return 0;
}

static int find_target(struct sweep_command *command, struct error *error)
{
    char *const *program = command->sweep.program;
    if (command->target != NULL && program != NULL)
        return error_usage(error, "'%.64s' stands before '--': write sweep [OPTION...] -- PROGRAM",
                           command->target);
    if (command->target != NULL)
        return find_workload(command, error);
    if (program == NULL)
        return error_usage(error,
                           "say what to sweep: exeunt sweep [OPTION...] -- PROGRAM [ARGUMENT...], or a "
                           "workload ('exeunt list' names them)");
    if (program[0] == NULL)
        return error_usage(error, "no program stands behind '--'");
    if (command->sweep.heap || command->sweep.rounds != 1)
        return error_usage(error, "--%s is for workloads: leave it out where a program is swept",
                           command->sweep.heap ? "heap" : "rounds");
    return 0;
}

int sweep_options_parse(int argc, char **argv, struct sweep_command *out, struct error *error)
{
    static const struct arguments arguments = {
        "sweep", "WORKLOAD[/VARIANT]\n-- PROGRAM [ARGUMENT...]",
        "Fail every reachable fault point of a program once, each in a run of its own, and tell what leaked, "
        "crashed, hung or lied. The program is run unmodified, in copies of the working folder. Of a "
        "workload, or one of its variants, every call fails once with every errno, each in an operation of "
        "its own, many operations in one process.",
        known_options, take};
    struct sweep_command command = {
        .sweep = {.modes = 1u << SWEEP_ONCE | 1u << SWEEP_PERSISTENT | 1u << SWEEP_PAIR,
                  .copy_max = (uint64_t)COPY_DEFAULT << 20,
                  .again = 3,
                  .rounds = 1},
        .fail_on = 1u << SWEEP_LEAK | 1u << SWEEP_CRASH | 1u << SWEEP_HANG | 1u << SWEEP_DOUBLE_RELEASE |
                   1u << SWEEP_SANITIZER,
        .results = STORE_FILE,
    };
    int rc = read_budget(BUDGET_DEFAULT, &command.sweep.budget_ns, error);
    int own = arguments_before_program(argc, argv, &command.sweep.program);
    if (rc == 0)
        rc = arguments_parse(&arguments, own < 0 ? argc - 1 : own, argv, &command, error);
    if (rc == 0)
        rc = find_target(&command, error);
    if (rc != 0)
        return rc;
    if (command.sweep.in_place && command.sweep.jobs > 1)
        return error_usage(error,
                           "--in-place makes one run at a time, since all share the folder: leave out "
                           "--jobs %u",
                           command.sweep.jobs);
    if (command.sweep.jobs == 0)
        command.sweep.jobs = command.sweep.in_place ? 1 : processors();
    if (command.target == NULL)
        rc = write_text(&command, error);
    if (rc == 0)
        *out = command;
    return rc;
}

int sweep_options_choose(struct sweep_command *command, const struct exeunt_variant *variant,
                         struct error *error)
{
    snprintf(command->name, sizeof command->name, "%s/%s", command->sweep.workload->name, variant->name);
    command->words[0] = command->name;
    command->sweep.variant = variant;
    command->sweep.program = command->words;
    return write_text(command, error);
}
