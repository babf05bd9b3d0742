/* The filter of points: names and wildcards, separated by commas. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "plan/plan.h"

/* Whether the point is asked for. NULL asks for all. */
bool filter_takes(const char *filter, const char *point);

/* Returns 0 if each of its names and wildcards means a point, or -EINVAL with an `error` that names the first
 * that does not. */
int filter_check(const char *filter, const struct plan_points *points, struct error *error);

/* The same of the name of one point. */
int filter_check_point(const char *point, const struct plan_points *points, struct error *error);
