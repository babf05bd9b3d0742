/* What `run` and `compare` gave: saved whole, loaded again, followed over runs. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "fixture.h"
#include "store/query.h"
#include "store/schema.h"

static struct finding findings[] = {
    {.kind = FINDING_LEAKED_DESCRIPTOR,
     .signature = UINT64_MAX,
     .count = 7,
     .taken_at = "a.c:1",
     .point = "p"},
    {.kind = FINDING_UNREAPED_CHILD, .signature = 2, .informational = true},
};

static const struct result results[] = {{
    .workload = "upload",
    .variant_count = 2,
    .variants = {{.name = "unguarded",
                  .leaks = true,
                  .verdict = VERDICT_FAIL,
                  .ended = ENDED_EMFILE,
                  .emfile = {.count = 3, .first_operation = 4401},
                  .faults.by_point = {[0] = 2, [PLAN_POINTS_MAX - 1] = 1},
                  .findings = findings,
                  .finding_count = 2},
                 {.name = "guarded", .verdict = VERDICT_PASS}},
}};

static const char *const words[] = {"compare", "upload", NULL};

static const struct store_beginning beginning = {.kind = "compare",
                                                 .command = (char *const *)(uintptr_t)words,
                                                 .line = "compare upload",
                                                 .options = "",
                                                 .seed = INT64_MAX,
                                                 .started_s = 1764000000};

static const struct store_record record = {
    .json = "{\"format\":\"</script>\"}",
    .report = "PASS\nas shown\n",
    .results = results,
    .result_count = 1,
    .complete = true,
};

static uint64_t begin(struct store *store)
{
    struct error error;
    uint64_t run = 0;
    cr_assert_eq(store_begin(store, &beginning, &example_environment, &run, &error), 0, "%s", error.text);
    return run;
}

static uint64_t save(struct store *store)
{
    struct error error;
    uint64_t run = begin(store);
    cr_assert_eq(store_save_record(store, run, &record, &error), 0, "%s", error.text);
    return run;
}

Test(record, comes_back_as_it_was)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct error error;
    struct store_run run;
    struct store_document document;
    uint64_t id = save(store);
    begin_example(store);
    cr_assert_eq(store_load_run(store, id, &run, &error), 0, "%s", error.text);
    cr_expect_str_eq(run.kind, "compare");
    cr_expect_str_eq(run.line, "compare upload");
    cr_expect_str_eq(run.command[1], "upload");
    cr_expect_eq(run.seed, INT64_MAX);
    cr_expect(run.complete);
    cr_expect_eq(run.findings, 1, "what is for information is not counted");
    store_run_clear(&run);
    cr_assert_eq(store_load_document(store, id, &document, &error), 0, "%s", error.text);
    cr_expect_str_eq(document.json, record.json);
    cr_expect_str_eq(document.report, record.report);
    store_document_clear(&document);
    cr_expect_eq(number_of(store, "select count(*) from variant"), 2);
    cr_expect_eq(number_of(store, "select emfile_operation from variant where name = 'unguarded'"), 4401);
    cr_expect_eq(number_of(store, "select emfile_operation is null from variant where name = 'guarded'"), 1,
                 "never");
    store_close(store);
    place_remove(&place);
}

Test(record, the_last_run_is_of_any_kind)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct error error;
    struct store_run run;
    cr_expect_lt(store_load_run(store, 0, &run, &error), 0);
    cr_expect_not_null(strstr(error.text, "holds no run yet: run one first"), "%s", error.text);
    uint64_t sweep = begin_example(store);
    save(store);
    cr_assert_eq(store_load_run(store, 0, &run, &error), 0, "%s", error.text);
    cr_expect_str_eq(run.kind, "compare");
    store_run_clear(&run);
    cr_assert_eq(store_load_run(store, sweep, &run, &error), 0, "%s", error.text);
    cr_expect_str_eq(run.kind, "sweep");
    store_run_clear(&run);
    cr_expect_lt(store_load_run(store, 99, &run, &error), 0);
    cr_expect_not_null(strstr(error.text, "there is no run 99"), "%s", error.text);
    struct store_document document;
    cr_expect_eq(store_load_document(store, sweep, &document, &error), -EINVAL, "a sweep has none");
    store_close(store);
    place_remove(&place);
}

/* Of two commands with two runs each. */
Test(record, runs_of_one_command_belong_together)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct error error;
    struct store_runs runs;
    cr_expect_eq(store_last_command(store, &runs, &error), -EINVAL);
    cr_expect_not_null(strstr(error.text, "holds no run yet: run one first"), "%s", error.text);
    uint64_t ids[4], first = 0;
    for (size_t i = 0; i < 4; i++) {
        struct store_beginning one = beginning;
        one.first = i % 2 == 1 ? first : 0;
        cr_assert_eq(store_begin(store, &one, &example_environment, &ids[i], &error), 0, "%s", error.text);
        first = i % 2 == 0 ? ids[i] : first;
        cr_assert_eq(store_last_command(store, &runs, &error), 0, "%s", error.text);
        cr_assert_eq(runs.count, i % 2 + 1, "after run %zu", i);
        cr_expect_eq(runs.list[0].id, first);
        cr_expect_eq(runs.list[runs.count - 1].id, ids[i]);
        store_runs_clear(&runs);
    }
    store_close(store);
    place_remove(&place);
}

/* While it goes on: what was saved of it before is replaced, or there was nothing and it is taken back. */
Test(record, grows)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct error error;
    struct store_run run;
    struct store_document document;
    struct result half = results[0];
    half.variant_count = 1;
    const struct store_record now = {.json = "{}", .report = "so far", .results = &half, .result_count = 1};
    uint64_t id = begin(store), other = begin(store);
    cr_expect_eq(store_load_document(store, id, &document, &error), -EINVAL);
    cr_expect_not_null(strstr(error.text, "run 1 in "), "%s", error.text);
    cr_expect_not_null(strstr(error.text, "kept no document: it ended before"), "%s", error.text);
    cr_assert_eq(store_save_record(store, id, &now, &error), 0, "%s", error.text);
    cr_assert_eq(store_load_run(store, id, &run, &error), 0, "%s", error.text);
    cr_expect(!run.complete);
    cr_expect_eq(run.findings, 1);
    store_run_clear(&run);
    cr_assert_eq(store_save_record(store, id, &record, &error), 0, "%s", error.text);
    cr_assert_eq(store_load_run(store, id, &run, &error), 0, "%s", error.text);
    cr_expect(run.complete);
    cr_expect_eq(run.findings, 1, "once");
    store_run_clear(&run);
    cr_expect_eq(number_of(store, "select count(*) from variant"), 2);
    cr_expect_eq(store_take_back(store, id, &error), 0, "something was saved of it: it stays");
    cr_expect_eq(store_take_back(store, other, &error), 0, "nothing was: it goes");
    cr_expect_eq(number_of(store, "select sum(id) from run"), id);
    store_close(store);
    place_remove(&place);
}

/* A file of the schema before, with a sweep in it. */
Test(record, an_older_file_is_brought_up_to_date)
{
    struct place place = place_make();
    struct store old = {.path = place.path};
    const struct schema one = {1, schema.steps};
    struct error error;
    struct store_run run;
    cr_assert_eq(sqlite3_open(place.path, &old.db), SQLITE_OK);
    cr_assert_eq(schema_migrate(&old, &one, &error), 0, "%s", error.text);
    uint64_t sweep =
        number_of(&old, "insert into run values (null, 'sweep', x'6100', 'a', '', 1, 1, 0, '', '', "
                        "'', '', '', '', '') returning id");
    for (int i = 0; i < 3; i++) {
        static const char *const said[3] = {"1, 'leak', '', '', 1, 1, '', '', '', 3, 3, ''",
                                            "1, 'leak', '', '', 2, 1, '', '', '', 3, 3, 'known'",
                                            "1, 'unreleased', '', '', 3, 1, '', '', '', 0, 0, ''"};
        char sql[128];
        snprintf(sql, sizeof sql, "insert into finding values (null, %s) returning id", said[i]);
        number_of(&old, sql);
    }
    sqlite3_close(old.db);
    struct store *store = place_open(&place);
    cr_assert_eq(store_load_run(store, sweep, &run, &error), 0, "%s", error.text);
    store_run_clear(&run);
    cr_expect_eq(number_of(store, "select sum(signature) from finding where breaks"), 1);
    cr_expect_gt(save(store), sweep);
    store_close(store);
    place_remove(&place);
}

/* Twice on one day, once on the day after. */
Test(record, is_followed_over_days)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct error error;
    struct store_trend trend;
    cr_assert_eq(store_load_trend(store, &trend, &error), 0, "%s", error.text);
    cr_expect_eq(trend.day_count, 0, "an empty store");
    save(store);
    save(store);
    uint64_t later = save(store);
    char sql[128];
    snprintf(sql, sizeof sql, "update run set started_s = started_s + 86400 where id = %d returning 1",
             (int)later);
    number_of(store, sql);
    cr_assert_eq(store_load_trend(store, &trend, &error), 0, "%s", error.text);
    cr_assert_eq(trend.day_count, 4, "two variants on two days");
    cr_expect_str_eq(trend.days[0].subject, "upload/guarded");
    cr_expect_eq(trend.days[0].findings, 0);
    cr_expect_str_eq(trend.days[2].subject, "upload/unguarded");
    cr_expect_str_eq(trend.days[2].day, "2025-11-24");
    cr_expect_eq(trend.days[2].runs, 2);
    cr_expect_eq(trend.days[2].findings, 1, "the same in both runs");
    cr_expect(trend.days[2].leaked_known);
    cr_expect_eq(trend.days[2].emfile_operation, 4401);
    cr_expect_eq(trend.days[2].points, 2, "a point counts once, however often it failed");
    cr_expect_eq(trend.days[0].points, 0);
    cr_expect_str_eq(trend.days[3].day, "2025-11-25");
    cr_assert_eq(trend.history_count, 1, "what is for information is not followed");
    cr_expect_str_eq(trend.histories[0].first, "2025-11-24");
    cr_expect_str_eq(trend.histories[0].last, "2025-11-25");
    cr_expect_eq(trend.histories[0].runs, 3);
    cr_expect_str_eq(trend.histories[0].place, "a.c:1");
    store_trend_clear(&trend);
    store_close(store);
    place_remove(&place);
}
