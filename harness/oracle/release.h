/* What a run gave back twice, and what came before. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oracle/record.h"

/* Events of the record: a release, the one before it of the same taking, and that taking. */
struct release {
    size_t event, first, taking; /* RELEASE_UNKNOWN: there is none */
};

#define RELEASE_UNKNOWN SIZE_MAX

/* What was given back: by the thread of that path, by a call at that site; in that operation, as encoded, or
 * 0: in any or none. */
struct release_call {
    enum trace_resource resource;
    uint64_t id, site, operation;
    int32_t path;
};

/* Finds that release, the first that is a second one if there is any. False: there is none. */
bool release_find(const struct record *record, const struct release_call *call, struct release *out);

/* Of the resources that the program itself tells of: connections that a process gave back which it had taken
 * before, and did not hold any more. Of those that it never took nothing is known: they may come from
 * elsewhere. *out is the caller's to free. Returns 0 or -ENOMEM.
 */
int releases_judge(const struct record *record, struct release **out, size_t *count);
