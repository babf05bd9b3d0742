/* The plan's decision: a pure function of seed, rule and coordinate, that is as random as it must be. The
 * numbers are fixed by the seed, so that the bands are met for ever or never. */
#include <criterion/criterion.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "plan/plan.h"

enum { POINTS = 3, OPERATIONS = 20000 };
static const char *const names[POINTS] = {"posix/io/oc/open", "posix/io/rw/read", "upload/metadata"};
static const struct plan_points points = {.count = POINTS, .names = names};

static struct plan planned(const char *text, uint64_t seed)
{
    struct plan plan;
    struct error error = {.text = ""};
    cr_assert_eq(plan_parse(text, &points, seed, &plan, &error), 0, "%s", error.text);
    return plan;
}

static bool due(const struct plan *plan, unsigned point, uint64_t operation, uint64_t k,
                struct plan_fault *out)
{
    return plan_due(plan, point, hash_text(names[point]), operation, k, 0, out);
}

/* Calls of the point that are due: the first one of each operation. */
static unsigned count_due(const struct plan *plan, unsigned point)
{
    unsigned count = 0;
    struct plan_fault fault;
    for (uint64_t operation = 1; operation <= OPERATIONS; operation++)
        count += due(plan, point, operation, 1, &fault);
    return count;
}

/* Whether `count` of OPERATIONS is what probability p gives, within 4 standard deviations. */
static bool in_band(unsigned count, double p)
{
    return fabs(count - OPERATIONS * p) <= 4 * sqrt(OPERATIONS * p * (1 - p));
}

Test(decide, frequency_is_the_probability)
{
    static const double probabilities[] = {0.001, 0.02, 0.5, 0.98};
    for (size_t i = 0; i < sizeof probabilities / sizeof *probabilities; i++)
        for (uint64_t seed = 1; seed <= 8; seed++) {
            char text[32];
            snprintf(text, sizeof text, "*@p=%g", probabilities[i]);
            struct plan plan = planned(text, seed);
            for (unsigned point = 0; point < POINTS; point++) {
                unsigned count = count_due(&plan, point);
                cr_expect(in_band(count, probabilities[i]), "%s seed %d point %u: %u", text, (int)seed, point,
                          count);
            }
        }
}

Test(decide, never_and_always)
{
    struct plan never = planned("*@p=0", 7), always = planned("*@p=1", 7), none = planned("none", 7);
    cr_assert_eq(count_due(&never, 0), 0);
    cr_assert_eq(count_due(&always, 0), OPERATIONS);
    cr_assert_eq(count_due(&none, 0), 0);
}

/* All decisions of a plan, in an order that begins at `start`, folded so that the order does not show. */
static uint64_t decisions(const struct plan *plan, uint64_t start)
{
    uint64_t folded = 0;
    struct plan_fault fault;
    for (uint64_t i = 0; i < OPERATIONS; i++) {
        uint64_t operation = 1 + (start + i) % OPERATIONS;
        for (unsigned point = 0; point < POINTS; point++)
            if (due(plan, point, operation, 1 + operation % 3, &fault))
                folded ^= hash_add(hash_add(hash_add(operation, point), (uint64_t)fault.error), fault.choice);
    }
    return folded;
}

Test(decide, is_a_function_of_the_seed_alone)
{
    static const char text[] = "*:EIO,EINTR,ENOSPC@p=0.1";
    struct plan plan = planned(text, 7), same = planned(text, 7), other = planned(text, 8);
    uint64_t expected = decisions(&plan, 0);
    cr_assert_eq(decisions(&plan, 0), expected, "again");
    cr_assert_eq(decisions(&same, 0), expected, "the same plan made again");
    cr_assert_eq(decisions(&plan, 1234), expected, "in another order");
    cr_assert_neq(decisions(&other, 0), expected, "another seed");
}

/* Two coordinates that differ in one part are due together as often as chance has it: p * p. */
Test(decide, coordinates_do_not_hang_together)
{
    static const struct {
        const char *reason;
        unsigned point;
        uint64_t operation, k, seed;
        unsigned rule;
    } rows[] = {
        {"another point", 1, 0, 0, 0, 0},      {"the next call", 0, 0, 1, 0, 0},
        {"the next operation", 0, 1, 0, 0, 0}, {"the next seed", 0, 0, 0, 1, 0},
        {"another rule", 0, 0, 0, 0, 1},       {"call for operation", 0, 1, 1, 0, 0},
    };
    enum { P_INVERSE = 10 };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct plan one = planned("*@p=0.1;*@p=0.1", 7), other = planned("*@p=0.1;*@p=0.1", 7 + rows[i].seed);
        one.rule_count = 1;
        other.rules[0] = other.rules[rows[i].rule];
        other.rule_count = 1;
        unsigned both = 0;
        struct plan_fault fault;
        for (uint64_t operation = 1; operation <= OPERATIONS; operation++)
            both += due(&one, 0, operation, 1, &fault) &&
                    due(&other, rows[i].point, operation + rows[i].operation, 1 + rows[i].k, &fault);
        cr_expect(in_band(both, 1.0 / (P_INVERSE * P_INVERSE)), "%s: %u", rows[i].reason, both);
    }
}

/* Which errno is chosen does not hang on how rare the fault is. */
Test(decide, errnos_of_a_rule_come_in_turn)
{
    struct plan plan = planned("*:EIO,EINTR,ENOSPC,EMFILE@p=0.1", 7);
    unsigned count[4] = {0}, all = 0;
    static const int errnos[4] = {EIO, EINTR, ENOSPC, EMFILE};
    for (uint64_t operation = 1; operation <= OPERATIONS; operation++) {
        struct plan_fault fault;
        if (!due(&plan, 0, operation, 1, &fault))
            continue;
        all++;
        for (unsigned i = 0; i < 4; i++)
            count[i] += fault.error == errnos[i];
    }
    cr_assert_eq(count[0] + count[1] + count[2] + count[3], all);
    for (unsigned i = 0; i < 4; i++)
        cr_expect(fabs(count[i] - all / 4.0) <= 4 * sqrt(all * 0.25 * 0.75), "%u of %u", count[i], all);
}

Test(decide, windows)
{
    static const struct {
        const char *text, *due, *reason; /* due: for k from 1 to 9, x or . */
    } rows[] = {
        {"*", "xxxxxxxxx", "every call"},
        {"*@3", "..x......", "F"},
        {"*@3+", "..xxxxxxx", "F+"},
        {"*@3+2", "..x.x.x.x", "F+S"},
        {"*@2..5", ".xxxx....", "F..L"},
        {"*@2..8+3", ".x..x..x.", "F..L+S with the last one"},
        {"*@2..7+3", ".x..x....", "without it"},
        {"*@1..1", "x........", "a window of one"},
        {"*@2;*@4", ".x.x.....", "two rules"},
        {"upload/*", ".........", "a rule about another point"},
        {"*@3..9+100", "..x......", "a step beyond the end"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct plan plan = planned(rows[i].text, 7);
        char seen[10] = "";
        struct plan_fault fault;
        for (uint64_t k = 1; k <= 9; k++)
            seen[k - 1] = due(&plan, 0, 5, k, &fault) ? 'x' : '.';
        cr_expect_str_eq(seen, rows[i].due, "%s: %s", rows[i].text, rows[i].reason);
    }
}

Test(decide, the_first_rule_that_is_due_wins)
{
    struct plan plan = planned("*:EIO@2;*:EINTR@2+;*:short@1;*:delay=1ms@1", 7);
    struct plan_fault fault;
    cr_assert(due(&plan, 0, 1, 1, &fault));
    cr_assert_eq(fault.kind, PLAN_SHORT);
    cr_assert(due(&plan, 0, 1, 2, &fault));
    cr_assert_eq(fault.error, EIO);
    cr_assert(due(&plan, 0, 1, 3, &fault));
    cr_assert_eq(fault.error, EINTR);
}

Test(decide, a_rule_without_errnos_leaves_the_choice_to_the_profile)
{
    struct plan plan = planned("*@p=1", 7);
    struct plan_fault one, other;
    cr_assert(due(&plan, 0, 1, 1, &one));
    cr_assert(due(&plan, 0, 2, 1, &other));
    cr_assert_eq(one.error, 0);
    cr_assert_neq(one.choice, other.choice);
}

Test(decide, a_short_call_moves_something_but_not_all)
{
    static const size_t asked[] = {2, 3, 7, 4096, SIZE_MAX};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        for (uint64_t choice = 0; choice < 1000; choice++) {
            size_t length = plan_short_length(asked[i], hash_mix(choice));
            cr_assert(length >= 1 && length < asked[i], "%zu of %zu", length, asked[i]);
        }
}
