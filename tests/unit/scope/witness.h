/* What the tests of scope watch with: a log of events in their order, and the last report. */
#pragma once

#include <criterion/criterion.h>
#include <exeunt/scope.h>
#include <string.h>

static char events[512];

static inline int event(void *name)
{
    strncat(events, name, sizeof events - strlen(events) - 1);
    return 0;
}

#define expect_events(expected) cr_expect_str_eq(events, expected, "events: %s", events)

/* A guard that logs its name when it is released. */
static inline int logged_release(const char *name)
{
    return name ? event((void *)name) : 0;
}
EXEUNT_DEFINE_GUARD(logged, const char *, NULL, logged_release);

static struct {
    int count;
    struct exeunt_place place;
    struct exeunt_failure failure;
} reports;

static inline void remember(const struct exeunt_place *place, const struct exeunt_failure *failure)
{
    reports.count++;
    reports.place = *place;
    reports.failure = *failure;
}

static inline void watch(void)
{
    exeunt_scope_set_reporter(remember);
}
