/* The points in play and the plan over them. */
#pragma once

#include "campaign/campaign.h"
#include "plan/plan.h"

/* Parses the plan and holds it against the profiles: an errno that a named point can never
 * return is an error, points that a wildcard took along are left out. Returns 0 or -EINVAL with `error`. */
int points_plan(const char *text, const struct plan_points *points, uint64_t seed, struct plan *out,
                struct error *error);
