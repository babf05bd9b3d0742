/* What the grammar needs of coordinates. */
#pragma once

#include "plan/plan.h"

/* Who `text` means: an operation, a thread's spawn path, or both. Returns 0 or -EINVAL with `error`. */
int plan_parse_who(const char *text, struct plan_who *out, struct error *error);

/* Makes the rule one about call `k` by `who`. */
void plan_rule_at(struct plan_rule *rule, struct plan_who who, uint64_t k, bool persistent);
