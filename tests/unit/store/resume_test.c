/* A sweep that came to no end tells what it had done, and only to the same command. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static struct error error;

#define expect_done(call) cr_assert_eq((call), 0, "%s", error.text)

static uint64_t unfinished(struct store *store, char *const *command, const char *options, const char *folder)
{
    uint64_t run = 0;
    expect_done(store_find_unfinished(store, command, options, folder, &run, &error));
    return run;
}

Test(resume, finds_the_last_run_of_the_same_command)
{
    struct place place = place_make();
    struct store *store = place_open(&place);
    struct sweep_result sweep = example_sweep();
    char *const *same = sweep.command;
    char *const shorter[] = {same[0], same[1], same[2], same[3], NULL};
    char *const joined[] = {same[0], "two words", "", same[3], same[4], NULL};
    const char *folder = example_environment.folder;

    cr_expect_eq(unfinished(store, same, "--depth all", folder), 0, "nothing was begun");
    uint64_t run = begin_example(store);
    cr_expect_eq(unfinished(store, same, "--depth all", folder), run);
    cr_expect_eq(unfinished(store, shorter, "--depth all", folder), 0, "another command");
    cr_expect_eq(unfinished(store, joined, "--depth all", folder), 0, "the same words in another order");
    cr_expect_eq(unfinished(store, same, "--depth calls", folder), 0, "other options");
    cr_expect_eq(unfinished(store, same, "--depth all", "/elsewhere"), 0, "another folder");

    sweep.interrupted = true;
    expect_done(store_finish_sweep(store, run, &sweep, &error));
    cr_expect_eq(unfinished(store, same, "--depth all", folder), run, "interrupted");
    sweep.interrupted = false, sweep.runs = sweep.planned - 1;
    expect_done(store_finish_sweep(store, run, &sweep, &error));
    cr_expect_eq(unfinished(store, same, "--depth all", folder), run, "the time was over");
    sweep.runs = sweep.planned;
    expect_done(store_finish_sweep(store, run, &sweep, &error));
    cr_expect_eq(unfinished(store, same, "--depth all", folder), 0, "complete");

    uint64_t left = begin_example(store), last = begin_example(store);
    expect_done(store_finish_sweep(store, last, &sweep, &error));
    cr_expect_eq(unfinished(store, same, "--depth all", folder), 0, "only the last counts, not %d",
                 (int)left);
    sweep_result_clear(&sweep);
    store_close(store);
    place_remove(&place);
}

static int by_value(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

Test(resume, keeps_what_was_done_until_all_is)
{
    enum { COUNT = 1000 };
    struct place place = place_make();
    struct store *store = place_open(&place);
    uint64_t run = begin_example(store), other = begin_example(store);
    struct store_done done[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        done[i] = (struct store_done){UINT64_MAX - i, i < 10 ? SWEEP_LEAK : SWEEP_DETECTED};
    expect_done(store_mark_done(store, run, done, COUNT / 2, &error));
    expect_done(store_mark_done(store, run, done + COUNT / 2, COUNT / 2, &error));
    done[9].outcome = SWEEP_CRASH;
    expect_done(store_mark_done(store, run, done + 9, 1, &error));
    expect_done(store_mark_done(store, other, done, 3, &error));

    struct store_keys keys;
    expect_done(store_load_done(store, run, &keys, &error));
    cr_assert_eq(keys.count, COUNT);
    qsort(keys.list, keys.count, sizeof *keys.list, by_value);
    for (size_t i = 0; i < COUNT; i++)
        cr_expect_eq(keys.list[i], UINT64_MAX - (COUNT - 1 - i));
    free(keys.list);

    struct sweep_result got, saved = example_sweep();
    struct store_run about;
    saved.interrupted = true;
    expect_done(store_finish_sweep(store, run, &saved, &error)); /* older than what follows */
    expect_done(store_load_sweep(store, run, &got, &about, &error));
    cr_expect_not(about.complete);
    cr_expect_eq(got.runs, COUNT);
    cr_expect_eq(got.outcomes[SWEEP_LEAK], 9);
    cr_expect_eq(got.outcomes[SWEEP_CRASH], 1);
    cr_expect_eq(got.outcomes[SWEEP_DETECTED], COUNT - 10);
    cr_expect_eq(got.outcomes[SWEEP_MASKED], 0);
    cr_expect_eq(got.finding_count, 3);
    sweep_result_clear(&got);
    store_run_clear(&about);

    saved.interrupted = false;
    expect_done(store_finish_sweep(store, run, &saved, &error));
    expect_done(store_load_done(store, run, &keys, &error));
    cr_expect_eq(keys.count, 0, "nobody asks any more");
    expect_done(store_load_sweep(store, run, &got, &about, &error));
    cr_expect(about.complete);
    cr_expect_eq(got.runs, COUNT, "those of all parts");
    cr_expect_eq(got.outcomes[SWEEP_DETECTED], COUNT - 10);
    sweep_result_clear(&got);
    store_run_clear(&about);
    expect_done(store_load_done(store, other, &keys, &error));
    cr_expect_eq(keys.count, 3, "another run's stay");
    free(keys.list);
    sweep_result_clear(&saved);
    store_close(store);
    place_remove(&place);
}
