/* Decides whether the documentation's promises hold. What it does not promise may be kept or broken; but of
 * the control everything must be broken that is not promised, or else the measurement sees nothing. */
#include "oracle/exits.h"

#include <stdio.h>

#include "oracle/judge.h"

enum exits_outcome exits_outcome_of(const struct exits_seen *seen)
{
    bool agree = seen->held == seen->left || (seen->process_ended && seen->held);
    if (!agree)
        return EXITS_DIFFERS;
    return seen->left ? EXITS_BROKEN : EXITS_KEPT;
}

const char *exits_outcome_name(enum exits_outcome outcome)
{
    static const char *const names[] = {
        [EXITS_UNKNOWN] = "unknown",
        [EXITS_KEPT] = "kept",
        [EXITS_BROKEN] = "broken",
        [EXITS_DIFFERS] = "differs",
    };
    return names[outcome];
}

/* What a cell can be that does not hold what is expected of it. */
enum kind { AS_EXPECTED, PROMISE_BROKEN, CONTROL_KEPT, NOT_KNOWN, KINDS };

static enum kind kind_of(const struct exits_idiom *idiom, const struct exits_cell *cell)
{
    switch (cell->outcome) {
    case EXITS_KEPT:
        return idiom->control && !cell->promised ? CONTROL_KEPT : AS_EXPECTED;
    case EXITS_BROKEN:
        return cell->promised ? PROMISE_BROKEN : AS_EXPECTED;
    case EXITS_DIFFERS:
        return PROMISE_BROKEN;
    default:
        return NOT_KNOWN;
    }
}

/* The cells of the table, counted; and of each kind the first. */
struct count {
    size_t cells, promised, kept;
    struct {
        size_t count, idiom, path, resource;
    } of[KINDS];
};

static void count_cell(const struct exits *exits, size_t idiom, size_t path, size_t resource,
                       struct count *count)
{
    const struct exits_cell *cell = &exits->idioms[idiom].cells[path][resource];
    enum kind kind = kind_of(&exits->idioms[idiom], cell);
    count->cells++;
    count->promised += cell->promised;
    count->kept += cell->outcome == EXITS_KEPT;
    if (count->of[kind].count++ != 0)
        return;
    count->of[kind].idiom = idiom;
    count->of[kind].path = path;
    count->of[kind].resource = resource;
}

static struct count count_all(const struct exits *exits)
{
    struct count count = {0};
    for (size_t idiom = 0; idiom < exits->idiom_count; idiom++)
        for (size_t path = 0; path < exits->path_count; path++)
            for (size_t resource = 0; resource < exits->resource_count; resource++)
                count_cell(exits, idiom, path, resource, &count);
    return count;
}

static void say_first(struct result *result, const struct count *count, enum kind kind)
{
    static const struct {
        const char *before, *what;
    } words[] = {
        [PROMISE_BROKEN] = {"", "do not hold what is promised"},
        [CONTROL_KEPT] = {"the positive control was not caught, so this run proves nothing: ",
                          "are kept where nothing can keep them"},
        [NOT_KNOWN] = {"cut short or not seen whole, so this run proves nothing: ", "were not measured"},
    };
    const struct exits *exits = result->exits;
    size_t idiom = count->of[kind].idiom, path = count->of[kind].path, resource = count->of[kind].resource;
    snprintf(result->sentence, sizeof result->sentence,
             "%s%zu of %zu cells %s; the first: %s, %s, left by %s: %s.", words[kind].before,
             count->of[kind].count, count->cells, words[kind].what, exits->idioms[idiom].name,
             exits->resources[resource], exits->paths[path],
             exits_outcome_name(exits->idioms[idiom].cells[path][resource].outcome));
}

static void say_all(struct result *result, const struct count *count)
{
    snprintf(result->sentence, sizeof result->sentence,
             "what the documentation promises of exit paths holds: %zu of %zu cells; %zu more are kept "
             "unpromised, %zu are broken.",
             count->promised, count->cells, count->kept - count->promised, count->cells - count->kept);
}

void exits_judge(struct result *result)
{
    static const enum verdict verdicts[] = {
        [AS_EXPECTED] = VERDICT_PASS,
        [PROMISE_BROKEN] = VERDICT_FAIL,
        [CONTROL_KEPT] = VERDICT_CONTROL_MISSED,
        [NOT_KNOWN] = VERDICT_INCONCLUSIVE,
    };
    struct count count = count_all(result->exits);
    enum kind kind = PROMISE_BROKEN;
    while (kind != KINDS && count.of[kind].count == 0)
        kind++;
    if (kind == KINDS)
        kind = count.cells > 0 ? AS_EXPECTED : NOT_KNOWN;
    result->verdict = verdicts[kind];
    result->exit_status = judge_exit_status(result->verdict);
    if (kind == AS_EXPECTED)
        say_all(result, &count);
    else
        say_first(result, &count, kind);
}
