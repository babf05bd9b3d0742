/* A used ledger is made as new: no byte of the run before stays, but for what is to stay. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/reader.h"

static const char *const names[] = {"a", "b"};
static const struct plan_points points = {.count = 2, .names = names, .open = true};

static struct plan planned(const char *text)
{
    struct plan plan;
    struct error error = {.text = ""};
    cr_assert_eq(plan_parse(text, &points, 1, &plan, &error), 0, "%s", error.text);
    return plan;
}

static struct ledger_view made(void)
{
    struct ledger_view view;
    struct error error;
    struct plan plan = planned("none");
    cr_assert_eq(ledger_create_traced(1024, &plan, &points, &view, &error), 0, "%s", error.text);
    return view;
}

/* Writes a word into every `step` bytes. */
static void use(struct ledger_view *view, size_t step)
{
    struct ledger_head head = view->ledger->head;
    for (size_t at = 0; at + sizeof(uint64_t) <= view->size; at += step)
        *(uint64_t *)((char *)view->ledger + at) = UINT64_MAX;
    view->ledger->head = head;
    view->ledger->point_count = points.count;
    for (size_t i = 0; i < points.count; i++)
        snprintf(view->ledger->points[i].name, PLAN_POINT_NAME_MAX, "%s", names[i]);
    view->ledger->discover = view->ledger->watch_temps = view->ledger->watch_heap = 0;
    view->ledger->trace_faults_only = 0;
    memset(view->ledger->remote, 0, sizeof view->ledger->remote);
    for (size_t i = 0; i < points.count; i++)
        view->ledger->points[i].error = 0;
}

static void reset(struct ledger_view *view, const char *text)
{
    struct plan plan = planned(text);
    struct error error = {.text = ""};
    cr_assert_eq(ledger_reset(view, &plan, &error), 0, "%s", error.text);
}

Test(reset, leaves_nothing_of_the_run_before, .timeout = 60)
{
    static const struct {
        size_t step;
        const char *reason;
    } rows[] = {
        {1 << 20, "a short run: its pages are wiped"},
        {4096, "a long one: its pages are given back"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ledger_view used = made(), fresh = made();
        use(&used, rows[i].step);
        used.events_read = 17;
        used.child_ended = true;
        reset(&used, "none");
        fresh.ledger->head.nonce = used.ledger->head.nonce;
        cr_expect_eq(memcmp(used.ledger, fresh.ledger, used.size), 0, "%s", rows[i].reason);
        cr_expect_eq(used.events_read, 0);
        cr_expect_not(used.child_ended);
        ledger_close(&used);
        ledger_close(&fresh);
    }
}

Test(reset, keeps_what_is_to_be_watched)
{
    struct ledger_view view = made();
    uint64_t nonce = view.ledger->head.nonce;
    struct ledger *ledger = view.ledger;
    ledger->discover = ledger->watch_temps = ledger->watch_heap = ledger->trace_faults_only = 1;
    strcpy(ledger->remote, "/tmp/pipes");
    strcpy(ledger->points[2].name, "app/point");
    ledger->points[2].error = 5;
    ledger->points[2].injected = 9;
    ledger->point_count = 3;
    reset(&view, "app/*:EIO@3;a");
    cr_expect(ledger->discover == 1 && ledger->watch_temps == 1 && ledger->watch_heap == 1 &&
              ledger->trace_faults_only == 1);
    cr_expect_str_eq(ledger->remote, "/tmp/pipes");
    cr_expect_eq(ledger->head.nonce, nonce, "the child's environment names it");
    cr_expect_eq(ledger->point_count, 3);
    cr_expect_str_eq(ledger->points[2].name, "app/point");
    cr_expect_eq(ledger->points[2].error, 5);
    cr_expect_eq(ledger->points[2].injected, 0);
    cr_expect_eq(ledger->fds_at_exit, -1);
    cr_expect(plan_holds_for(&ledger->plan.rules[0], 2), "the plan's wildcard means it");
    cr_expect_not(plan_holds_for(&ledger->plan.rules[1], 2), "the other rule does not");
    ledger_close(&view);
}

/* A child that writes where only the supervisor does. */
Test(reset, believes_nothing)
{
    struct ledger_view view = made();
    memset(view.ledger, 0xff, offsetof(struct ledger, modules));
    memset(view.ledger->points, 'x', sizeof view.ledger->points);
    reset(&view, "none");
    cr_expect_eq(view.ledger->head.size, view.size);
    cr_expect_eq(view.ledger->head.fd_count, 1024);
    cr_expect_eq(view.ledger->head.trace_offset, (uint64_t)((char *)view.trace - (char *)view.ledger));
    cr_expect_eq(view.ledger->point_count, PLAN_POINTS_MAX);
    for (uint32_t i = 0; i < PLAN_POINTS_MAX; i++)
        cr_expect_eq(strnlen(view.ledger->points[i].name, PLAN_POINT_NAME_MAX), PLAN_POINT_NAME_MAX - 1);
    ledger_close(&view);
}
