/* The text of the live line. */
#include <criterion/criterion.h>

#include "progress.h"

Test(progress, says_where_the_run_stands)
{
    static const uint64_t second = 1000000000;
    static const struct {
        struct campaign_progress now;
        const char *line, *why;
    } cases[] = {
        {{"guarded", 5 * second, 5000, 20000, 0, 22, 1024, 1180, 0, 0},
         "guarded: 5,000 of 20,000 operations, 22/1,024 descriptors, 1,180 faults, 15 s left",
         "by operations"},
        {{"guarded", 5 * second, 5000, 0, 65 * second, 22, 1024, 1180, 0, 0},
         "guarded: 5,000 operations, 22/1,024 descriptors, 1,180 faults, 1 m 00 s left",
         "by time"},
        {{"guarded", 0, 0, 20000, 0, -1, 1024, 0, 0, 0},
         "guarded: 0 of 20,000 operations, ?/1,024 descriptors, 0 faults",
         "nothing is known yet"},
        {{"guarded", 5 * second, 20003, 20000, 0, 6, 64, 9, 0, 0},
         "guarded: 20,003 of 20,000 operations, 6/64 descriptors, 9 faults",
         "past the plan"},
        {{"sort", 5 * second, 0, 0, 0, 22, 0, 3, 2, 1},
         "sort: 22 descriptors, 3 faults, 2 children, 1 temporary files",
         "a program without marks"},
        {{"guarded", 7 * second, 1, 0, 6 * second, 6, 64, 9, 0, 0},
         "guarded: 1 operations, 6/64 descriptors, 9 faults",
         "past the time"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[256];
        cr_expect_str_eq(progress_line(&cases[i].now, line, sizeof line), cases[i].line, "%s: %s",
                         cases[i].why, line);
    }
}

Test(progress, a_short_buffer_is_filled_and_not_overrun)
{
    struct campaign_progress now = {"handwritten", 5, 5000, 20000, 0, 22, 1024, 1180, 0, 0};
    char line[24];
    cr_expect_str_eq(progress_line(&now, line, sizeof line), "handwritten: 5,000 of 2");
}
