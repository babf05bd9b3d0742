/* Verdicts: each row is what was seen, and what must be said of it. */
#include "oracle/judge.h"

#include <criterion/criterion.h>
#include <string.h>

/* One variant as a row describes it. */
struct seen {
    bool control;
    enum ended ended;
    size_t findings;
};

static struct finding one_finding[8]; /* as many as any row has */

static struct result make_result(bool comparison, const struct seen *seen, size_t count)
{
    struct result result = {.comparison = comparison, .variant_count = count};
    for (size_t i = 0; i < count; i++) {
        struct variant_result *variant = &result.variants[i];
        variant->name[0] = (char)('a' + i);
        variant->leaks = seen[i].control;
        variant->ended = seen[i].ended;
        variant->findings = one_finding;
        variant->finding_count = seen[i].findings;
        variant->fds.leaked = seen[i].findings;
        variant->operations.failed = 1;
    }
    return result;
}

Test(judge, whole)
{
    static const struct {
        bool comparison;
        struct seen seen[2];
        size_t count;
        enum verdict verdict;
        enum exit_status status;
        const char *reason;
    } rows[] = {
        {true,
         {{true, ENDED_EMFILE, 1}, {false, ENDED_COMPLETED, 0}},
         2,
         VERDICT_PASS,
         EXIT_AS_EXPECTED,
         "the story"},
        {true,
         {{true, ENDED_COMPLETED, 1}, {false, ENDED_COMPLETED, 0}},
         2,
         VERDICT_PASS,
         EXIT_AS_EXPECTED,
         "a control that leaks is caught, also if it does not die of it"},
        {true,
         {{true, ENDED_COMPLETED, 0}, {false, ENDED_COMPLETED, 0}},
         2,
         VERDICT_CONTROL_MISSED,
         EXIT_CONTROL_MISSED,
         "the control left nothing"},
        {true,
         {{true, ENDED_EMFILE, 1}, {false, ENDED_COMPLETED, 1}},
         2,
         VERDICT_FAIL,
         EXIT_GUARANTEE_BROKEN,
         "a variant that should be clean is not"},
        {true,
         {{true, ENDED_COMPLETED, 0}, {false, ENDED_COMPLETED, 1}},
         2,
         VERDICT_FAIL,
         EXIT_GUARANTEE_BROKEN,
         "a broken guarantee weighs more than a missed control"},
        {true,
         {{true, ENDED_EMFILE, 1}, {false, ENDED_CRASH, 0}},
         2,
         VERDICT_FAIL,
         EXIT_GUARANTEE_BROKEN,
         "a crash leaves nothing in order"},
        {true,
         {{true, ENDED_EMFILE, 1}, {false, ENDED_EMFILE, 0}},
         2,
         VERDICT_FAIL,
         EXIT_GUARANTEE_BROKEN,
         "out of descriptors, even if no leak was found"},
        {true,
         {{true, ENDED_EMFILE, 1}, {false, ENDED_INTERRUPTED, 0}},
         2,
         VERDICT_INCONCLUSIVE,
         EXIT_NOT_DONE,
         "interrupted"},
        {true,
         {{true, ENDED_EMFILE, 1}, {false, ENDED_DISK_FULL, 0}},
         2,
         VERDICT_INCONCLUSIVE,
         EXIT_NOT_DONE,
         "no space left"},
        {true,
         {{true, ENDED_EMFILE, 1}, {false, ENDED_INTERRUPTED, 1}},
         2,
         VERDICT_FAIL,
         EXIT_GUARANTEE_BROKEN,
         "interrupted, but the guarantee was broken before"},
        {true,
         {{true, ENDED_INTERRUPTED, 0}},
         1,
         VERDICT_INCONCLUSIVE,
         EXIT_NOT_DONE,
         "the control got not far"},
        {false,
         {{true, ENDED_EMFILE, 1}},
         1,
         VERDICT_FAIL,
         EXIT_GUARANTEE_BROKEN,
         "alone, a control is no control"},
        {false, {{true, ENDED_COMPLETED, 0}}, 1, VERDICT_PASS, EXIT_AS_EXPECTED, "alone and clean"},
        {false, {{false, ENDED_HANG, 0}}, 1, VERDICT_FAIL, EXIT_GUARANTEE_BROKEN, "a hang"},
        {false, {{false, ENDED_KILLED, 0}}, 1, VERDICT_INCONCLUSIVE, EXIT_NOT_DONE, "killed from outside"},
        {false, {{false, ENDED_EXITED, 0}}, 1, VERDICT_FAIL, EXIT_GUARANTEE_BROKEN, "exited too early"},
        {true,
         {{true, ENDED_KILLED, 0}, {false, ENDED_COMPLETED, 0}},
         2,
         VERDICT_INCONCLUSIVE,
         EXIT_NOT_DONE,
         "a control that somebody killed was not caught leaking"},
        {true,
         {{true, ENDED_CRASH, 0}, {false, ENDED_COMPLETED, 0}},
         2,
         VERDICT_INCONCLUSIVE,
         EXIT_NOT_DONE,
         "nor was one that crashed"},
        {true,
         {{true, ENDED_INTERRUPTED, 1}, {false, ENDED_COMPLETED, 0}},
         2,
         VERDICT_INCONCLUSIVE,
         EXIT_NOT_DONE,
         "an interrupted comparison never passes, leaks of the control or not"},
        {true, {{0}}, 0, VERDICT_INCONCLUSIVE, EXIT_NOT_DONE, "nothing was run"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result result = make_result(rows[i].comparison, rows[i].seen, rows[i].count);
        judge(&result);
        cr_expect_eq(result.verdict, rows[i].verdict, "%s: %s", rows[i].reason, verdict_name(result.verdict));
        cr_expect_eq(result.exit_status, rows[i].status, "%s", rows[i].reason);
    }
}

Test(judge, comparison_that_did_not_run_all_variants_never_passes)
{
    static const struct seen seen[] = {{true, ENDED_EMFILE, 1}, {false, ENDED_COMPLETED, 0}};
    struct result result = make_result(true, seen, 2);
    result.variants_planned = 3;
    judge(&result);
    cr_expect_eq(result.verdict, VERDICT_INCONCLUSIVE);
    cr_expect_eq(result.exit_status, EXIT_NOT_DONE);
    result.variants_planned = 2;
    judge(&result);
    cr_expect_eq(result.verdict, VERDICT_PASS);
}

Test(judge, what_was_not_seen_whole_never_passes)
{
    static const struct seen seen[] = {{false, ENDED_COMPLETED, 0}};
    struct result result = make_result(false, seen, 1);
    result.variants[0].events_lost = 1;
    judge(&result);
    cr_expect_eq(result.verdict, VERDICT_INCONCLUSIVE, "events were lost");
    result.variants[0].events_lost = 0;
    result.variants[0].threads_unrecorded = 1;
    judge(&result);
    cr_expect_eq(result.verdict, VERDICT_INCONCLUSIVE, "threads were not seen");
    result.variants[0].threads_unrecorded = 0;
    result.variants[0].end_unseen = true;
    judge(&result);
    cr_expect_eq(result.verdict, VERDICT_INCONCLUSIVE, "its end was to be judged, and not seen");
    result.variants[0].fds.leaked = 5;
    judge(&result);
    cr_expect_eq(result.verdict, VERDICT_FAIL, "leaks are counted also if their events were lost");
}

Test(judge, sentence_names_who_left_what)
{
    static const struct seen seen[] = {
        {true, ENDED_EMFILE, 1}, {false, ENDED_COMPLETED, 0}, {false, ENDED_COMPLETED, 0}};
    struct result result = make_result(true, seen, 3);
    result.variants[0].temp_files = 2;
    result.variants[0].operations.failed = 7;
    result.variants[0].faults.injected = 7;
    result.variants[1].operations.succeeded = 8;
    result.variants[2].operations.succeeded = 7;
    judge(&result);
    cr_assert_str_eq(result.sentence,
                     "a left 1 descriptor and 2 temporary files behind and died of EMFILE (too many open "
                     "files) after 7 operations and 7 faults; b and c left nothing behind after at "
                     "least 8 operations and 0 faults each.");
}

/* What a variant left behind is named, whatever it was. */
Test(judge, sentence_names_all_that_was_left)
{
    static const struct seen seen = {false, ENDED_COMPLETED, 0};
    static struct finding findings[] = {
        {.kind = FINDING_LEFT_LOCK, .count = 2},
        {.kind = FINDING_LEFT_LOCK, .count = 1},
        {.kind = FINDING_LEAKED_RESOURCE, .resource = "connection", .count = 1},
        {.kind = FINDING_LEAKED_RESOURCE, .resource = "transaction", .count = 4},
        {.kind = FINDING_LEAKED_RESOURCE, .resource = "transaction", .count = 1},
        {.kind = FINDING_DOUBLE_CLOSE, .count = 1},
    };
    static const struct {
        size_t first, count;
        const char *says;
    } rows[] = {
        {0, 2, "a left 3 held locks behind"},
        {2, 1, "a left 1 connection behind"},
        {0, 6, "a left 3 held locks, 1 connection and 5 transactions behind"},
        {5, 1, "a left other damage behind"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result result = make_result(false, &seen, 1);
        result.variants[0].findings = findings + rows[i].first;
        result.variants[0].finding_count = rows[i].count;
        judge(&result);
        cr_expect_eq(strncmp(result.sentence, rows[i].says, strlen(rows[i].says)), 0, "%s", result.sentence);
    }
}

Test(judge, sentence_fits_whatever_it_says)
{
    struct seen seen[RESULT_VARIANTS_MAX];
    for (size_t i = 0; i < RESULT_VARIANTS_MAX; i++)
        seen[i] = (struct seen){false, ENDED_HANG, 3};
    struct result result = make_result(true, seen, RESULT_VARIANTS_MAX);
    for (size_t i = 0; i < RESULT_VARIANTS_MAX; i++)
        memset(result.variants[i].name, 'n', RESULT_NAME_MAX - 1);
    judge(&result);
    cr_assert_lt(strlen(result.sentence), sizeof result.sentence);
}

Test(judge, levels_compare_at_equal_operations)
{
    struct sample dies[] = {{.t_ms = 0, .fds = 3, .operations = 0, .faults = 0},
                            {.t_ms = 10, .fds = 50, .operations = 40, .faults = 9},
                            {.t_ms = 20, .fds = 100, .operations = 80, .faults = 20},
                            {.t_ms = 25, .fds = -1, .operations = 85, .faults = 21}};
    struct sample lives[] = {{.t_ms = 0, .fds = 3, .operations = 0, .faults = 0},
                             {.t_ms = 10, .fds = 4, .operations = 30, .faults = 8},
                             {.t_ms = 20, .fds = 5, .operations = 84, .faults = 20},
                             {.t_ms = 30, .fds = 3, .operations = 200, .faults = 50}};
    struct result result = {.variant_count = 2};
    result.variants[0].series = (struct series){4, dies};
    result.variants[0].operations.failed = 85;
    result.variants[1].series = (struct series){4, lives};
    result.variants[1].operations.succeeded = 200;
    judge_levels(&result);
    cr_expect_eq(result.variants[0].level.operations, 85);
    cr_expect_eq(result.variants[0].level.fds, 100, "the last that is known");
    cr_expect_eq(result.variants[0].level.faults, 21);
    cr_expect_eq(result.variants[1].level.fds, 5);
    cr_expect_eq(result.variants[1].level.t_ms, 20);
}

/* In a short run one sample may hold all operations: the moment lies between two samples. */
Test(judge, levels_lie_between_samples)
{
    struct sample dies[] = {{.t_ms = 0, .fds = 3},
                            {.t_ms = 30, .fds = 256, .operations = 250, .faults = 250}};
    struct sample lives[] = {{.t_ms = 0, .fds = 3},
                             {.t_ms = 40, .fds = 13, .operations = 500, .faults = 500}};
    struct result result = {.variant_count = 2};
    result.variants[0].series = (struct series){2, dies};
    result.variants[0].operations.failed = 250;
    result.variants[1].series = (struct series){2, lives};
    result.variants[1].operations.failed = 500;
    judge_levels(&result);
    cr_expect_eq(result.variants[0].level.fds, 256);
    cr_expect_eq(result.variants[1].level.operations, 250);
    cr_expect_eq(result.variants[1].level.faults, 250, "half of them");
    cr_expect_eq(result.variants[1].level.t_ms, 20);
    cr_expect_eq(result.variants[1].level.fds, 8);
}

/* A run that proves nothing must not look like one that proves something. */
Test(judge, nothing_done_or_refused_by_the_system_is_inconclusive)
{
    struct seen completed = {false, ENDED_COMPLETED, 0}, exited = {false, ENDED_EXITED, 0};
    struct result result = make_result(false, &completed, 1);
    result.variants[0].operations.failed = 0;
    judge(&result);
    cr_expect_eq(result.verdict, VERDICT_INCONCLUSIVE, "no operation was done");
    result = make_result(false, &exited, 1);
    result.variants[0].system_exhausted = true;
    judge(&result);
    cr_expect_eq(result.verdict, VERDICT_INCONCLUSIVE, "ENFILE: the whole system had no descriptor left");
}

/* What a program of the user's does when it is failed is its own affair; what it breaks is not. */
Test(judge, programs)
{
    static char program[] = "sort";
    static const struct {
        struct seen seen;
        bool informational;
        enum verdict verdict;
        const char *reason;
    } rows[] = {
        {{false, ENDED_COMPLETED, 0}, false, VERDICT_PASS, "in order, without operations"},
        {{false, ENDED_EXITED, 0}, false, VERDICT_PASS, "with an error: it noticed"},
        {{false, ENDED_EXITED, 1}, true, VERDICT_PASS, "told for information"},
        {{false, ENDED_COMPLETED, 1}, false, VERDICT_FAIL, "a broken guarantee"},
        {{false, ENDED_CRASH, 0}, false, VERDICT_FAIL, "a crash"},
        {{false, ENDED_EMFILE, 0}, false, VERDICT_FAIL, "out of descriptors"},
        {{false, ENDED_KILLED, 0}, false, VERDICT_INCONCLUSIVE, "killed from outside"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result result = make_result(false, &rows[i].seen, 1);
        struct finding finding = {
            .kind = FINDING_UNRELEASED_DESCRIPTOR, .count = 1, .informational = rows[i].informational};
        result.program = program;
        result.variants[0].operations.failed = 0;
        result.variants[0].findings = &finding;
        result.variants[0].fds.leaked = 0;
        judge(&result);
        cr_expect_eq(result.verdict, rows[i].verdict, "%s: %s", rows[i].reason, result.sentence);
    }
}
