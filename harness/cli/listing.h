/* The list of runs that are kept. */
#pragma once

#include "store/store.h"

/* Writes a line for each, oldest first, with its command as it would be typed. Returns 0 or a negative errno
 * with `error`. */
int listing_write(struct store *store, struct error *error);

enum { LISTING_TIME_MAX = 32 };

/* When a run was started: "2026-11-25 18:26:39Z". Returns `out`. */
const char *listing_time(uint64_t seconds, char out[LISTING_TIME_MAX]);
