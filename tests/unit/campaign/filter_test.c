/* Which points a filter takes, and what is said of one that takes none. */
#include "campaign/sweep/filter.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define LONG "posix/posix/posix/posix/posix/posix/posix/posix/posix/posix/posix/posix/posix/posix/posix/posix"

Test(filter, takes)
{
    static const struct {
        const char *filter, *point;
        bool takes;
        const char *reason;
    } rows[] = {
        {NULL, "app/parse", true, "none is given"},
        {"app/parse", "app/parse", true, "the very name"},
        {"app/parse", "app/parser", false, "another"},
        {"posix/io/*", "posix/io/oc/open", true, "a wildcard"},
        {"posix/io/*", "posix/mm/mmap", false, "that does not mean it"},
        {"posix/io/*,app/parse", "app/parse", true, "the second of two"},
        {"app/parse,,posix/io/*", "posix/io/oc/open", true, "behind an empty one"},
        {"", "app/parse", false, "an empty filter"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(filter_takes(rows[i].filter, rows[i].point), rows[i].takes, "%s", rows[i].reason);
}

Test(filter, each_part_means_a_point)
{
    static const char *const names[] = {"posix/io/oc/open", "posix/io/oc/close", "app/parse"};
    static const struct plan_points points = {.count = 3, .names = names};
    static const struct {
        const char *filter, *sentence; /* NULL: it is right */
    } rows[] = {
        {NULL, NULL},
        {"posix/*,app/parse", NULL},
        {"posix/io/oc/opne", "'posix/io/oc/opne' (did you mean 'posix/io/oc/open'?)"},
        {"posix/*,zip/*", "'zip/*':"},
        {"app/parse,", "''"},
        {"", "''"},
        {LONG LONG, "no point is called"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error error = {.text = ""};
        int failed = filter_check(rows[i].filter, &points, &error);
        cr_expect_eq(failed == 0, rows[i].sentence == NULL, "%s: %s", rows[i].filter, error.text);
        if (failed == 0)
            continue;
        cr_expect_eq(error.exit_status, EXIT_USAGE);
        cr_expect_not_null(strstr(error.text, rows[i].sentence), "%s", error.text);
    }
}
