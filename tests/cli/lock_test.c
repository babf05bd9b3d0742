/* What is told of locks: each row is a thing that must be told with the lines where it happened, or a near
 * miss that must not. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "report.h"

static json_t *program_of(const struct report *report)
{
    return json_array_get(json_object_get(report->root, "variants"), 0);
}

static struct report run(const char *mode)
{
    struct report report = report_of_program("--sample 1ms", "%s %s", TARGET, mode);
    cr_assert_not_null(program_of(&report), "%s: %s", mode, report.err);
    return report;
}

/* Whether the program said "WHAT LINE" of the line that `place` names: each line is to be told once. */
static bool was_said(struct report *report, const char *what, const char *place)
{
    static const char folder[] = "tests/cli/";
    char said[64];
    if (place == NULL || strncmp(place, folder, sizeof folder - 1) != 0)
        return false;
    snprintf(said, sizeof said, "%s %s\n", what, place + sizeof folder - 1);
    char *found = strstr(report->out, said);
    if (found != NULL)
        *found = '-';
    return found != NULL;
}

/* Without a deadlock `kind` is NULL. */
struct deadlock_row {
    const char *mode, *kind;
    size_t edges;
    const char *locks[3]; /* waited for, in any order */
    bool has_witness;     /* or else the kernel cannot tell */
    const char *reason;
};

static void expect_edge(struct report *report, const struct deadlock_row *row, json_t *edge)
{
    const char *lock = report_text(edge, "lock");
    bool found = false;
    for (size_t i = 0; i < 3 && row->locks[i] != NULL; i++)
        found |= strcmp(row->locks[i], lock) == 0;
    cr_expect(found, "%s: %s", row->mode, lock);
    if (strcmp(row->mode, "cycle-of-three") == 0)
        return; /* one function, three threads */
    const char *taken = report_text(edge, "taken_at"), *waiting = report_text(edge, "waiting_at");
    cr_expect(taken == NULL || was_said(report, "taken", taken), "%s: taken at %s of\n%s", row->mode, taken,
              report->out);
    cr_expect(was_said(report, "waiting", waiting), "%s: waits at %s of\n%s", row->mode, waiting,
              report->out);
}

static void expect_deadlock(const struct deadlock_row *row)
{
    struct report report = run(row->mode);
    json_t *variant = program_of(&report);
    json_t *deadlocks = json_object_get(variant, "deadlocks"), *deadlock = json_array_get(deadlocks, 0);
    cr_assert_eq(json_array_size(deadlocks), 1, "%s (%s): none", row->mode, row->reason);
    cr_expect_eq(report.status, 1, "%s: status %d", row->mode, report.status);
    cr_expect_str_eq(report_text(variant, "ended"), "deadlock", "%s", row->mode);
    cr_expect_str_eq(report_text(deadlock, "kind"), row->kind, "%s", row->mode);
    json_t *confirmed = json_object_get(deadlock, "confirmed");
    cr_expect(row->has_witness ? json_is_true(confirmed) : !json_is_false(confirmed),
              "%s: the second witness", row->mode);
    json_t *edges = json_object_get(deadlock, "edges"), *edge;
    size_t index;
    cr_expect_eq(json_array_size(edges), row->edges, "%s", row->mode);
    json_array_foreach(edges, index, edge) expect_edge(&report, row, edge);
    report_free(&report);
}

Test(lock, deadlocks_are_caught_and_told, .timeout = 120)
{
    static const struct deadlock_row rows[] = {
        {"cycle", "cycle", 2, {"first", "second"}, true, "AB and BA"},
        {"cycle-of-tried", "cycle", 2, {"first", "second"}, true, "one of them was taken by a try"},
        {"cycle-of-three", "cycle", 3, {"groups[0]", "groups[1]", "groups[2]"}, true, "a round"},
        {"abandoned-by-thread", "abandoned", 1, {"first"}, true, "its thread has ended"},
        {"abandoned-by-operation", "abandoned", 1, {"first"}, true, "its operation has ended"},
        {"self-deadlock", "abandoned", 1, {"first"}, true, "who should give it back waits"},
        {"self-deadlock-by-upgrade", "abandoned", 1, {"schema"}, true, "a reader that wants to write"},
        {"self-deadlock-spinning", "abandoned", 1, {"spin"}, false, "it runs, and gets nowhere"},
        {"stuck-reader", "cycle", 2, {"schema", "first"}, true, "over a reader"},
        {"join-under-lock", "cycle", 2, {"the end of thread 0.1", "first"}, true, "over a join"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_deadlock(&rows[i]);
}

/* Findings of a run that ends in order, each with its places. */
struct finding_row {
    const char *mode, *kind; /* NULL: none at all */
    int status;
    bool has_site;
    const char *reason;
};

static void expect_finding(const struct finding_row *row)
{
    struct report report = run(row->mode);
    json_t *variant = program_of(&report), *findings = json_object_get(variant, "findings");
    char *told = json_dumps(findings, 0);
    cr_expect_eq(report.status, row->status, "%s: status %d: %s", row->mode, report.status, report.err);
    cr_expect_str_eq(report_text(variant, "ended"), "completed", "%s (%s)", row->mode, row->reason);
    cr_expect_eq(json_array_size(json_object_get(variant, "deadlocks")), 0, "%s", row->mode);
    cr_assert_eq(json_array_size(findings), row->kind != NULL, "%s (%s): %s", row->mode, row->reason, told);
    if (row->kind != NULL) {
        json_t *finding = json_array_get(findings, 0);
        const char *taken = report_text(finding, "taken_at"), *site = report_text(finding, "released_at");
        cr_expect_str_eq(report_text(finding, "kind"), row->kind, "%s", row->mode);
        cr_expect(strcmp(row->kind, "double-unlock") == 0 || was_said(&report, "taken", taken),
                  "%s: taken at %s of\n%s", row->mode, taken, report.out);
        cr_expect(!row->has_site || was_said(&report, "site", site), "%s: at %s of\n%s", row->mode, site,
                  report.out);
    }
    free(told);
    report_free(&report);
}

Test(lock, what_is_left_or_given_back_wrongly_is_told, .timeout = 120)
{
    static const struct finding_row rows[] = {
        {"left-by-operation", "lock-left-held", 1, false, "held at its operation's end"},
        {"left-recursive", "lock-left-held", 1, false, "given back once too few"},
        {"left-by-thread", "lock-left-held", 1, false, "held at its thread's end"},
        {"cancelled-and-left", "lock-left-held", 1, false, "held again when it was cancelled in the wait"},
        {"hand-over-hand", "lock-left-held", 1, false, "taken when the thread's places were used up"},
        {"forgotten", "lock-left-held", 1, false, "its memory is gone: it must not be read"},
        {"foreign-unlock", "foreign-unlock", 1, true, "given back by another thread"},
        {"double-unlock", "double-unlock", 1, true, "given back twice"},
        {"destroyed-mutex", "destroyed-held-lock", 1, true, "destroyed while held"},
        {"destroyed-rwlock", "destroyed-held-lock", 1, true, "destroyed while held"},
        {"memory-used-anew", "destroyed-held-lock", 1, true, "a new lock begins there, and is no deadlock"},
        {"inversion", "lock-order-inversion", 0, true, "a hazard: told, no failure"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_finding(&rows[i]);
}

Test(lock, near_misses_pass, .timeout = 120)
{
    static const struct finding_row rows[] = {
        {"slow-holder", NULL, 0, false, "held long, but not for ever"},
        {"slow-chain", NULL, 0, false, "waits for one who waits, who waits for none"},
        {"joins-slow-one-under-lock", NULL, 0, false, "the one who is joined wants nothing of his"},
        {"handed-over", NULL, 0, false, "declared"},
        {"released-in-the-next-operation", NULL, 0, false, "declared"},
        {"pool-hands-on", NULL, 0, false, "declared, from thread to thread"},
        {"recursive", NULL, 0, false, "taken more often than a thread has places"},
        {"errorcheck", NULL, 0, false, "the lock refuses"},
        {"robust", NULL, 0, false, "its next owner is told"},
        {"crowd-of-readers", NULL, 0, false, "they do not keep one another out"},
        {"trylock-loop", NULL, 0, false, "who tries does not wait, nor break an order"},
        {"timed-out", NULL, 0, false, "its clock ends the wait"},
        {"cancelled-in-a-condition", NULL, 0, false, "its cleanup gives the mutex back"},
        {"condition-in-operation", NULL, 0, false, "the mutex is whose it was"},
        {"semaphores-and-joins", NULL, 0, false, "waits, no deadlocks"},
        {"healthy 5", NULL, 0, false, "contended for long, by holders that sleep"},
        {"forked-child", NULL, 0, false, "does not write to its parent's record"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_finding(&rows[i]);
}

Test(lock, who_waits_when_it_hangs_is_said, .timeout = 120)
{
    struct report report = report_of_program("--hang 300ms", "%s condition-for-ever", TARGET);
    json_t *variant = program_of(&report);
    cr_assert_not_null(variant, "%s", report.err);
    cr_expect_str_eq(report_text(variant, "ended"), "hang");
    char place[64];
    int matched = sscanf(report_text(variant, "note"), "thread 0 waits at %63s", place);
    cr_expect(matched == 1 && was_said(&report, "waiting", place), "%s", report_text(variant, "note"));
    report_free(&report);
    struct command_result told =
        command_run("exec %s run --hang 300ms -- %s condition-for-ever", EXEUNT, TARGET);
    cr_expect_not_null(strstr(told.err, "hung: it came to a standstill"), "it has no marks: %s", told.err);
    command_free(&told);
}
