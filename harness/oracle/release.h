/* What a run gave back twice, of the resources that the program itself tells of. */
#pragma once

#include <stddef.h>

#include "oracle/record.h"

/* Events of the record: the second release, and the last taking of the same. */
struct release {
    size_t event, taking;
};

/* Connections that a process gave back which it had taken before, and did not hold any more. Of those that it
 * never took nothing is known: they may come from elsewhere. *out is the caller's to free. Returns 0 or
 * -ENOMEM.
 */
int releases_judge(const struct record *record, struct release **out, size_t *count);
