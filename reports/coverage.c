/* Decides what is shown of a sweep's coverage: how many calls of a point failed with an errno, in each
 * variant. All variants have the same points and errnos in the same order. */
#include "coverage.h"

#include <stdbool.h>
#include <string.h>

#include "plan/plan.h"

enum { POINT_WIDTH = 30, ERRNO_WIDTH = 14, COLUMN_WIDTH = 13 };

/* Whether a variant calls the point of that line. */
static bool is_reached(const struct sweep_result *results, size_t count, size_t line)
{
    for (size_t i = 0; i < count; i++)
        if (line < results[i].coverage_count && results[i].coverage[line].reached)
            return true;
    return false;
}

static bool is_first_of_point(const struct sweep_result *result, size_t line)
{
    return line == 0 || strcmp(result->coverage[line - 1].point, result->coverage[line].point) != 0;
}

static void write_cell(const struct ink *ink, const struct sweep_result *result, size_t line)
{
    const struct sweep_coverage *cell = &result->coverage[line];
    char number[INK_NUMBER_MAX];
    if (line >= result->coverage_count || !cell->reached)
        ink_right(ink, "not reached", COLUMN_WIDTH, HUE_FAINT);
    else if (cell->failed == 0)
        ink_right(ink, "not met", COLUMN_WIDTH, HUE_WARNING);
    else
        ink_right(ink, ink_number(number, cell->failed), COLUMN_WIDTH, HUE_PLAIN);
}

static void write_line(const struct ink *ink, const struct sweep_result *results, size_t count, size_t line)
{
    const struct sweep_coverage *cell = &results[0].coverage[line];
    ink_left(ink, is_first_of_point(&results[0], line) ? cell->point : "", POINT_WIDTH, HUE_PLAIN);
    ink_left(ink, plan_errno_name(cell->error), ERRNO_WIDTH, HUE_PLAIN);
    for (size_t i = 0; i < count; i++)
        write_cell(ink, &results[i], line);
    putc('\n', ink->out);
}

/* Of a whole wing of points only the number would be of use: names are given of what was asked for. */
static void write_unreached(const struct ink *ink, const struct sweep_result *results, size_t count)
{
    size_t unreached = 0;
    for (size_t line = 0; line < results[0].coverage_count; line++)
        unreached += is_first_of_point(&results[0], line) && !is_reached(results, count, line);
    if (unreached > 0)
        fprintf(ink->out, "%zu more points are never reached: --json FILE names them\n", unreached);
}

void coverage_write(const struct ink *ink, const struct sweep_result *results, size_t count)
{
    if (results[0].coverage_count == 0 || (results[0].interrupted && results[0].point_count == 0))
        return; /* nothing is known of what there is to be reached */
    fputs("\ncalls that failed", ink->out);
    fprintf(ink->out, "%*s", POINT_WIDTH + ERRNO_WIDTH - (int)strlen("calls that failed"), "");
    for (size_t i = 0; i < count; i++)
        ink_right(ink, results[i].variant, COLUMN_WIDTH, HUE_STRONG);
    putc('\n', ink->out);
    for (size_t line = 0; line < results[0].coverage_count; line++)
        if (is_reached(results, count, line))
            write_line(ink, results, count, line);
    write_unreached(ink, results, count);
}
