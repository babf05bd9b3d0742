/* What is read of a row's process, which may have written anything, and what is learnt where nothing was to
 * fail: the process is made up here. */
#include "campaign/sweep/row.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "campaign/sweep/enumeration.h"
#include "campaign/sweep/wrong.h"

enum { OPERATIONS = 4 };

/* What the process does to its ledger, and how it ends. */
static void (*play)(struct ledger *ledger);
static struct supervise_outcome outcome;
static uint64_t torn;

/* Instead of supervise/supervise.c's. */
int __wrap_supervise(const struct supervise_options *options, struct supervise_outcome *out,
                     struct error *error);
int __wrap_supervise(const struct supervise_options *options, struct supervise_outcome *out,
                     struct error *error)
{
    (void)error;
    options->ledger->ledger->attached = 2;
    options->ledger->child_ended = true;
    play(options->ledger->ledger);
    *out = outcome;
    return 0;
}

static int check(const struct exeunt_job_site *site, struct exeunt_check *out, struct exeunt_reason *reason)
{
    (void)site, (void)reason;
    *out = (struct exeunt_check){.torn = torn};
    return 0;
}

static const struct exeunt_setting no_settings[1];
static const struct exeunt_point no_points[1];
static const struct exeunt_variant variant = {.name = "made-up"};
static const struct exeunt_workload workload = {.name = "played",
                                                .settings = no_settings,
                                                .points = no_points,
                                                .variants = &variant,
                                                .fds_per_operation = 1,
                                                .check = check};
static const volatile int never;
static const struct campaign_options campaign = {.workload = &workload, .interrupted = &never};
static const char *const names[] = {"posix/io/rw/read"};
static struct setup setup = {.options = &campaign, .points = {.count = 1, .names = names}};
static struct rows rows;

static void begin(void)
{
    struct error error;
    outcome = (struct supervise_outcome){.ended = ENDED_COMPLETED};
    cr_assert_eq(rows_open(&setup, &variant, &rows, &error), 0, "%s", error.text);
}

static void end(void)
{
    rows_close(&rows);
}

/* ---- What the child wrote ------------------------------------------------------------------------------ */

static uint64_t told_operation; /* of which the child tells */

static void tell_of_a_temp(struct ledger *ledger)
{
    struct ledger_temp *temp = &ledger->temps[LEDGER_TEMPS_MAX - 1];
    temp->operation = told_operation;
    strcpy(temp->path, "/");
    temp->state = LEDGER_TEMP_HELD;
}

static void tell_of_a_leak(struct ledger *ledger)
{
    ledger->events[0] =
        (struct ledger_event){.sequence = 1, .kind = LEDGER_LEAK, .operation = told_operation, .point = -1};
    ledger->event_count = 1;
}

Test(row, believes_no_operation_that_it_did_not_do, .init = begin, .fini = end)
{
    static const struct {
        uint64_t operation;
        size_t events;
        const char *reason;
    } table[] = {
        {0, 0, "outside of any operation"},
        {1, 1, "the first"},
        {OPERATIONS, 1, "the last"},
        {OPERATIONS + 1, 0, "one too many"},
        {UINT64_C(1) << 40, 0, "beyond all arrays"},
        {UINT64_MAX, 0, "below all arrays, if one is taken off twice"},
    };
    static void (*const told[])(struct ledger *) = {tell_of_a_temp, tell_of_a_leak};
    const struct row_plan plan = {.count = OPERATIONS};
    for (size_t i = 0; i < 2 * sizeof table / sizeof *table; i++) {
        struct row row;
        struct error error;
        told_operation = table[i / 2].operation;
        play = told[i % 2];
        cr_assert_eq(row_run(&rows, &plan, false, &row, &error), 0);
        cr_expect_eq(row.event_count, table[i / 2].events, "%s, way %zu: %zu", table[i / 2].reason, i % 2,
                     row.event_count);
        cr_expect_not(row.overflowed);
        row_clear(&row);
    }
}

static void make_too_many_temps(struct ledger *ledger)
{
    ledger->temps_unrecorded = 1;
}

static void write_too_many_events(struct ledger *ledger)
{
    ledger->event_count = LEDGER_EVENTS_MAX + 1;
}

Test(row, says_that_there_was_no_room, .init = begin, .fini = end)
{
    static void (*const told[])(struct ledger *) = {make_too_many_temps, write_too_many_events};
    const struct row_plan plan = {.count = OPERATIONS};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        struct row row;
        struct error error;
        play = told[i];
        cr_assert_eq(row_run(&rows, &plan, false, &row, &error), 0);
        cr_expect(row.overflowed, "way %zu", i);
        row_clear(&row);
    }
}

/* ---- What is learnt of it ------------------------------------------------------------------------------ */

static size_t ended_count;                    /* operations, from the first on */
static enum ledger_operation_state then_next; /* what the next one came to */

static void do_some(struct ledger *ledger)
{
    for (size_t i = 0; i < ended_count; i++)
        ledger->operations[i].state = LEDGER_OPERATION_ENDED;
    ledger->operations[ended_count].state = then_next;
}

Test(enumeration, refuses_what_ends_although_nothing_fails, .init = begin, .fini = end)
{
    static const struct {
        size_t ended;
        enum ledger_operation_state next;
        enum ended how;
        int failed;
        const char *says, *reason;
    } table[] = {
        {256, LEDGER_OPERATION_UNSEEN, ENDED_COMPLETED, 0, "", "it did all"},
        {3, LEDGER_OPERATION_UNSEEN, ENDED_COMPLETED, 0, "", "it had left a lock, and takes no more"},
        {3, LEDGER_OPERATION_REFUSED, ENDED_EXITED, 0, "", "it has no descriptors left"},
        {3, LEDGER_OPERATION_BEGUN, ENDED_INTERRUPTED, 0, "", "the user ended it"},
        {0, LEDGER_OPERATION_BEGUN, ENDED_CRASH, -EIO, "operation 0", "its first one crashes"},
        {5, LEDGER_OPERATION_BEGUN, ENDED_CRASH, -EIO, "operation 5 although nothing fails (crash)",
         "a later one crashes"},
        {2, LEDGER_OPERATION_BEGUN, ENDED_HANG, -EIO, "operation 2", "a later one does not end"},
        {256, LEDGER_OPERATION_UNSEEN, ENDED_CRASH, -EIO, "crashes at its end", "it crashes behind them"},
    };
    play = do_some;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct sweep_options options = {.rounds = 1};
        struct enumeration enumeration = {.jobs = 0};
        struct error error = {.text = ""};
        ended_count = table[i].ended;
        then_next = table[i].next;
        outcome.ended = table[i].how;
        strcpy(outcome.last_words, "its last words");
        struct row steady = {.count = 0};
        int failed = enumeration_make(&rows, &options, &enumeration, &steady, &error);
        cr_expect_eq(failed, table[i].failed, "%s: %d", table[i].reason, failed);
        cr_expect(strstr(error.text, table[i].says) != NULL, "%s: %s", table[i].reason, error.text);
        cr_expect(failed == 0 || strstr(error.text, outcome.last_words) != NULL, "%s", error.text);
        cr_expect_eq(enumeration.jobs, failed == 0 ? table[i].ended : 0, "%s", table[i].reason);
        cr_expect_eq(enumeration.begun, failed == 0 ? 256 : 0, "%s", table[i].reason);
        cr_expect_not(enumeration.torn);
        if (failed == 0)
            row_clear(&steady);
        enumeration_clear(&enumeration);
    }
}

Test(enumeration, sees_what_is_torn_although_nothing_fails, .init = begin, .fini = end)
{
    const struct sweep_options options = {.rounds = 1};
    struct enumeration of_all, of_one;
    struct error error;
    play = do_some;
    for (torn = 0; torn < 2; torn++) {
        struct row steady;
        ended_count = 256;
        cr_assert_eq(enumeration_make(&rows, &options, &of_all, &steady, &error), 0);
        cr_expect_eq(of_all.torn, torn > 0);
        row_clear(&steady);
        enumeration_clear(&of_all);
        ended_count = 1;
        cr_assert_eq(enumeration_of_one(&rows, 17, &of_one, &error), 0);
        cr_expect_eq(of_one.torn, torn > 0);
    }
}
