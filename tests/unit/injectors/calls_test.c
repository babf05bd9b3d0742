/* Every wrapped function, driven to every errno of its profile, and cut short where it moves bytes; and the
 * table held against what the library really wraps. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "faults.h"
#include "under_preload.h"

/* A plan that fails the k-th call of the point with the k-th errno of its profile, and delays the next one.
 * Returns the number of errnos. */
static unsigned plan_all(const struct fault_point *point, char *plan, size_t size)
{
    unsigned k = 0;
    size_t length = 0;
    for (const struct fault_errno *known = point->errnos; known->error != 0; known++) {
        const char *separator = k++ > 0 ? ";" : "";
        length += (size_t)snprintf(plan + length, size - length, "%s%s:%s@%u", separator, point->name,
                                   strerrorname_np(known->error), k);
    }
    snprintf(plan + length, size - length, "%s%s:delay=1us@%u", k > 0 ? ";" : "", point->name, k + 1);
    return k;
}

/* Each fault is noted as it was planned: the k-th errno at the k-th call, and the delay, which has none. */
static void expect_noted(struct under_preload *run, const struct fault_point *point, unsigned errnos,
                         const char *function)
{
    struct ledger_event event;
    uint64_t lost = 0, k = 0;
    while (ledger_next_event(&run->ledger, &event, &lost)) {
        cr_expect_eq(event.kind, LEDGER_FAULT, "%s: kind %u", function, event.kind);
        cr_expect_eq(event.error, k < errnos ? point->errnos[k].error : 0, "%s", function);
        cr_expect_eq(event.k, ++k, "%s", function);
        cr_expect_eq(event.point, point - fault_points, "%s", function);
        cr_expect_eq(event.operation, 2, "%s: operation 1, encoded", function);
        cr_expect_neq(event.site, 0, "%s", function);
    }
    cr_expect_eq(k, errnos + 1, "%s: faults noted", function);
    cr_expect_eq(run->ledger.ledger->points[point - fault_points].injected, errnos + 1, "%s", function);
    cr_expect_eq(lost, 0, "%s", function);
}

typedef void for_function(const struct fault_point *point, const char *function);

static void each_function(for_function *check)
{
    for (size_t i = 0; i < FAULT_POINTS_COUNT; i++) {
        char calls[128], *rest = NULL;
        snprintf(calls, sizeof calls, "%s", fault_points[i].calls);
        for (char *call = strtok_r(calls, " ", &rest); call != NULL; call = strtok_r(NULL, " ", &rest))
            check(&fault_points[i], call);
    }
}

static void fail_with_each_errno(const struct fault_point *point, const char *function)
{
    char plan[2048];
    unsigned errnos = plan_all(point, plan, sizeof plan);
    struct under_preload run = under_preload_run(CALL_TARGET, function, NULL, plan);
    cr_expect_eq(run.status, 0, "%s: status %d", function, run.status);
    expect_noted(&run, point, errnos, function);
    under_preload_end(&run);
}

Test(calls, each_function_with_each_errno_of_its_profile, .timeout = 120)
{
    each_function(fail_with_each_errno);
}

static void shorten(const struct fault_point *point, const char *function)
{
    if (!point->shortens)
        return;
    char plan[128];
    snprintf(plan, sizeof plan, "%s:short", point->name);
    struct under_preload run = under_preload_run(CALL_TARGET, function, "short", plan);
    cr_expect_eq(run.status, 0, "%s: status %d", function, run.status);
    cr_expect_eq(under_preload_count(&run, LEDGER_FAULT), 4, "%s: once for each length but 1", function);
    under_preload_end(&run);
}

Test(calls, short_ones_move_what_they_say)
{
    each_function(shorten);
}

/* The first call of a thread fails, the second is late, the third is made; one thread fails within libfiu.
 * What makes the program another one is called once alone. */
static void cancel(const struct fault_point *point, const char *function)
{
    char plan[160];
    bool has_errnos = point->errnos[0].error != 0;
    bool replaces = strstr(point->name, "exec") != NULL;
    if (has_errnos)
        snprintf(plan, sizeof plan, "%s:%s@1;%s:delay=1us@2", point->name,
                 strerrorname_np(point->errnos[0].error), point->name);
    else
        snprintf(plan, sizeof plan, "%s:delay=1us@1", point->name);
    struct under_preload run = under_preload_run(CALL_TARGET, function, "cancel", plan);
    cr_expect_eq(run.status, 0, "%s: status %d", function, run.status);
    cr_expect_eq(under_preload_count(&run, LEDGER_FAULT), replaces ? 2 : has_errnos ? 6 : 3, "%s", function);
    under_preload_end(&run);
}

Test(calls, cancelled_ones_leave_ledger_and_libfiu_usable, .timeout = 120)
{
    each_function(cancel);
}

static const char *exported;

static void expect_exported(const struct fault_point *point, const char *function)
{
    char line[96];
    snprintf(line, sizeof line, "\n%s\n", function);
    cr_expect_not_null(strstr(exported, line), "%s is in the table (%s), but not wrapped", function,
                       point->name);
}

/* Wrapped, but without a point: they cannot fail, or not for a reason that lies outside the program. */
static bool has_no_point(const char *function)
{
    static const char *const names[] = {
        "_exit",
        "_Exit",
        "quick_exit",
        "exit",
        "free",
        "longjmp",
        "_longjmp",
        "siglongjmp",
        "__longjmp_chk",
        "pthread_mutex_unlock",
        "pthread_mutex_destroy",
        "pthread_mutex_init",
        "pthread_rwlock_init",
        "pthread_spin_init",
        "pthread_rwlock_unlock",
        "pthread_rwlock_destroy",
        "pthread_spin_lock",
        "pthread_spin_trylock",
        "pthread_spin_unlock",
        "pthread_cond_wait",
        "pthread_cond_timedwait",
        "pthread_cond_clockwait",
        "pthread_barrier_wait",
        "pthread_join",
        "pthread_tryjoin_np",
        "pthread_timedjoin_np",
        "pthread_clockjoin_np",
        "pthread_detach",
        "__ubsan_on_report",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], function) == 0)
            return true;
    return false;
}

Test(calls, table_and_library_name_the_same_functions)
{
    struct command_result symbols = command_run(
        "echo; nm -D --defined-only %s | awk '$2 == \"T\" { print $3 }' | grep -vE '^(fiu|exeunt)_'",
        PRELOAD);
    exported = symbols.out;
    each_function(expect_exported);
    char *rest = NULL, *copy = strdup(symbols.out);
    for (char *name = strtok_r(copy, "\n", &rest); name != NULL; name = strtok_r(NULL, "\n", &rest)) {
        bool found = has_no_point(name);
        for (size_t i = 0; i < FAULT_POINTS_COUNT; i++) {
            char calls[160], word[64];
            snprintf(calls, sizeof calls, " %s ", fault_points[i].calls);
            snprintf(word, sizeof word, " %s ", name);
            found |= strstr(calls, word) != NULL;
        }
        cr_expect(found, "%s is wrapped, but not in the table", name);
    }
    free(copy);
    command_free(&symbols);
}

Test(calls, table_has_no_holes)
{
    for (size_t i = 0; i < FAULT_POINTS_COUNT; i++) {
        cr_assert_not_null(fault_points[i].name, "point %zu", i);
        for (size_t j = 0; j < i; j++)
            cr_assert_str_neq(fault_points[i].name, fault_points[j].name);
        const struct fault_errno *errnos = fault_points[i].errnos;
        cr_assert_eq(errnos[FAULT_ERRNOS_MAX - 1].error, 0, "%s: no end", fault_points[i].name);
        for (size_t j = 0; errnos[j].error != 0; j++)
            cr_expect_eq(fault_errno_of(&fault_points[i], errnos[j].error), &errnos[j], "%s: %s twice",
                         fault_points[i].name, strerrorname_np(errnos[j].error));
    }
}

/* Linux takes a valid descriptor out of the table before anything can fail. */
Test(calls, close_has_released_whatever_it_returns)
{
    static const int points[] = {POINT_CLOSE, POINT_CLOSEDIR, POINT_FCLOSE, POINT_FREOPEN, POINT_PCLOSE};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        for (const struct fault_errno *known = fault_points[points[i]].errnos; known->error != 0; known++)
            cr_expect(known->done, "%s", strerrorname_np(known->error));
}
