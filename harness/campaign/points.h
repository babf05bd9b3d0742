/* The points in play and the plan over them. */
#pragma once

#include "campaign/campaign.h"
#include "ledger/trace.h"
#include "plan/plan.h"

/* Parses the plan and holds it against the profiles: an errno that a named point can never
 * return is an error, points that a wildcard took along are left out. Returns 0 or -EINVAL with `error`. */
int points_plan(const char *text, const struct plan_points *points, uint64_t seed, struct plan *out,
                struct error *error);

/* Whether calls of the point give such a resource back: what stays since the very one was made to fail is
 * nobody's leak. */
bool points_give_back(const char *point, enum trace_resource resource);
