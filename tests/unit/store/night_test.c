/* The nights of stress: how far one has come, what is news in it, what is kept of it. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fixture.h"

static struct error error;

#define expect_done(call) cr_assert_eq((call), 0, "%s", error.text)

static struct store_night begin_night(struct store *store)
{
    struct store_night night = {.campaign = "compare upload\n",
                                .folder = "/work",
                                .seed = INT64_MAX,
                                .for_ms = 28800000,
                                .started_s = 1764000000};
    expect_done(store_begin_night(store, &night, &error));
    return night;
}

/* One of upload/guarded in that night. leaks: it is a positive control; signature 0: nothing is broken. */
static uint64_t save_run(struct store *store, uint64_t night, bool leaks, uint64_t signature)
{
    struct finding finding = {.kind = FINDING_LEAKED_DESCRIPTOR,
                              .signature = signature,
                              .count = 1,
                              .taken_at = "a.c:1",
                              .point = "p"};
    const struct result result = {
        .workload = "upload",
        .variant_count = 1,
        .variants = {
            {.name = "guarded", .leaks = leaks, .findings = &finding, .finding_count = signature != 0}}};
    char *const words[] = {"run", "upload/guarded", NULL};
    const struct store_beginning beginning = {
        .kind = "run", .command = words, .line = "run upload/guarded", .options = "", .night = night};
    const struct store_record record = {
        .json = "{}", .report = "", .results = &result, .result_count = 1, .complete = true};
    uint64_t run;
    expect_done(store_begin(store, &beginning, &example_environment, &run, &error));
    expect_done(store_save_record(store, run, &record, &error));
    return run;
}

/* Who is told may write to the file: nothing is locked. */
struct listener {
    struct store *other;
    unsigned told;
};

static void count(void *context, const struct store_news *news)
{
    struct listener *listener = context;
    begin_example(listener->other);
    listener->told++;
    cr_expect_str_eq(news->subject, "upload/guarded");
    cr_expect_str_eq(news->kind, "leaked-descriptor");
    cr_expect_str_eq(news->resource, "", "the kind names it");
    cr_expect_str_eq(news->place, "a.c:1");
    cr_expect_str_eq(news->point, "p");
}

static void expect_news(const struct place *place, struct store *store, uint64_t night, uint64_t after,
                        uint64_t *total, unsigned expected, const char *reason)
{
    struct listener listener = {.other = place_open(place)};
    uint64_t before = *total;
    expect_done(store_note_news(store, night, after, total, &error));
    expect_done(store_tell_news(store, before, count, &listener, &error));
    store_close(listener.other);
    cr_expect_eq(listener.told, expected, "%s: %u", reason, listener.told);
    cr_expect_eq(*total, before + expected, "%s: %d in all", reason, (int)*total);
}

Test(night, knows_how_far_it_has_come)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct store_night last;
    expect_done(store_last_night(store, &last, &error));
    cr_expect_eq(last.id, 0, "there was none");
    begin_night(store);
    struct store_night night = begin_night(store);
    night.spent_ms = 7, night.round = 3, night.line = 2, night.done = 11, night.findings = 5,
    night.status = EXIT_CONTROL_MISSED;
    expect_done(store_save_night(store, &night, &error));
    expect_done(store_last_night(store, &last, &error));
    cr_expect_eq(last.id, night.id);
    cr_expect_str_eq(last.campaign, night.campaign);
    cr_expect_str_eq(last.folder, night.folder);
    cr_expect_eq(last.seed, INT64_MAX);
    cr_expect_eq(last.for_ms, night.for_ms);
    cr_expect_eq(last.started_s, night.started_s);
    cr_expect(last.spent_ms == 7 && last.round == 3 && last.line == 2 && last.done == 11 &&
              last.findings == 5);
    cr_expect_eq(last.status, EXIT_CONTROL_MISSED);
    cr_expect(!last.complete);
    store_night_clear(&last);
    store_close(store);
    place_remove(&place);
}

Test(night, what_no_night_comes_to_is_damage)
{
    static const struct {
        const char *status;
        int expected;
        const char *reason;
    } rows[] = {
        {"0", 0, "holds"},
        {"2", -EBADMSG, "a command line that is wrong ends no night"},
        {"4", 0, "the highest"},
        {"5", -EBADMSG, "there is none"},
        {"-1", -EBADMSG, "nor below"},
        {"4294967296", -EBADMSG, "nor one that an int would take for 0"},
    };
    struct place place = place_make();
    struct store *store = place_open(&place);
    begin_night(store);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct store_night night;
        char sql[96];
        snprintf(sql, sizeof sql, "update night set status = %s returning 1", rows[i].status);
        number_of(store, sql);
        cr_expect_eq(store_last_night(store, &night, &error), rows[i].expected, "%s", rows[i].reason);
        store_night_clear(&night);
    }
    store_close(store);
    place_remove(&place);
}

Test(night, tells_what_is_new_once)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    uint64_t night = begin_night(store).id, other = begin_night(store).id, total = 0;
    save_run(store, other, false, 1);
    expect_news(&place, store, night, 0, &total, 0, "another night");
    save_run(store, night, true, 2);
    save_run(store, night, false, 0);
    expect_news(&place, store, night, 0, &total, 0, "what a control shows is expected");
    uint64_t first = save_run(store, night, false, 1);
    save_run(store, night, false, 1);
    expect_news(&place, store, night, 0, &total, 1, "twice the same");
    expect_news(&place, store, night, 0, &total, 0, "was told");
    save_run(store, night, false, 3);
    expect_news(&place, store, night, first, &total, 1, "only what came later is looked at");
    begin_example(store);
    expect_news(&place, store, night, 0, &total, 0, "of no night");
    store_close(store);
    place_remove(&place);
}

static void expect_resource(void *context, const struct store_news *news)
{
    cr_expect_str_eq(news->kind, "leak");
    cr_expect_str_eq(news->resource, context, "of two leaks at one line it says which is which");
}

/* Whatever was asked to break a guarantee of a sweep does, and nothing else. */
Test(night, knows_what_a_sweep_breaks)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct store_night night = begin_night(store);
    struct store_trend trend;
    struct sweep_result sweep = example_sweep();
    uint64_t run = begin_example(store), total = 99;
    char sql[96];
    snprintf(sql, sizeof sql, "update run set night = %d returning 1", (int)night.id);
    number_of(store, sql);
    sweep.findings[0].breaks = false;
    expect_done(store_finish_sweep(store, run, &sweep, &error));
    expect_done(store_note_news(store, night.id, 0, &total, &error));
    cr_expect_eq(total, 0, "suppressed, for information, and a leak that was not to count");
    sweep.findings[0].breaks = true;
    expect_done(store_finish_sweep(store, run, &sweep, &error));
    expect_done(store_note_news(store, night.id, 0, &total, &error));
    cr_expect_eq(total, 1, "the leak, that is to count now");
    expect_done(store_tell_news(store, 0, expect_resource, sweep.findings[0].resource, &error));
    expect_done(store_load_trend(store, &trend, &error));
    cr_assert_eq(trend.day_count * 10 + trend.history_count, 11);
    cr_expect_eq(trend.days[0].findings, 1);
    cr_expect_eq(trend.histories[0].signature, sweep.findings[0].signature);
    store_trend_clear(&trend);
    sweep_result_clear(&sweep);
    store_close(store);
    place_remove(&place);
}

Test(night, keeps_the_documents_that_show_something)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    uint64_t night = begin_night(store).id;
    uint64_t none = save_run(store, 0, false, 0);
    save_run(store, night, false, 0);
    save_run(store, night, true, 7);
    uint64_t first = save_run(store, night, false, 1);
    save_run(store, night, false, 1);
    uint64_t last = save_run(store, night, false, 0);
    expect_done(store_thin_night(store, night, &error));
    cr_expect_eq(number_of(store, "select count(*) from run"), 6, "the runs themselves stay");
    cr_expect_eq(number_of(store, "select count(*) from document"), 3);
    cr_expect_eq(number_of(store, "select sum(run) from document"), none + first + last);
    store_close(store);
    place_remove(&place);
}

Test(night, older_ones_go_with_all_that_is_theirs)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct sweep_finding finding = example_finding(1);
    uint64_t none = save_run(store, 0, false, 1);
    uint64_t old = begin_night(store).id;
    save_run(store, old, false, 1);
    uint64_t sweep = begin_example(store);
    expect_done(store_save_finding(store, sweep, &finding, &error));
    char sql[96];
    snprintf(sql, sizeof sql, "update run set night = %d where id = %d returning 1", (int)old, (int)sweep);
    number_of(store, sql);
    uint64_t second = save_run(store, begin_night(store).id, false, 1);
    uint64_t third = save_run(store, begin_night(store).id, false, 1);
    expect_done(store_keep_nights(store, 2, &error));
    cr_expect_eq(number_of(store, "select count(*) from night"), 2);
    cr_expect_eq(number_of(store, "select sum(id) from run"), none + second + third);
    cr_expect_eq(number_of(store, "select count(*) from broken"), 3);
    cr_expect_eq(number_of(store, "select count(*) from document"), 3);
    cr_expect_eq(number_of(store, "select (select count(*) from finding) + (select count(*) from fault)"), 0);
    store_close(store);
    place_remove(&place);
}
