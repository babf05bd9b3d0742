/* What a night comes to: an empty one, and one of which a line never came to its end, never passes. */
#include "campaign/stress/stress.h"

#include <criterion/criterion.h>

Test(stress, what_did_not_come_to_its_end_is_not_proven)
{
    static const struct {
        uint64_t round, line, done, findings;
        bool complete;
        enum exit_status worst, expected;
        uint64_t unended;
        const char *reason;
    } rows[] = {
        {2, 1, 3, 0, true, EXIT_AS_EXPECTED, EXIT_AS_EXPECTED, 0, "each line came to its end once"},
        {1, 3, 2, 0, true, EXIT_AS_EXPECTED, EXIT_NOT_DONE, 1, "the last one was cut"},
        {1, 1, 0, 0, true, EXIT_AS_EXPECTED, EXIT_NOT_DONE, 3, "the first one was"},
        {1, 0, 0, 0, true, EXIT_AS_EXPECTED, EXIT_NOT_DONE, 3, "nothing was begun"},
        {7, 2, 19, 0, true, EXIT_AS_EXPECTED, EXIT_AS_EXPECTED, 0, "a line that was cut in a later round"},
        {7, 2, 0, 0, true, EXIT_NOT_DONE, EXIT_NOT_DONE, 0, "no line ever did its work"},
        {2, 1, 3, 0, false, EXIT_AS_EXPECTED, EXIT_NOT_DONE, 0, "the night was cut short"},
        {1, 3, 2, 1, true, EXIT_GUARANTEE_BROKEN, EXIT_GUARANTEE_BROKEN, 1, "broken is broken"},
        {1, 2, 1, 1, true, EXIT_AS_EXPECTED, EXIT_GUARANTEE_BROKEN, 2, "found by the line that was cut"},
        {1, 2, 1, 0, true, EXIT_CONTROL_MISSED, EXIT_CONTROL_MISSED, 2, "a known leak was not caught"},
        {1, 9, 3, 0, true, EXIT_AS_EXPECTED, EXIT_AS_EXPECTED, 0, "a file that says nonsense"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct store_night night = {.campaign = "compare upload\nrun -- ./a\nrun -- ./b\n",
                                          .round = rows[i].round,
                                          .line = rows[i].line,
                                          .done = rows[i].done,
                                          .findings = rows[i].findings,
                                          .status = rows[i].worst,
                                          .complete = rows[i].complete};
        cr_expect_eq(stress_lines(&night), 3);
        cr_expect_eq(stress_unended(&night), rows[i].unended, "%s", rows[i].reason);
        cr_expect_eq(stress_status(&night), rows[i].expected, "%s", rows[i].reason);
    }
}
