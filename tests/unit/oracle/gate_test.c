/* The gate's policy: each row what was recorded, what is found now, and what is said of it. */
#include <criterion/criterion.h>
#include <string.h>

#include "gates.h"

#define CLEAN                                                                                                \
    {                                                                                                        \
        .faults = 40, .covered = { "open:EIO", "read:EIO" }                                                  \
    }

/* The worst state, and why. */
static const struct {
    struct gates_row before, now;
    enum exit_status status;
    const char *why;
    size_t new, gone;
    const char *reason;
} rows[] = {
    {CLEAN, CLEAN, EXIT_AS_EXPECTED, "", 0, 0, "nothing has changed"},
    {CLEAN,
     {.faults = 40, .covered = {"open:EIO", "read:EIO", "write:EIO"}},
     EXIT_AS_EXPECTED,
     "",
     0,
     0,
     "more is covered than before"},
    {CLEAN,
     {.faults = 40, .covered = {"open:EIO", "read:EIO"}, .findings = {LEAK(3)}},
     EXIT_GUARANTEE_BROKEN,
     "1 new finding",
     1,
     0,
     "a leak that was not there"},
    {CLEAN,
     {.faults = 40, .covered = {"open:EIO", "read:EIO"}, .findings = {LEAK(3), CRASH("f")}},
     EXIT_GUARANTEE_BROKEN,
     "2 new findings",
     2,
     0,
     "two of them"},
    {CLEAN,
     {.faults = 40, .covered = {"open:EIO", "read:EIO"}, .findings = {FLAKY(3)}},
     EXIT_AS_EXPECTED,
     "",
     1,
     0,
     "a new one that does not come each time fails nothing"},
    {{.faults = 40, .findings = {LEAK(3)}},
     {.faults = 40, .findings = {LEAK(3)}},
     EXIT_AS_EXPECTED,
     "",
     0,
     0,
     "it is known"},
    {{.faults = 40, .findings = {LEAK(3)}},
     {.faults = 40, .findings = {LEAK(90)}},
     EXIT_AS_EXPECTED,
     "",
     0,
     0,
     "it is known, lines above it were added"},
    {{.faults = 40, .findings = {LEAK(3)}},
     {.faults = 40, .findings = {LEAK(3), LEAK(9)}},
     EXIT_GUARANTEE_BROKEN,
     "1 new finding",
     1,
     0,
     "one more of the same is new"},
    {{.faults = 40, .findings = {LEAK(3), LEAK(9)}},
     {.faults = 40, .findings = {LEAK(9)}},
     EXIT_AS_EXPECTED,
     "",
     0,
     1,
     "one of two alike is gone"},
    {{.faults = 40, .findings = {LEAK(3)}},
     {.faults = 40, .findings = {FLAKY(5), LEAK(9)}},
     EXIT_AS_EXPECTED,
     "",
     1,
     0,
     "one that does not come each time takes nobody's place"},
    {{.faults = 40, .findings = {CRASH("f")}},
     {.faults = 40, .findings = {CRASH("g")}},
     EXIT_GUARANTEE_BROKEN,
     "1 new finding",
     1,
     1,
     "another function crashes"},
    {{.faults = 40, .findings = {LEAK(3)}}, {.faults = 40}, EXIT_AS_EXPECTED, "", 0, 1, "it is gone"},
    {{.faults = 40, .findings = {FLAKY(3)}},
     {.faults = 40},
     EXIT_AS_EXPECTED,
     "",
     0,
     0,
     "one that does not come each time is not gone when it does not come"},
    {{.faults = 40, .by_chance = true, .findings = {LEAK(3)}},
     {.faults = 40, .by_chance = true},
     EXIT_AS_EXPECTED,
     "",
     0,
     0,
     "nor is one that was met by chance"},
    {{.faults = 40, .findings = {FLAKY(3)}},
     {.faults = 40, .findings = {LEAK(3)}},
     EXIT_AS_EXPECTED,
     "",
     0,
     0,
     "it comes each time now, but is known"},
    {CLEAN,
     {.faults = 40, .covered = {"read:EIO"}},
     EXIT_GUARANTEE_BROKEN,
     "open:EIO is not met any more",
     0,
     0,
     "a point is not reached"},
    {CLEAN,
     {.faults = 40, .covered = {"open:EIO", "read:EINTR"}},
     EXIT_GUARANTEE_BROKEN,
     "read:EIO is not met any more",
     0,
     0,
     "an errno of a point is not"},
    {{.faults = 40, .covered = {"a", "b", "c", "d"}},
     {.faults = 40},
     EXIT_GUARANTEE_BROKEN,
     "a, b, c and 1 more are not met any more",
     0,
     0,
     "many are not"},
    {CLEAN, {0}, EXIT_GUARANTEE_BROKEN, "nothing was made to fail", 0, 0, "an empty run"},
    {{.faults = 40}, {.faults = 20}, EXIT_AS_EXPECTED, "", 0, 0, "half as many faults"},
    {{.faults = 40},
     {.faults = 19},
     EXIT_GUARANTEE_BROKEN,
     "19 faults, where there were 40",
     0,
     0,
     "less than half"},
    {{.faults = 40, .by_chance = true},
     {.faults = 4, .by_chance = true},
     EXIT_AS_EXPECTED,
     "",
     0,
     0,
     "how many come by chance says nothing"},
    {CLEAN,
     {.gone = true},
     EXIT_GUARANTEE_BROKEN,
     "the command does not judge it any more",
     0,
     0,
     "the variant is not there any more"},
    {{.gone = true}, CLEAN, EXIT_AS_EXPECTED, "", 0, 0, "a variant more"},
    {{.gone = true},
     {.faults = 40, .findings = {LEAK(3)}},
     EXIT_GUARANTEE_BROKEN,
     "1 new finding",
     1,
     0,
     "a variant more, which leaks"},
    {CLEAN,
     {.trouble = "no disk", .faults = 3, .findings = {LEAK(3)}},
     EXIT_NOT_DONE,
     "no disk",
     0,
     0,
     "what did not do its work says nothing"},
    {{.faults = 40, .control = true},
     {.faults = 40, .control = true, .caught = true},
     EXIT_AS_EXPECTED,
     "",
     0,
     0,
     "the control is caught"},
    {{.faults = 40, .control = true},
     {.faults = 40, .control = true},
     EXIT_CONTROL_MISSED,
     "it was not caught in 40 faults",
     0,
     0,
     "the control is dead"},
    {{.faults = 55, .control = true, .measured = true},
     {.faults = 55, .control = true, .measured = true},
     EXIT_CONTROL_MISSED,
     "it was not caught in 55 cells",
     0,
     0,
     "of exit paths nothing is made to fail"},
    {{.faults = 40, .control = true},
     {.gone = true},
     EXIT_CONTROL_MISSED,
     "the command does not judge it any more",
     0,
     0,
     "the control is not there any more"},
    {CLEAN,
     {.faults = 40, .control = true, .caught = true},
     EXIT_GUARANTEE_BROKEN,
     "it counts as known to leak now",
     0,
     0,
     "what was to be clean is declared a control"},
    {{.faults = 40, .control = true},
     {.faults = 40},
     EXIT_AS_EXPECTED,
     "",
     0,
     0,
     "the control is mended, and is to be clean from now on"},
    {{.gone = true},
     {.faults = 40, .control = true, .caught = true},
     EXIT_AS_EXPECTED,
     "",
     0,
     0,
     "a control more"},
};

static size_t count(const struct gate_verdict *verdict, enum gate_age age)
{
    size_t found = 0;
    for (size_t i = 0; i < verdict->news_count; i++)
        found += verdict->news[i].age == age;
    return found;
}

static const char *why(const struct gate_verdict *verdict)
{
    for (size_t i = 0; i < verdict->guarantee_count; i++)
        if (verdict->guarantees[i].state != GATE_HELD)
            return verdict->guarantees[i].why;
    return "";
}

Test(gate, policy)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gate_parts before = gates_of(&rows[i].before), now = gates_of(&rows[i].now);
        struct gate_verdict verdict;
        cr_assert_eq(gate_judge(&before, &now, &verdict), 0);
        cr_expect_eq(verdict.exit_status, rows[i].status, "%s: %d", rows[i].reason, (int)verdict.exit_status);
        cr_expect_str_eq(why(&verdict), rows[i].why, "%s: %s", rows[i].reason, why(&verdict));
        cr_expect_eq(count(&verdict, GATE_NEW), rows[i].new, "%s", rows[i].reason);
        cr_expect_eq(count(&verdict, GATE_GONE), rows[i].gone, "%s", rows[i].reason);
        gate_verdict_clear(&verdict);
        gate_parts_clear(&before);
        gate_parts_clear(&now);
    }
}

/* Several parts: each of a row of its own. */
Test(gate, the_worst_of_all_parts_counts)
{
    static const struct gates_row held = CLEAN, broken = {.faults = 40, .findings = {LEAK(3)}},
                                  dead = {.faults = 40, .control = true}, undone = {.trouble = "no disk"};
    static const struct {
        const struct gates_row *first, *second;
        enum exit_status status;
        const char *sentence;
    } pairs[] = {
        {&held, &held, EXIT_AS_EXPECTED, "4 guarantees hold."},
        {&held, &undone, EXIT_NOT_DONE, "1 guarantee could not be judged; 2 guarantees hold."},
        {&undone, &dead, EXIT_CONTROL_MISSED,
         "1 known leak was not caught; 1 guarantee could not be judged."},
        {&dead, &broken, EXIT_GUARANTEE_BROKEN,
         "1 guarantee is broken; 1 known leak was not caught; 1 guarantee holds."},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct gates_row *const now[] = {pairs[i].first, pairs[i].second};
        struct gate_part before_list[2], now_list[2];
        struct gate_parts before = {.count = 2, .list = before_list}, parts = {.count = 2, .list = now_list},
                          made[4];
        for (size_t j = 0; j < 2; j++) {
            struct gates_row recorded = {.faults = 40, .control = now[j]->control};
            made[j] = gates_of(&recorded);
            made[2 + j] = gates_of(now[j]);
            before_list[j] = made[j].list[0];
            now_list[j] = made[2 + j].list[0];
        }
        struct gate_verdict verdict;
        cr_assert_eq(gate_judge(&before, &parts, &verdict), 0);
        cr_expect_eq(verdict.exit_status, pairs[i].status, "%s", verdict.sentence);
        cr_expect_str_eq(verdict.sentence, pairs[i].sentence);
        gate_verdict_clear(&verdict);
        for (size_t j = 0; j < 4; j++)
            gate_parts_clear(&made[j]);
    }
}

Test(gate, nothing_to_judge_proves_nothing)
{
    struct gate_parts none = {0};
    struct gate_verdict verdict;
    cr_assert_eq(gate_judge(&none, &none, &verdict), 0);
    cr_expect_eq(verdict.exit_status, EXIT_NOT_DONE);
    gate_verdict_clear(&verdict);
}

Test(gate, of_two_alike_the_one_at_another_line_is_new)
{
    static const struct gates_row before = {.faults = 40, .findings = {LEAK(9)}},
                                  now = {.faults = 40, .findings = {LEAK(3), LEAK(9)}};
    struct gate_parts recorded = gates_of(&before), found = gates_of(&now);
    struct gate_verdict verdict;
    cr_assert_eq(gate_judge(&recorded, &found, &verdict), 0);
    cr_assert_eq(verdict.news_count, 2);
    for (size_t i = 0; i < verdict.news_count; i++)
        cr_expect_eq(verdict.news[i].age, verdict.news[i].finding->line == 9 ? GATE_KNOWN : GATE_NEW);
    gate_verdict_clear(&verdict);
    gate_parts_clear(&recorded);
    gate_parts_clear(&found);
}
