/* The command line of commands that run a campaign: what is understood, and what is said when it is not. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "options.h"
#include "target.h"

static const struct options_form run_form = {
    "run", "WORKLOAD/VARIANT\n-- PROGRAM", "Run.", true, false, target_variant};
static const struct options_form compare_form = {"compare", "WORKLOAD\n--all", "Compare.", false,
                                                 true,      target_workload};

enum { WORDS_MAX = 32 };

/* A command line whose words are separated by single spaces; '_' stands for an empty word. */
struct line {
    char text[256];
    char *argv[WORDS_MAX + 1];
    int argc;
};

static void split(struct line *line, const char *text)
{
    *line = (struct line){.argc = 0};
    snprintf(line->text, sizeof line->text, "%s", text);
    char *rest = line->text, *word;
    while ((word = strsep(&rest, " ")) != NULL && line->argc < WORDS_MAX)
        line->argv[line->argc++] = strcmp(word, "_") == 0 ? word + 1 : word;
}

/* The strings in `options` hold until the next call. */
static int parse(const char *text, struct options *options, struct error *error)
{
    static struct line line;
    split(&line, text);
    return options_parse(text[0] == 'r' ? &run_form : &compare_form, line.argc, line.argv, options, error);
}

/* What was understood, where it differs from "compare upload". */
static void describe(const struct options *options, char *to, size_t size)
{
    const struct campaign_options *campaign = &options->campaign;
    char *end = to;
    to[0] = '\0';
#define SAY(differs, ...)                                                                                    \
    if (differs)                                                                                             \
    end += snprintf(end, size - (size_t)(end - to), __VA_ARGS__)
    SAY(true, "%s", options->all ? "all" : campaign->workload->name);
    SAY(campaign->variant != NULL, "/%s", campaign->variant->name);
    SAY(campaign->faults != NULL, " faults=%s", campaign->faults);
    SAY(campaign->seed != 1, " seed=%" PRIu64, campaign->seed);
    SAY(campaign->workers != 8, " workers=%" PRIu64, campaign->workers);
    SAY(campaign->operations != 0, " operations=%" PRIu64, campaign->operations);
    SAY(campaign->for_ns != 0, " for=%" PRIu64, campaign->for_ns);
    SAY(campaign->limit_fds != 1024, " limit=%" PRIu64, campaign->limit_fds);
    SAY(campaign->sample_ns != 10000000, " sample=%" PRIu64, campaign->sample_ns);
    SAY(campaign->hang_ns != 10000000000, " hang=%" PRIu64, campaign->hang_ns);
    SAY(campaign->input != NULL, " input=%s", campaign->input);
    SAY(!options->all && campaign->settings[0] != 1, " set0=%" PRIu64, campaign->settings[0]);
    SAY(!options->all && campaign->settings[1] != 3, " set1=%" PRIu64, campaign->settings[1]);
    SAY(options->json != NULL, " json=%s", options->json);
    SAY(options->quiet, " quiet");
#undef SAY
}

Test(options, are_understood)
{
    static const struct {
        const char *line, *understood, *why;
    } cases[] = {
        {"compare upload", "upload", "all defaults"},
        {"run upload/bare", "upload/bare", "a variant"},
        {"compare --seed 7 upload", "upload seed=7", "options before the workload"},
        {"compare upload --seed=7", "upload seed=7", "value after an equals sign"},
        {"compare upload --seed 0", "upload seed=0", "lowest seed"},
        {"compare upload --seed 9223372036854775807", "upload seed=9223372036854775807", "highest seed"},
        {"compare upload --seed 7 --seed 8", "upload seed=8", "the last one holds"},
        {"compare upload --workers 256", "upload workers=256", "most workers"},
        {"compare upload --work 2", "upload workers=2", "a beginning that is clear"},
        {"compare upload --operations 5000", "upload operations=5000", "operations"},
        {"compare upload --for 1.5s", "upload for=1500000000", "time with a fraction"},
        {"compare upload --limit-fds 256", "upload limit=256", "limit"},
        {"compare upload --sample 5ms --hang 1m", "upload sample=5000000 hang=60000000000", "units"},
        {"compare upload --faults upload/metadata@p=0.5;posix/io/*:EIO@3+",
         "upload faults=upload/metadata@p=0.5;posix/io/*:EIO@3+", "the plan is not read here"},
        {"compare upload --faults -x", "upload faults=-x", "a value may look like an option"},
        {"compare upload --input spool", "upload input=spool", "folder"},
        {"compare upload --json - --quiet", "upload json=- quiet", "standard output"},
        {"compare upload --set fsync=0", "upload set0=0", "first setting"},
        {"compare --set corrupt=9 --set fsync=0 upload", "upload set0=0 set1=9",
         "settings before the workload"},
        {"compare upload --set corrupt=9 --set corrupt=4", "upload set1=4", "the last one holds"},
        {"compare -- upload", "upload", "end of options"},
        {"compare --all", "all", "every workload"},
        {"compare --seed 4 --all --quiet", "all seed=4 quiet", "what fits them all"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options options;
        struct error error = {.text = "untouched"};
        char understood[256] = "";
        int rc = parse(cases[i].line, &options, &error);
        cr_expect_eq(rc, 0, "%s (%s): %s", cases[i].line, cases[i].why, error.text);
        cr_expect_str_eq(error.text, "untouched", "%s", cases[i].line);
        if (rc == 0)
            describe(&options, understood, sizeof understood);
        cr_expect_str_eq(understood, cases[i].understood, "%s (%s): %s", cases[i].line, cases[i].why,
                         understood);
    }
}

Test(options, are_refused_with_a_sentence_that_helps)
{
    static const struct {
        const char *line, *sentence, *why;
    } cases[] = {
        {"compare", "say what to compare: WORKLOAD, or --all ('exeunt list' names them)",
         "nothing to compare"},
        {"run", "say what to run: WORKLOAD/VARIANT, or -- PROGRAM", "nothing to run"},
        {"compare upload --all", "'upload' and --all: name a workload or take all of them", "both"},
        {"compare --all --set fsync=0", "--set is for one workload", "whose setting?"},
        {"compare --all --input /tmp", "--input is for one workload", "whose input?"},
        {"compare --all --fail-on exit", "unknown option '--fail-on'", "compare takes no program"},
        {"compare --all --for 3s --operations 4", "exclude each other", "both, of all"},
        {"compare --all=2", "option '--all' takes no value", "a value too many"},
        {"run --all", "--all is for 'exeunt compare'", "all of what?"},
        {"run --all -- true", "--all is for workloads", "a program is one"},
        {"compare uplaod", "no workload 'uplaod' (did you mean 'upload'?)", "misspelt workload"},
        {"compare zebra", "no workload 'zebra'; 'exeunt list'", "nothing is near: no hint"},
        {"run uplod/bare", "no workload 'uplod' (did you mean 'upload'?)", "misspelt workload of a variant"},
        {"run upload/gaurded", "no variant 'gaurded' (did you mean 'guarded'?)", "misspelt variant"},
        {"run upload/", "has no variant ''; it has upload/bare, upload/guarded", "empty variant"},
        {"run upload", "say which (upload/bare, upload/guarded)", "variant is missing"},
        {"run _", "no workload ''", "empty name"},
        {"compare upload/bare", "leave it out", "a variant where all are run"},
        {"compare upload copy", "unexpected argument 'copy' after 'upload'", "one too many"},
        {"compare upload --sede 3", "unknown option '--sede' (did you mean '--seed'?)", "misspelt option"},
        {"compare upload --sede=3", "unknown option '--sede=3' (did you mean '--seed'?)",
         "the same with a value"},
        {"compare upload --hlep", "unknown option '--hlep' (did you mean '--help'?)", "misspelt help"},
        {"compare upload --zebra", "unknown option '--zebra'", "nothing is near: no hint"},
        {"compare upload -seed 3", "unknown option '-seed' (did you mean '--seed'?)", "one dash"},
        {"compare --quiet -seed 3 upload", "unknown option '-seed'", "the good one before it is not blamed"},
        {"compare -x upload", "unknown option '-x'", "short option"},
        {"compare upload --s 3", "option '--s' can mean --seed, --sample, --set", "a beginning of several"},
        {"compare upload --seed", "option '--seed' needs a value: --seed N", "the value is missing"},
        {"compare upload --worker", "option '--workers' needs a value", "missing after a beginning"},
        {"compare upload --quiet=1", "option '--quiet' takes no value", "a value too many"},
        {"compare upload --seed x", "--seed 'x' is not a whole number", "no number"},
        {"compare upload --seed -1", "--seed '-1' is not a whole number", "negative"},
        {"compare upload --seed 0x10", "--seed '0x10' is not a whole number", "not decimal"},
        {"compare upload --seed _", "--seed '' is not a whole number", "empty"},
        {"compare upload --seed 9223372036854775808", "at most 9223372036854775807",
         "one above the highest seed"},
        {"compare upload --seed 99999999999999999999", "at most 9223372036854775807", "beyond 64 bits"},
        {"compare upload --workers 0", "--workers 0 is out of bounds: at least 1, at most 256", "none"},
        {"compare upload --workers 257", "--workers 257 is out of bounds", "too many"},
        {"compare upload --operations 0", "--operations 0 is out of bounds", "none"},
        {"compare upload --for 20",
         "--for '20' is not a time: it needs a unit, us, ms, s, m or h (did you mean '20s'?)",
         "unit is missing"},
        {"compare upload --for 20sec", "(did you mean '20s'?)", "misspelt unit"},
        {"compare upload --for 5min", "(did you mean '5m'?)", "misspelt unit"},
        {"compare upload --for soon", "--for 'soon' is not a time: write a number", "no number"},
        {"compare upload --for 0s", "--for 0s is out of bounds", "no time"},
        {"compare upload --for 721h", "--for 721h is out of bounds: at least 1ms, at most 720h", "too long"},
        {"compare upload --sample 2m", "--sample 2m is out of bounds: at least 1ms, at most 1m", "too long"},
        {"compare upload --for 3s --operations 4", "--operations and --for exclude each other", "both"},
        {"compare upload --set fsync", "--set 'fsync' has no value: write --set KEY=VALUE",
         "value is missing"},
        {"compare upload --set fsnc=0", "no setting 'fsnc' (did you mean 'fsync'?)", "misspelt key"},
        {"compare upload --set fsync=2", "--set fsync: '2' is not a whole number from 0 to 1",
         "out of bounds"},
        {"compare upload --set fsync=", "--set fsync: '' is not a whole number", "empty value"},
        {"compare copy --set fsync=0", "workload 'copy' has no setting 'fsync'", "another workload's key"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options options;
        struct error error = {.text = ""};
        cr_expect_eq(parse(cases[i].line, &options, &error), -EINVAL, "%s (%s)", cases[i].line, cases[i].why);
        cr_expect_eq(error.exit_status, EXIT_USAGE, "%s", cases[i].line);
        cr_expect_not_null(strstr(error.text, cases[i].sentence), "%s (%s): %s", cases[i].line, cases[i].why,
                           error.text);
        cr_expect_null(strchr(error.text, '\n'), "one sentence: %s", error.text);
    }
}

Test(options, as_many_workers_as_a_campaign_takes)
{
    struct options options;
    struct error error;
    char line[64];
    snprintf(line, sizeof line, "compare upload --workers %d", CAMPAIGN_WORKERS_MAX);
    cr_expect_eq(parse(line, &options, &error), 0);
    snprintf(line, sizeof line, "compare upload --workers %d", CAMPAIGN_WORKERS_MAX + 1);
    cr_expect_eq(parse(line, &options, &error), -EINVAL);
}

Test(options, help_names_defaults_and_units, .init = cr_redirect_stdout)
{
    static const char *const expected[] = {"Usage: exeunt compare [OPTION...] WORKLOAD", "(default 1024;",
                                           "(default 10ms)", "us, ms, s, m or h", "--set=KEY=VALUE"};
    struct options options;
    struct error error;
    cr_assert_eq(parse("compare --help --sede", &options, &error), ARGUMENTS_HELP_SHOWN, "help comes first");
    fflush(stdout);
    char help[8192];
    FILE *out = cr_get_redirected_stdout();
    size_t length = fread(help, 1, sizeof help - 1, out);
    help[length] = '\0';
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        cr_expect_not_null(strstr(help, expected[i]), "%s in:\n%s", expected[i], help);
}
