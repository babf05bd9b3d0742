/* What is saved of a sweep comes back as it was. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static struct error error;

#define expect_done(call) cr_assert_eq((call), 0, "%s", error.text)

static void expect_same_fault(const struct sweep_fault *got, const struct sweep_fault *saved)
{
    cr_expect_str_eq(got->point, saved->point);
    cr_expect_eq(got->error, saved->error);
    cr_expect_str_eq(got->coordinate, saved->coordinate);
    cr_expect_str_eq(got->failed_at, saved->failed_at);
}

static void expect_same_finding(const struct sweep_finding *got, const struct sweep_finding *saved)
{
    cr_expect_eq(got->id, saved->id);
    cr_expect_eq(got->kind, saved->kind);
    cr_expect_eq(got->severity, saved->severity);
    cr_expect_str_eq(got->resource, saved->resource);
    cr_expect_eq(got->signature, saved->signature);
    cr_expect_eq(got->count, saved->count);
    cr_expect_str_eq(got->taken_at, saved->taken_at);
    cr_expect_eq(got->mode, saved->mode);
    for (size_t i = 0; i < 2; i++)
        expect_same_fault(&got->faults[i], &saved->faults[i]);
    cr_expect_str_eq(got->detail, saved->detail);
    cr_assert_eq(got->stack_depth, saved->stack_depth);
    for (size_t i = 0; i < got->stack_depth; i++)
        cr_expect_str_eq(got->stack[i], saved->stack[i]);
    cr_expect_eq(got->replays, saved->replays);
    cr_expect_eq(got->reproduced, saved->reproduced);
    cr_expect_str_eq(got->suppressed, saved->suppressed);
    cr_expect_eq(got->breaks, saved->breaks);
}

static void expect_same_words(char *const *got, char *const *saved)
{
    size_t i = 0;
    for (; got[i] != NULL && saved[i] != NULL; i++)
        cr_expect_str_eq(got[i], saved[i]);
    cr_expect_null(got[i]);
    cr_expect_null(saved[i]);
}

static void expect_same_sweep(const struct sweep_result *got, const struct sweep_result *saved)
{
    expect_same_words(got->command, saved->command);
    cr_expect_str_eq(got->line, saved->line);
    cr_expect_eq(got->seed, saved->seed);
    cr_expect_eq(got->started_s, saved->started_s);
    cr_expect_eq(got->wall_ms, saved->wall_ms);
    cr_expect_eq(got->contexts, saved->contexts);
    cr_expect_eq(got->calls, saved->calls);
    cr_expect_eq(got->runs, saved->runs);
    cr_expect_eq(got->planned, saved->planned);
    cr_expect_arr_eq(got->outcomes, saved->outcomes, sizeof got->outcomes);
    cr_expect_eq(got->steady_status, saved->steady_status);
    cr_expect_eq(got->by_server, saved->by_server);
    cr_assert_eq(got->point_count, saved->point_count);
    for (size_t i = 0; i < got->point_count; i++) {
        cr_expect_str_eq(got->points[i].name, saved->points[i].name);
        cr_expect_eq(got->points[i].calls, saved->points[i].calls);
        cr_expect_eq(got->points[i].contexts, saved->points[i].contexts);
        cr_expect_eq(got->points[i].failed, saved->points[i].failed);
    }
    cr_expect_str_eq(got->workload, saved->workload);
    cr_expect_str_eq(got->variant, saved->variant);
    cr_expect_eq(got->control, saved->control);
    cr_expect_eq(got->processes, saved->processes);
    cr_assert_eq(got->coverage_count, saved->coverage_count);
    for (size_t i = 0; i < got->coverage_count; i++) {
        cr_expect_str_eq(got->coverage[i].point, saved->coverage[i].point);
        cr_expect_eq(got->coverage[i].error, saved->coverage[i].error);
        cr_expect_eq(got->coverage[i].reached, saved->coverage[i].reached);
        cr_expect_eq(got->coverage[i].failed, saved->coverage[i].failed);
    }
    cr_assert_eq(got->finding_count, saved->finding_count);
    for (size_t i = 0; i < got->finding_count; i++)
        expect_same_finding(&got->findings[i], &saved->findings[i]);
    cr_expect_str_eq(got->note, saved->note);
    cr_expect_eq(got->interrupted, saved->interrupted);
    cr_expect_eq(got->fail_on, saved->fail_on);
    cr_expect_eq(got->exit_status, saved->exit_status);
    cr_expect_str_eq(got->sentence, saved->sentence);
}

static void expect_same_environment(const struct store_environment *got,
                                    const struct store_environment *saved)
{
    cr_expect_str_eq(got->exeunt, saved->exeunt);
    cr_expect_str_eq(got->kernel, saved->kernel);
    cr_expect_str_eq(got->libc, saved->libc);
    cr_expect_str_eq(got->host, saved->host);
    cr_expect_str_eq(got->machine, saved->machine);
    cr_expect_str_eq(got->folder, saved->folder);
    cr_expect_str_eq(got->target_commit, saved->target_commit);
}

Test(sweep, comes_back_as_it_was)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct sweep_result saved = example_sweep(), got;
    uint64_t run = begin_example(store);
    expect_done(store_finish_sweep(store, run, &saved, &error));
    for (size_t i = 0; i < saved.finding_count; i++)
        cr_expect_eq(saved.findings[i].id, i + 1, "numbers from 1, given on saving");
    cr_assert_eq(store_close(store), 0);

    struct store_run about;
    expect_done(store_open(place.path, STORE_READ, &store, &error));
    expect_done(store_load_sweep(store, 0, &got, &about, &error));
    expect_same_sweep(&got, &saved);
    expect_same_environment(&about.environment, &example_environment);
    cr_expect_eq(about.id, run);
    cr_expect(about.complete);
    cr_expect_eq(about.findings, 3);
    cr_expect_str_eq(about.options, "--depth all");
    cr_expect_eq(about.seed, saved.seed);
    sweep_result_clear(&got);
    sweep_result_clear(&saved);
    store_run_clear(&about);
    cr_assert_eq(store_close(store), 0);
    place_remove(&place);
}

Test(sweep, of_a_workload_comes_back_with_its_coverage)
{
    static const struct sweep_coverage coverage[] = {{"posix/io/oc/open", EMFILE, true, 3},
                                                     {"posix/io/oc/open", EINTR, true, 0},
                                                     {"session/handshake", EACCES, false, 0}};
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct sweep_result saved = example_sweep(), got;
    struct store_run about;
    uint64_t run;
    free(saved.line);
    saved.line = strdup("upload/unguarded");
    strcpy(saved.workload, "upload");
    strcpy(saved.variant, "unguarded");
    saved.control = true;
    saved.processes = 7;
    saved.coverage = malloc(sizeof coverage);
    memcpy(saved.coverage, coverage, sizeof coverage);
    saved.coverage_count = sizeof coverage / sizeof *coverage;
    expect_done(begin_sweep(store, &saved, &run, &error));
    expect_done(store_finish_sweep(store, run, &saved, &error));
    expect_done(store_load_sweep(store, run, &got, &about, &error));
    expect_same_sweep(&got, &saved);
    sweep_result_clear(&got);
    sweep_result_clear(&saved);
    store_run_clear(&about);
    cr_assert_eq(store_close(store), 0);
    place_remove(&place);
}

Test(sweep, findings_are_numbered_over_the_whole_file)
{
    struct place place = place_make();
    struct store *store = place_open(&place), *other = place_open(&place);
    uint64_t first = begin_example(store), second = begin_example(other);
    struct sweep_finding a = example_finding(7), b = example_finding(7), again = example_finding(7),
                         c = example_finding(8);
    expect_done(store_save_finding(store, first, &a, &error));
    expect_done(store_save_finding(other, second, &b, &error));
    again.count = 9;
    expect_done(store_save_finding(other, second, &again, &error));
    expect_done(store_save_finding(store, first, &c, &error));
    cr_expect_eq(a.id, 1);
    cr_expect_eq(b.id, 2, "the same signature in another run is another finding");
    cr_expect_eq(again.id, 2, "in the same run it is the same");
    cr_expect_eq(c.id, 3, "no number is left out");

    struct sweep_finding got;
    struct store_run run;
    expect_done(store_load_finding(store, 2, &got, &run, &error));
    expect_same_finding(&got, &again);
    cr_expect_eq(run.id, second);
    cr_expect_eq(run.findings, 1);
    expect_same_environment(&run.environment, &example_environment);
    cr_expect_str_eq(run.command[1], "");
    cr_expect_str_eq(run.command[2], "two words");
    store_run_clear(&run);
    store_close(other);
    store_close(store);
    place_remove(&place);
}

Test(sweep, a_finding_may_become_another)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    uint64_t run = begin_example(store);
    struct sweep_result sweep = example_sweep();
    struct sweep_finding *pair = &sweep.findings[1], got;
    expect_done(store_save_finding(store, run, pair, &error));
    pair->mode = SWEEP_ONCE;
    pair->faults[1] = (struct sweep_fault){.error = 0};
    pair->stack_depth = 0;
    pair->signature = 77;
    pair->count = 12;
    pair->reproduced = 3;
    expect_done(store_save_finding(store, run, pair, &error));
    cr_expect_eq(pair->id, 1);

    struct store_run about;
    expect_done(store_load_finding(store, 1, &got, &about, &error));
    expect_same_finding(&got, pair);
    cr_expect_eq(about.findings, 1);
    store_run_clear(&about);
    sweep_result_clear(&sweep);
    store_close(store);
    place_remove(&place);
}

/* In statements and elsewhere. */
Test(sweep, is_of_a_program_or_a_workload)
{
    static const struct {
        const char *options, *subject, *reason;
    } rows[] = {
        {"", "sweep -- x", "a program, with no option"},
        {"--depth\n1", "sweep -- x", "a program, with one"},
        {"upload/guarded\n--depth\n1", "sweep x", "a workload"},
        {"Upload", "sweep x", "whatever its name begins with"},
    };
    struct place place = place_make();
    struct store *store = place_open(&place);
    char word[] = "x", *words[] = {word, NULL};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct store_beginning beginning = {
            .kind = "sweep", .command = words, .line = "x", .options = rows[i].options};
        struct sweep_result totals = {.runs = 1, .planned = 1};
        struct store_run run;
        struct store_trend trend;
        uint64_t id;
        expect_done(store_begin(store, &beginning, &example_environment, &id, &error));
        expect_done(store_finish_sweep(store, id, &totals, &error));
        expect_done(store_load_run(store, id, &run, &error));
        expect_done(store_load_trend(store, &trend, &error));
        cr_expect_eq(store_run_is_of_program(&run), strcmp(rows[i].subject, "sweep -- x") == 0, "%s",
                     rows[i].reason);
        cr_assert_eq(trend.day_count, 1);
        cr_expect_str_eq(trend.days[0].subject, rows[i].subject, "%s", rows[i].reason);
        store_trend_clear(&trend);
        store_run_clear(&run);
        cr_expect_eq(number_of(store, "delete from run returning 1"), 1);
    }
    store_close(store);
    place_remove(&place);
}

/* Of the example, which has as many runs of each kind as its number squared. */
Test(sweep, leaks_are_followed_over_days)
{
    static const struct {
        const char *sql;
        bool known;
        uint64_t leaked, findings;
        const char *reason;
    } rows[] = {
        {"select 1", true, SWEEP_LEAK * SWEEP_LEAK, 1, "what breaks no guarantee is no finding"},
        {"update finding set breaks = 1 where kind = 'leak' returning 1", true, SWEEP_LEAK * SWEEP_LEAK, 2,
         "two that differ"},
        {"delete from outcome returning 1", false, 0, 2, "not known is not none"},
    };
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct sweep_result sweep = example_sweep();
    struct store_trend trend;
    uint64_t run = begin_example(store);
    expect_done(store_finish_sweep(store, run, &sweep, &error));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(number_of(store, rows[i].sql), 1);
        expect_done(store_load_trend(store, &trend, &error));
        cr_assert_eq(trend.day_count, 1);
        cr_expect_eq(trend.days[0].leaked_known, rows[i].known, "%s", rows[i].reason);
        cr_expect_eq(trend.days[0].leaked, rows[i].leaked, "%s", rows[i].reason);
        cr_expect_eq(trend.days[0].findings, rows[i].findings, "%s", rows[i].reason);
        store_trend_clear(&trend);
    }
    sweep_result_clear(&sweep);
    store_close(store);
    place_remove(&place);
}

Test(sweep, runs_are_listed_and_the_last_is_the_last)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct store_runs runs;
    expect_done(store_list_runs(store, &runs, &error));
    cr_expect_eq(runs.count, 0);
    store_runs_clear(&runs);
    struct sweep_result sweep = example_sweep(), got;
    uint64_t first = begin_example(store), second = begin_example(store);
    expect_done(store_finish_sweep(store, first, &sweep, &error));
    expect_done(store_list_runs(store, &runs, &error));
    cr_assert_eq(runs.count, 2);
    cr_expect_eq(runs.list[0].id, first);
    cr_expect(runs.list[0].complete);
    cr_expect_eq(runs.list[0].findings, 3);
    cr_expect_str_eq(runs.list[0].line, sweep.line);
    cr_expect_eq(runs.list[1].id, second);
    cr_expect_not(runs.list[1].complete);
    store_runs_clear(&runs);

    struct store_run run;
    expect_done(store_load_sweep(store, 0, &got, &run, &error));
    cr_expect_eq(run.id, second);
    cr_expect_eq(got.finding_count, 0);
    sweep_result_clear(&got);
    store_run_clear(&run);
    expect_done(store_load_sweep(store, first, &got, &run, &error));
    cr_expect_eq(run.id, first);
    cr_expect_eq(got.finding_count, 3);
    sweep_result_clear(&got);
    store_run_clear(&run);
    sweep_result_clear(&sweep);
    store_close(store);
    place_remove(&place);
}

Test(sweep, what_does_not_exist_is_said)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct sweep_finding finding;
    struct sweep_result sweep;
    struct store_run run;
    char expected[PATH_MAX + 128];

    cr_expect_lt(store_load_sweep(store, 0, &sweep, &run, &error), 0);
    snprintf(expected, sizeof expected, "'%s' holds no sweep yet: run one first, or name another file",
             place.path);
    cr_expect_str_eq(error.text, expected);
    begin_example(store);
    cr_expect_lt(store_load_sweep(store, 9, &sweep, &run, &error), 0);
    snprintf(expected, sizeof expected,
             "there is no sweep 9 in '%s'; 'exeunt report --list' shows what there is", place.path);
    cr_expect_str_eq(error.text, expected);
    cr_expect_lt(store_load_finding(store, 1, &finding, &run, &error), 0);
    snprintf(expected, sizeof expected,
             "there is no finding 1 in '%s', which holds 0: see their numbers in the report", place.path);
    cr_expect_str_eq(error.text, expected);
    cr_expect_eq(error.exit_status, EXIT_USAGE);
    store_close(store);
    place_remove(&place);
}
