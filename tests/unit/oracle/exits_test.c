/* What a table of exit paths says: promises held against what was measured. */
#include "oracle/exits.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(exits, two_witnesses_make_an_outcome)
{
    static const struct {
        struct exits_seen seen;
        enum exits_outcome outcome;
        const char *why;
    } rows[] = {
        {{.held = false, .left = false}, EXITS_KEPT, "given back, and to be had"},
        {{.held = true, .left = true}, EXITS_BROKEN, "not given back, and not to be had"},
        {{.held = false, .left = true}, EXITS_DIFFERS, "given back, but not to be had"},
        {{.held = true, .left = false}, EXITS_DIFFERS, "to be had, although nobody gave it back"},
        {{.process_ended = true, .held = true, .left = false}, EXITS_KEPT, "it went with the process"},
        {{.process_ended = true, .held = true, .left = true}, EXITS_BROKEN, "it outlives the process"},
        {{.process_ended = true, .held = false, .left = false}, EXITS_KEPT, "given back before the end"},
        {{.process_ended = true, .held = false, .left = true}, EXITS_DIFFERS, "given back, but still there"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(exits_outcome_of(&rows[i].seen), rows[i].outcome, "%s", rows[i].why);
}

/* Two idioms, "bare" (the control) and "guard"; paths "return" and "exit"; resources "file" and "temp". The
 * guard promises the first path; the end of the process promises the file. All is as it should be. */
static void make_table(struct exits *exits)
{
    *exits = (struct exits){.path_count = 2,
                            .resource_count = 2,
                            .idiom_count = 2,
                            .paths = {"return", "exit"},
                            .resources = {"file", "temp"},
                            .idioms = {{.name = "bare", .control = true}, {.name = "guard"}}};
    for (size_t idiom = 0; idiom < 2; idiom++) {
        for (size_t path = 0; path < 2; path++) {
            for (size_t resource = 0; resource < 2; resource++) {
                struct exits_cell *cell = &exits->idioms[idiom].cells[path][resource];
                cell->promised = path == 0 ? idiom == 1 : resource == 0;
                cell->outcome = cell->promised ? EXITS_KEPT : EXITS_BROKEN;
            }
        }
    }
}

enum { BARE, GUARD };
enum { RETURN, EXIT };
enum { FILE_, TEMP };

Test(exits, verdicts)
{
    static const struct {
        size_t idiom, path, resource;
        enum exits_outcome outcome; /* that the cell has instead */
        enum verdict verdict;
        int exit_status;
        const char *sentence, *why;
    } rows[] = {
        {GUARD, RETURN, FILE_, EXITS_KEPT, VERDICT_PASS, 0, "holds: 4 of 8 cells; 0 more", "all as promised"},
        {GUARD, RETURN, TEMP, EXITS_BROKEN, VERDICT_FAIL, 1,
         "1 of 8 cells do not hold what is promised; the first: guard, temp, left by return: broken.",
         "a promise is broken"},
        {GUARD, EXIT, TEMP, EXITS_KEPT, VERDICT_PASS, 0, "1 more are kept", "better than promised"},
        {GUARD, EXIT, FILE_, EXITS_BROKEN, VERDICT_FAIL, 1, "guard, file, left by exit",
         "the end of a process did not release what it should"},
        {BARE, EXIT, FILE_, EXITS_BROKEN, VERDICT_FAIL, 1, "bare, file, left by exit",
         "that is promised of the control, too"},
        {GUARD, EXIT, TEMP, EXITS_DIFFERS, VERDICT_FAIL, 1, "differs",
         "unpromised, but the witnesses differ"},
        {BARE, RETURN, TEMP, EXITS_KEPT, VERDICT_CONTROL_MISSED, 4,
         "not caught, so this run proves nothing: 1 of 8 cells are kept where nothing can keep them; the "
         "first: "
         "bare, temp, left by return: kept.",
         "the control leaks nothing there"},
        {BARE, EXIT, TEMP, EXITS_KEPT, VERDICT_CONTROL_MISSED, 4, "bare, temp, left by exit", "nor there"},
        {GUARD, EXIT, TEMP, EXITS_UNKNOWN, VERDICT_INCONCLUSIVE, 3, "not measured", "a cell is not known"},
        {BARE, RETURN, FILE_, EXITS_UNKNOWN, VERDICT_INCONCLUSIVE, 3, "not measured",
         "nor one of the control"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct exits exits;
        struct result result = {.exits = &exits};
        make_table(&exits);
        exits.idioms[rows[i].idiom].cells[rows[i].path][rows[i].resource].outcome = rows[i].outcome;
        exits_judge(&result);
        cr_expect_eq(result.verdict, rows[i].verdict, "%s: %s", rows[i].why, result.sentence);
        cr_expect_eq((int)result.exit_status, rows[i].exit_status, "%s", rows[i].why);
        cr_expect_not_null(strstr(result.sentence, rows[i].sentence), "%s: %s", rows[i].why, result.sentence);
    }
}

Test(exits, a_broken_promise_weighs_most)
{
    struct exits exits;
    struct result result = {.exits = &exits};
    make_table(&exits);
    exits.idioms[BARE].cells[RETURN][FILE_].outcome = EXITS_KEPT;
    exits.idioms[BARE].cells[RETURN][TEMP].outcome = EXITS_UNKNOWN;
    exits_judge(&result);
    cr_expect_eq(result.verdict, VERDICT_CONTROL_MISSED, "%s", result.sentence);
    exits.idioms[GUARD].cells[RETURN][TEMP].outcome = EXITS_BROKEN;
    exits_judge(&result);
    cr_expect_eq(result.verdict, VERDICT_FAIL, "%s", result.sentence);
}

Test(exits, an_empty_table_proves_nothing)
{
    struct exits exits = {0};
    struct result result = {.exits = &exits};
    exits_judge(&result);
    cr_expect_eq(result.verdict, VERDICT_INCONCLUSIVE, "%s", result.sentence);
}
