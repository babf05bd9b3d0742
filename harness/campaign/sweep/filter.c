/* Decides which points are asked for. What means none is a mistake: a sweep that tries nothing proves
 * nothing. */
#include "campaign/sweep/filter.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* The next part into `out`. Returns what follows it, NULL after the last. A part that is longer than any name
 * means no point, cut off or not. */
static const char *next_part(const char *filter, char out[PLAN_POINT_NAME_MAX])
{
    size_t length = strcspn(filter, ",");
    snprintf(out, PLAN_POINT_NAME_MAX, "%.*s", (int)length, filter);
    return filter[length] == '\0' ? NULL : filter + length + 1;
}

bool filter_takes(const char *filter, const char *point)
{
    char part[PLAN_POINT_NAME_MAX];
    bool takes = filter == NULL;
    while (!takes && filter != NULL) {
        filter = next_part(filter, part);
        takes = plan_matches(part, point);
    }
    return takes;
}

static bool means_any(const char *part, const struct plan_points *points)
{
    for (size_t i = 0; i < points->count; i++)
        if (plan_matches(part, points->names[i]))
            return true;
    return false;
}

static const char *name_of(const void *of, size_t index)
{
    const struct plan_points *points = of;
    return index < points->count ? points->names[index] : NULL;
}

static int unknown(const char *lead, const char *name, const struct plan_points *points, struct error *error)
{
    char hint[PLAN_POINT_NAME_MAX + 32];
    return error_usage(error, "%sno point is called '%s'%s: 'exeunt list --points' has their names", lead,
                       name, text_hint(hint, sizeof hint, name, name_of, points));
}

int filter_check_point(const char *point, const struct plan_points *points, struct error *error)
{
    for (size_t i = 0; i < points->count; i++)
        if (strcmp(points->names[i], point) == 0)
            return 0;
    return unknown("", point, points, error);
}

int filter_check(const char *filter, const struct plan_points *points, struct error *error)
{
    char part[PLAN_POINT_NAME_MAX];
    while (filter != NULL) {
        filter = next_part(filter, part);
        if (!means_any(part, points))
            return unknown("--points: ", part, points, error);
    }
    return 0;
}
