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

int filter_check(const char *filter, const struct plan_points *points, struct error *error)
{
    char part[PLAN_POINT_NAME_MAX], hint[PLAN_POINT_NAME_MAX + 32];
    while (filter != NULL) {
        filter = next_part(filter, part);
        if (!means_any(part, points))
            return error_usage(error,
                               "--points: no point is called '%s'%s: 'exeunt list --points' has their names",
                               part, text_hint(hint, sizeof hint, part, name_of, points));
    }
    return 0;
}
