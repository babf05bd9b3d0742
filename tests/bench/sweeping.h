/* What a sweep costs, and what is missed by failing one call of each context only. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

/* Measures runs of a near-empty target against their alternatives, interleaved, and a sweep of sqlite3 by
 * contexts against one by calls, which takes minutes. `brief`: a few runs, nothing judged. Returns whether
 * all bounds hold. */
bool sweeping_measure(json_t *into, bool brief);
