/* Which faults a sweep tries, in which order, with which errno, and how they are told apart. */
#include "campaign/sweep/agenda.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"
#include "plan/profile.h"

enum { READ, SEEK, PARSE, POINTS };
static const char *const names[POINTS] = {
    [READ] = "posix/io/rw/read", [SEEK] = "posix/io/rw/lseek", [PARSE] = "app/parse"};
static const struct plan_points points = {.count = POINTS, .names = names};

/* The main thread reads twice in one context, seeks, and parses; an operation reads. */
static struct contexts contexts(void)
{
    static struct call calls[] = {
        {.point = READ, .k = 1, .context = 1},
        {.point = READ, .k = 2, .context = 1, .number = 1},
        {.point = SEEK, .k = 1, .context = 2},
        {.point = PARSE, .k = 1, .context = 3},
        {.point = READ, .k = 1, .context = 4, .in_operation = true, .who = 7 + 1},
        {.point = POINTS, .k = 1, .context = 5}, /* of a point without a name: the program met too many */
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (!calls[i].in_operation)
            calls[i].who = plan_who_of_path("0").path;
    return (struct contexts){.calls = calls, .call_count = sizeof calls / sizeof *calls, .count = 5};
}

/* "once read1 EIO" for each task; the second fault of a pair stands behind a '+'. */
static void write_tasks(const struct agenda *agenda, char *out, size_t size)
{
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; i < agenda->count; i++) {
        const struct task *task = &agenda->tasks[i];
        length += (size_t)snprintf(out + length, size - length, "%s%s", i > 0 ? ", " : "",
                                   sweep_mode_name(task->mode));
        for (int j = 0; j < (task->mode == SWEEP_PAIR ? 2 : 1); j++)
            length += (size_t)snprintf(out + length, size - length, "%s %s%s%u %s", j > 0 ? " +" : "",
                                       task->calls[j].in_operation ? "7:" : "",
                                       strrchr(names[task->calls[j].point], '/') + 1, task->calls[j].k,
                                       plan_errno_name(task->errors[j]));
    }
}

#define ALL          (1u << SWEEP_ONCE | 1u << SWEEP_PERSISTENT | 1u << SWEEP_PAIR)
#define FIRSTS(mode) mode " read1 EIO, " mode " parse1 EIO, " mode " 7:read1 EIO"

Test(agenda, order)
{
    static const struct {
        struct sweep_options options;
        const char *tasks, *reason;
    } rows[] = {
        {{.modes = 1u << SWEEP_ONCE}, FIRSTS("once"), "one call of each context that can really fail"},
        {{.modes = 1u << SWEEP_PERSISTENT}, FIRSTS("persistent"), "the same for good"},
        {{.modes = 1u << SWEEP_PAIR}, FIRSTS("once"), "pairs are found by runs with the first fault alone"},
        {{.modes = ALL}, FIRSTS("once") ", " FIRSTS("persistent"), "once comes first"},
        {{.modes = ALL, .depth = SWEEP_CALLS},
         FIRSTS("once") ", " FIRSTS("persistent") ", once read2 EIO",
         "then the other calls of each context"},
        {{.modes = 1u << SWEEP_PERSISTENT, .depth = SWEEP_CALLS},
         FIRSTS("persistent"),
         "which would be the same for good"},
        {{.modes = 1u << SWEEP_ONCE, .depth = SWEEP_ALL},
         FIRSTS("once") ", once read2 EIO, once read1 EINTR, once read2 EINTR, once 7:read1 EINTR",
         "then the errnos that come into question besides"},
        {{.modes = 1u << SWEEP_ONCE,
          .depth = SWEEP_ALL,
          .all_errnos = true,
          .points = "app/*,posix/io/rw/lseek"},
         "once parse1 EIO, once lseek1 EBADF, once lseek1 EINVAL, once lseek1 ENXIO, once lseek1 EOVERFLOW, "
         "once lseek1 ESPIPE",
         "also of a call that only its caller can make fail"},
        {{.modes = 1u << SWEEP_ONCE, .points = "posix/io/rw/read"},
         "once read1 EIO, once 7:read1 EIO",
         "only the points that are asked for"},
        {{.modes = 1u << SWEEP_ONCE, .points = "app/parse,posix/*"}, FIRSTS("once"), "several of them"},
        {{.modes = 1u << SWEEP_ONCE, .points = "app/pars"}, "", "a beginning is no name"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct contexts of = contexts();
        struct agenda agenda;
        char tasks[1024];
        cr_assert_eq(agenda_make(&rows[i].options, &points, &of, &agenda), 0);
        write_tasks(&agenda, tasks, sizeof tasks);
        cr_expect_str_eq(tasks, rows[i].tasks, "%s: %s", rows[i].reason, tasks);
        agenda_clear(&agenda);
    }
}

/* A program that just tries again would meet no error path. */
Test(agenda, first_errno_of_every_point)
{
    for (size_t i = 0; i < fault_point_count; i++) {
        const struct fault_point *point = &fault_points[i];
        size_t realistic = 0, others = 0;
        for (size_t j = 0; j < FAULT_ERRNOS_MAX && point->errnos[j].error != 0; j++) {
            int error = point->errnos[j].error;
            realistic += point->errnos[j].realistic;
            others += point->errnos[j].realistic && error != EINTR && error != EAGAIN;
        }
        int first = agenda_errno(point->name);
        const struct fault_errno *profile = fault_errno_of(point, first);
        cr_expect_eq(first != 0, realistic > 0, "%s: %d", point->name, first);
        cr_expect(first == 0 || (profile != NULL && profile->realistic), "%s: %s", point->name,
                  plan_errno_name(first));
        cr_expect(others == 0 || (first != EINTR && first != EAGAIN), "%s: %s", point->name,
                  plan_errno_name(first));
    }
    cr_expect_eq(agenda_errno("posix/io/oc/open"), EMFILE);
    cr_expect_eq(agenda_errno("posix/io/rw/write"), ENOSPC);
    cr_expect_eq(agenda_errno("libc/mm/malloc"), ENOMEM);
    cr_expect_eq(agenda_errno("posix/proc/fork"), ENOMEM);
    cr_expect_eq(agenda_errno("posix/io/rw/lseek"), 0, "only its caller can make it fail");
    cr_expect_eq(agenda_errno("app/parse"), EIO, "a point of the program's own");
}

static int make_of(const struct sweep_finding *only, struct agenda *out, struct error *told)
{
    static char *program[] = {(char *)(uintptr_t) "./prog", NULL};
    const struct contexts of = contexts();
    return agenda_make_only(&(struct sweep_options){.program = program, .only = only}, &points, &of, out,
                            told);
}

static int make_only(const char *coordinate, int error, enum sweep_mode mode, struct agenda *out,
                     struct error *told)
{
    struct sweep_finding only = {.signature = 1, .mode = mode, .faults = {{.error = error}}};
    snprintf(only.faults[0].coordinate, sizeof only.faults[0].coordinate, "%s", coordinate);
    return make_of(&only, out, told);
}

Test(agenda, one_fault_alone)
{
    static const struct {
        const char *coordinate;
        int error;
        enum sweep_mode mode;
        const char *tasks; /* NULL: it is not come past */
        const char *reason;
    } rows[] = {
        {"0:posix/io/rw/read#2", EINTR, SWEEP_ONCE, "once read2 EINTR", "a thread's call"},
        {"7:posix/io/rw/read#1", EIO, SWEEP_PERSISTENT, "persistent 7:read1 EIO", "an operation's"},
        {"0:app/parse#1", EIO, SWEEP_PAIR, "once parse1 EIO", "the first of a pair"},
        {"0:posix/io/rw/read#1", 0, SWEEP_ONCE, "once read1 EIO", "no errno is named: the likeliest"},
        {"0:posix/io/rw/read#3", EIO, SWEEP_ONCE, NULL, "a call that is not made"},
        {"1:posix/io/rw/read#1", EIO, SWEEP_ONCE, NULL, "another thread"},
        {"0:posix/io/rw/rea#1", EIO, SWEEP_ONCE, NULL, "another point"},
        {"posix/io/rw/read#1", EIO, SWEEP_ONCE, NULL, "nobody"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct agenda agenda = {0};
        struct error error = {.text = ""};
        char tasks[256];
        int failed = make_only(rows[i].coordinate, rows[i].error, rows[i].mode, &agenda, &error);
        cr_expect_eq(failed, rows[i].tasks == NULL ? -ENOENT : 0, "%s: %s", rows[i].reason, error.text);
        write_tasks(&agenda, tasks, sizeof tasks);
        cr_expect_str_eq(tasks, rows[i].tasks == NULL ? "" : rows[i].tasks, "%s", rows[i].reason);
        cr_expect(failed == 0 || (strstr(error.text, "'./prog' does not come past") != NULL &&
                                  strstr(error.text, rows[i].coordinate) != NULL),
                  "%s", error.text);
        agenda_clear(&agenda);
    }
}

/* A finding's point was one when it was found; what is typed may be misspelt. */
Test(agenda, a_point_that_there_is_not)
{
    static const struct {
        uint64_t signature;
        int code;
        const char *sentence;
    } rows[] = {{0, -EINVAL, "did you mean 'posix/io/rw/read'"}, {1, -ENOENT, "'./prog' does not come past"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct sweep_finding only = {
            .signature = rows[i].signature,
            .faults = {{.point = "posix/io/rw/raed", .coordinate = "0:posix/io/rw/raed#1"}}};
        struct agenda agenda = {0};
        struct error error = {.text = ""};
        cr_expect_eq(make_of(&only, &agenda, &error), rows[i].code, "%s", error.text);
        cr_expect_not_null(strstr(error.text, rows[i].sentence), "%s", error.text);
    }
}

Test(agenda, each_context_is_a_second_fault_once)
{
    const struct task once[] = {
        {.calls = {{.point = READ, .k = 1, .context = 1}}, .errors = {EIO}},
        {.calls = {{.point = READ, .k = 2, .context = 1}}, .errors = {EIO}},
    };
    const struct call seconds[] = {
        {.point = PARSE, .k = 4, .context = 10},  {.point = READ, .k = 5, .context = 11},
        {.point = PARSE, .k = 5, .context = 10},  {.point = SEEK, .k = 6, .context = 12},
        {.point = POINTS, .k = 7, .context = 13},
    };
    struct agenda agenda = {0};
    char tasks[256];
    cr_assert_eq(agenda_add_pairs(&agenda, &points, &once[0], seconds, 5), 0);
    cr_assert_eq(agenda_add_pairs(&agenda, &points, &once[1], seconds, 5), 0);
    write_tasks(&agenda, tasks, sizeof tasks);
    cr_expect_str_eq(tasks, "pair read1 EIO + parse4 EIO, pair read1 EIO + read5 EIO");
    agenda_clear(&agenda);
}

Test(agenda, second_fault_of_a_finding)
{
    struct call calls[] = {{.point = READ, .k = 5, .who = plan_who_of_path("0").path},
                           {.point = PARSE, .k = 4, .who = plan_who_of_path("0").path},
                           {.point = POINTS, .k = 7}};
    struct sweep_finding finding = {.mode = SWEEP_PAIR};
    strcpy(finding.faults[1].coordinate, "0:app/parse#4");
    cr_assert_eq(agenda_keep_second(&points, &finding, calls, 3), 1);
    cr_expect_eq(calls[0].k, 4);
    strcpy(finding.faults[1].coordinate, "0:app/parse#9");
    cr_expect_eq(agenda_keep_second(&points, &finding, calls, 3), 0, "it is not come past");
}

Test(agenda, keys)
{
    static const char *const otherwise[] = {"a/new", "posix/io/rw/lseek", "app/parse", "posix/io/rw/read"};
    static const struct plan_points later = {.count = 4, .names = otherwise};
    const struct task task = {.mode = SWEEP_ONCE,
                              .calls = {{.point = READ, .k = 2, .who = 5, .context = 8, .number = 1}},
                              .errors = {EIO}};
    const uint64_t key = agenda_key(&points, &task);
    struct task other = task;
    other.calls[0].point = 3, other.calls[0].context = 9, other.calls[0].number = 0;
    cr_expect_eq(agenda_key(&later, &other), key, "names count, not what this sweep numbers");
    other = task, other.mode = SWEEP_PERSISTENT;
    cr_expect_neq(agenda_key(&points, &other), key, "another mode");
    other = task, other.calls[0].point = PARSE;
    cr_expect_neq(agenda_key(&points, &other), key, "another point");
    other = task, other.calls[0].k = 3;
    cr_expect_neq(agenda_key(&points, &other), key, "another call");
    other = task, other.calls[0].who = 6;
    cr_expect_neq(agenda_key(&points, &other), key, "another thread");
    other = task, other.errors[0] = EINTR;
    cr_expect_neq(agenda_key(&points, &other), key, "another errno");
    other = task, other.calls[1].k = 7;
    cr_expect_eq(agenda_key(&points, &other), key, "there is no second fault");
    struct task pair = task;
    pair.mode = other.mode = SWEEP_PAIR;
    cr_expect_neq(agenda_key(&points, &pair), agenda_key(&points, &other), "another second fault");
}

/* A signal interrupts once: a loop that calls again is right. */
Test(agenda, no_call_is_interrupted_for_ever)
{
    static const char *const waits[] = {"posix/proc/waitpid"};
    static const struct plan_points one = {.count = 1, .names = waits};
    static struct call call = {.point = 0, .k = 1, .context = 1};
    const struct contexts found = {.calls = &call, .call_count = 1, .count = 1};
    const struct sweep_options options = {.modes = ALL};
    struct agenda agenda;
    cr_assert_eq(agenda_make(&options, &one, &found, &agenda), 0);
    cr_assert_eq(agenda.count, 1);
    cr_expect_eq(agenda.tasks[0].mode, SWEEP_ONCE);
    cr_expect_eq(agenda.tasks[0].errors[0], EINTR);
    agenda_clear(&agenda);
}
