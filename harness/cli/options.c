/* Decides what the options of a campaign are called, what they may be, and what they are when not given.
 * Bounds and defaults are text, as a person would type it: help, check and complaint read the same one. */
#include "options.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "arguments.h"
#include "base/text.h"
#include "store/store.h"
#include "target.h"

#define SEED_DEFAULT      "1"
#define WORKERS_DEFAULT   "8"
#define WORKERS_HIGHEST   "256"
#define LIMIT_FDS_DEFAULT "1024"
#define SAMPLE_DEFAULT    "10ms"
#define HANG_DEFAULT      "10s"

enum {
    OPTION_FAULTS = 256,
    OPTION_SEED,
    OPTION_WORKERS,
    OPTION_OPERATIONS,
    OPTION_FOR,
    OPTION_LIMIT_FDS,
    OPTION_INPUT,
    OPTION_SAMPLE,
    OPTION_HANG,
    OPTION_SET,
    OPTION_HEAP,
    OPTION_REMOTE,
    OPTION_FAIL_ON,
    OPTION_ALL,
    OPTION_JSON,
    OPTION_RESULTS,
    OPTION_NIGHT,
    OPTION_QUIET,
};

static const struct argp_option known_options[] = {
    {"faults", OPTION_FAULTS, "PLAN", 0,
     "Which points fail, when and how: POINTS[:ERRNO,...][@WHEN], or instead of an errno 'short', "
     "'delay=TIME', 'cancel' (of the calling thread); several separated by ';', for example "
     "'posix/io/oc/open:EMFILE@p=0.02'; 'none' for no faults (default: the workload's own plan, see "
     "'exeunt list'; for a program none). 'fiu:enable_random name=POINT,probability=P', a command of "
     "fiu-run, "
     "is a rule too",
     1},
    {"seed", OPTION_SEED, "N", 0,
     "Seed of plan and input, below 2^63: the same seed fails the same calls (default " SEED_DEFAULT ")", 1},
    {"workers", OPTION_WORKERS, "N", 0,
     "Threads that do the operations, 1 to " WORKERS_HIGHEST " (default " WORKERS_DEFAULT ")", 1},
    {"operations", OPTION_OPERATIONS, "N", 0,
     "Operations of each variant (default: 12 for each descriptor of the limit; in a comparison the variants "
     "that should be clean do as many as the one that ran out of descriptors began)",
     1},
    {"for", OPTION_FOR, "TIME", 0,
     "Time of each variant, instead of --operations; a program of your own is then ended by SIGTERM. A TIME "
     "has a unit: us, ms, s, m or h, as in 20s",
     1},
    {"limit-fds", OPTION_LIMIT_FDS, "N", 0,
     "Descriptors that the program may have, RLIMIT_NOFILE (default " LIMIT_FDS_DEFAULT
     "; for a program of your own: as found)",
     1},
    {"input", OPTION_INPUT, "DIR", 0, "Folder of real files to work on (default: files made from the seed)",
     1},
    {"sample", OPTION_SAMPLE, "TIME", 0, "Time between two samples (default " SAMPLE_DEFAULT ")", 1},
    {"hang", OPTION_HANG, "TIME", 0,
     "Without an operation ending for so long, the program hangs (default " HANG_DEFAULT
     "; of a program of your own only once it has begun one). If it is given, a program without marks hangs "
     "when neither it nor a process that it started has run for so long: not for a server that idles",
     1},
    {"set", OPTION_SET, "KEY=VALUE", 0,
     "A setting of the workload, see 'exeunt list'; may be given several times", 1},
    {"heap", OPTION_HEAP, NULL, 0,
     "Watch allocations too: bytes in use within an operation, memory that operations leak (slower)", 1},
    {"remote", OPTION_REMOTE, NULL, 0,
     "Let libfiu's fiu-ctrl switch points while it runs; the command to do so is shown", 1},
    {"fail-on", OPTION_FAIL_ON, "WHAT,...", 0,
     "What else breaks a guarantee when a program leaves it: 'unreleased' descriptors, 'children' not waited "
     "for, 'temp-files', an 'exit' with an error (default: these are told for information). If the end of "
     "the program could not be seen, 'unreleased' is unknown: status 3",
     1},
    {"all", OPTION_ALL, NULL, 0, "Compare the variants of every workload, one workload after the other", 1},
    {"json", OPTION_JSON, "FILE", 0,
     "Write the result to FILE as JSON too; '-' is standard output, and then the report goes to standard "
     "error",
     2},
    {"results", OPTION_RESULTS, "FILE", 0,
     "Where the result is kept, for 'exeunt report' (default " STORE_FILE "; none: nowhere)", 2},
    {"night", OPTION_NIGHT, "N", OPTION_HIDDEN, "Night of 'exeunt stress' that the run belongs to", 2},
    {"quiet", OPTION_QUIET, NULL, 0,
     "No live line and no report: nothing but errors, the exit status, and what --json writes", 2},
    {0},
};

/* An option with a number or a time (in ns). Bounds and fallback as typed. */
struct value {
    int key;
    enum { NUMBER, TIME } kind;
    const char *low, *high, *fallback; /* fallback NULL: not set */
    size_t offset;                     /* of the uint64_t in struct options */
};

static const struct value values[] = {
    {OPTION_SEED, NUMBER, "0", "9223372036854775807", SEED_DEFAULT, offsetof(struct options, campaign.seed)},
    {OPTION_WORKERS, NUMBER, "1", WORKERS_HIGHEST, WORKERS_DEFAULT,
     offsetof(struct options, campaign.workers)},
    {OPTION_OPERATIONS, NUMBER, "1", "1000000000000", NULL, offsetof(struct options, campaign.operations)},
    {OPTION_FOR, TIME, "1ms", "720h", NULL, offsetof(struct options, campaign.for_ns)},
    {OPTION_LIMIT_FDS, NUMBER, "1", "1073741824", LIMIT_FDS_DEFAULT,
     offsetof(struct options, campaign.limit_fds)},
    {OPTION_SAMPLE, TIME, "1ms", "1m", SAMPLE_DEFAULT, offsetof(struct options, campaign.sample_ns)},
    {OPTION_HANG, TIME, "10ms", "24h", HANG_DEFAULT, offsetof(struct options, campaign.hang_ns)},
    {OPTION_NIGHT, NUMBER, "1", "9223372036854775807", NULL, offsetof(struct options, night)},
};
enum { VALUE_COUNT = sizeof values / sizeof *values };

/* Options that mean nothing to a program of the user's, and those that mean nothing to a workload. */
static const int for_workloads[] = {OPTION_WORKERS, OPTION_OPERATIONS, OPTION_INPUT,
                                    OPTION_SET,     OPTION_ALL,        0};
static const int for_programs[] = {OPTION_FAIL_ON, 0};

/* Those that are about one workload alone. */
static const int for_one_workload[] = {OPTION_INPUT, OPTION_SET, 0};

/* What is read while the workload is not yet known. */
struct reading {
    unsigned given; /* bit i: the option of key OPTION_FAULTS + i */
    struct options *options;
    const struct options_form *form;
    const char *operand;
    const char **settings;
    size_t setting_count;
};

static const char *option_name(int key)
{
    const struct argp_option *option = known_options;
    while (option->key != key)
        option++;
    return option->name;
}

static int wrong_value(const struct value *value, const char *typed, int rc, struct error *error)
{
    static const char *const units[] = {"s", "m", "h", "ms", "us", NULL};
    const char *name = option_name(value->key);
    if (rc == -ERANGE)
        return error_usage(error, "--%s %.64s is out of bounds: at least %s, at most %s", name, typed,
                           value->low, value->high);
    if (value->kind == NUMBER)
        return error_usage(error, "--%s '%.64s' is not a whole number", name, typed);
    size_t digits = strspn(typed, "0123456789.");
    const char *unit = typed[digits] == '\0' ? "s" : text_nearest(typed + digits, text_of_array, units);
    if (digits > 0 && digits < 32 && unit != NULL)
        return error_usage(error,
                           "--%s '%.64s' is not a time: it needs a unit, us, ms, s, m or h (did you mean "
                           "'%.*s%s'?)",
                           name, typed, (int)digits, typed, unit);
    return error_usage(error, "--%s '%.64s' is not a time: write a number and a unit, us, ms, s, m or h",
                       name, typed);
}

static int read_value(const struct value *value, const char *typed, struct options *options,
                      struct error *error)
{
    uint64_t low = 0, high = 0, read = 0;
    int rc;
    if (value->kind == NUMBER) {
        text_number(value->low, 0, UINT64_MAX, &low);
        text_number(value->high, 0, UINT64_MAX, &high);
        rc = text_number(typed, low, high, &read);
    } else {
        text_duration_ns(value->low, &low);
        text_duration_ns(value->high, &high);
        rc = text_duration_ns(typed, &read);
        if (rc == 0 && (read < low || read > high))
            rc = -ERANGE;
    }
    if (rc != 0)
        return wrong_value(value, typed, rc, error);
    memcpy((char *)options + value->offset, &read, sizeof read);
    return 0;
}

/* One word of --fail-on. */
static int read_fail_on_word(const char *word, unsigned *fail_on, struct error *error)
{
    static const char *const words[] = {"unreleased", "children", "temp-files", "exit", NULL};
    static const unsigned bits[] = {FAIL_ON_UNRELEASED, FAIL_ON_CHILDREN, FAIL_ON_TEMP_FILES, FAIL_ON_EXIT};
    char hint[64];
    for (size_t i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], word) != 0)
            continue;
        *fail_on |= bits[i];
        return 0;
    }
    return error_usage(error,
                       "--fail-on '%.64s' is not known%s: choose of unreleased, children, temp-files, exit",
                       word, text_hint(hint, sizeof hint, word, text_of_array, words));
}

static int read_fail_on(const char *typed, unsigned *fail_on, struct error *error)
{
    char word[64];
    for (;;) {
        size_t length = strcspn(typed, ",");
        snprintf(word, sizeof word, "%.*s", (int)length, typed);
        int rc = read_fail_on_word(word, fail_on, error);
        if (rc != 0 || typed[length] == '\0')
            return rc;
        typed += length + 1;
    }
}

static int read_value_of(int key, const char *typed, struct options *options, struct error *error)
{
    const struct value *value = values;
    while (value->key != key)
        value++;
    return read_value(value, typed, options, error);
}

static int take(void *into, int key, const char *typed, struct error *error)
{
    struct reading *reading = into;
    struct options *options = reading->options;
    if (key >= OPTION_FAULTS && key <= OPTION_QUIET)
        reading->given |= 1u << (key - OPTION_FAULTS);
    switch (key) {
    case ARGP_KEY_ARG:
        if (reading->operand != NULL)
            return error_usage(error, "unexpected argument '%.64s' after '%.64s'", typed, reading->operand);
        reading->operand = typed;
        return 0;
    case OPTION_FAULTS:
        options->campaign.faults = typed;
        return 0;
    case OPTION_INPUT:
        options->campaign.input = typed;
        return 0;
    case OPTION_SET:
        reading->settings[reading->setting_count++] = typed;
        return 0;
    case OPTION_HEAP:
        options->campaign.heap = true;
        return 0;
    case OPTION_REMOTE:
        options->campaign.remote = true;
        return 0;
    case OPTION_FAIL_ON:
        return read_fail_on(typed, &options->campaign.fail_on, error);
    case OPTION_JSON:
        options->json = typed;
        return 0;
    case OPTION_RESULTS:
        options->results = strcmp(typed, "none") == 0 ? NULL : typed;
        return 0;
    case OPTION_ALL:
        options->all = true;
        return 0;
    case OPTION_QUIET:
        options->quiet = true;
        return 0;
    default:
        return read_value_of(key, typed, options, error);
    }
}

/* The first of the options that was given, or 0. */
static int first_given(const struct reading *reading, const int *keys)
{
    while (*keys != 0 && (reading->given >> (*keys - OPTION_FAULTS) & 1) == 0)
        keys++;
    return *keys;
}

/* A program of the user's: whatever stands behind "--". */
static int conclude_program(const struct reading *reading, struct error *error)
{
    struct options *options = reading->options;
    int key = first_given(reading, for_workloads);
    if (key != 0)
        return error_usage(error, "--%s is for workloads: it means nothing to a program", option_name(key));
    if (reading->operand != NULL)
        return error_usage(error, "'%.64s' before '--': name a workload's variant or a program, not both",
                           reading->operand);
    if (options->json != NULL && strcmp(options->json, "-") == 0)
        return error_usage(error, "--json -: standard output is the program's; give a file");
    if ((reading->given >> (OPTION_LIMIT_FDS - OPTION_FAULTS) & 1) == 0)
        options->campaign.limit_fds = 0;
    options->campaign.hang_at_rest = (reading->given >> (OPTION_HANG - OPTION_FAULTS) & 1) != 0;
    return 0;
}

/* The usual limit, where the system allows that. */
static void fall_back_to_hard_limit(const struct reading *reading, struct campaign_options *campaign)
{
    struct rlimit limit;
    bool given = (reading->given >> (OPTION_LIMIT_FDS - OPTION_FAULTS) & 1) != 0;
    if (!given && getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max < campaign->limit_fds)
        campaign->limit_fds = limit.rlim_max;
}

/* Every workload: each as it is by itself. */
static int conclude_all(const struct reading *reading, struct error *error)
{
    if (!reading->form->takes_all)
        return error_usage(error, "--all is for 'exeunt compare': name what to %s", reading->form->command);
    if (reading->operand != NULL)
        return error_usage(error, "'%.64s' and --all: name a workload or take all of them, not both",
                           reading->operand);
    int key = first_given(reading, for_one_workload);
    return key == 0
               ? 0
               : error_usage(error, "--%s is for one workload: leave it out, or name one instead of --all",
                             option_name(key));
}

/* One workload, or one of its variants. */
static int conclude_target(const struct reading *reading, struct error *error)
{
    struct campaign_options *campaign = &reading->options->campaign;
    const char *operand = reading->form->operand;
    if (reading->operand == NULL) {
        const char *other = strchr(operand, '\n'); /* another form of the command */
        return error_usage(error, "say what to %s: %.*s%s%s ('exeunt list' names them)",
                           reading->form->command, (int)strcspn(operand, "\n"), operand,
                           other != NULL ? ", or " : "", other != NULL ? other + 1 : "");
    }
    int rc = reading->form->target(reading->operand, campaign, error);
    for (size_t i = 0; rc == 0 && i < reading->setting_count; i++)
        rc = target_setting(reading->settings[i], campaign, error);
    return rc;
}

/* What can be judged only when all is read. */
static int conclude(struct reading *reading, struct error *error)
{
    struct campaign_options *campaign = &reading->options->campaign;
    if (campaign->program != NULL)
        return conclude_program(reading, error);
    fall_back_to_hard_limit(reading, campaign);
    int key = first_given(reading, for_programs);
    if (key != 0)
        return error_usage(error, "--%s is for programs: %s -- PROGRAM", option_name(key),
                           reading->form->command);
    int rc = reading->options->all ? conclude_all(reading, error) : conclude_target(reading, error);
    if (rc != 0)
        return rc;
    if (campaign->operations != 0 && campaign->for_ns != 0)
        return error_usage(error, "--operations and --for exclude each other: give one of them");
    return 0;
}

/* The options of the command: of those for programs none, if it takes no program. --all is not shown where it
 * is told what it is for. */
static void choose_options(const struct options_form *form, struct argp_option *out)
{
    for (const struct argp_option *option = known_options;; option++) {
        bool left_out = false;
        for (const int *key = for_programs; *key != 0; key++)
            left_out |= option->key == *key && !form->takes_program;
        if (!left_out)
            *out++ = *option;
        if (option->key == OPTION_ALL && !form->takes_all)
            out[-1].flags |= OPTION_HIDDEN;
        if (option->name == NULL)
            return;
    }
}

int options_parse(const struct options_form *form, int argc, char **argv, struct options *out,
                  struct error *error)
{
    struct argp_option known[sizeof known_options / sizeof *known_options];
    const struct arguments arguments = {form->command, form->operand, form->doc, known, take};
    choose_options(form, known);
    struct options options = {.results = STORE_FILE};
    struct reading reading = {.options = &options, .form = form};
    int own = form->takes_program ? arguments_before_program(argc, argv, &options.campaign.program) : argc;
    if (own < 0)
        return error_usage(error, "no program stands behind '--'");
    reading.settings = calloc((size_t)argc, sizeof *reading.settings);
    if (reading.settings == NULL)
        return error_not_done(error, -ENOMEM, "no memory to read the command line");
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < VALUE_COUNT; i++)
        if (values[i].fallback != NULL)
            rc = read_value(&values[i], values[i].fallback, &options, error);
    if (rc == 0)
        rc = arguments_parse(&arguments, own, argv, &reading, error);
    if (rc == 0)
        rc = conclude(&reading, error);
    free(reading.settings);
    if (rc == 0)
        *out = options;
    return rc;
}
