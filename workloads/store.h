/* The store: where uploads are kept, and whether it holds what it should. */
#pragma once

#include "exeunt/workload.h"

/* The store lies two folders deep, so that a name which climbs two up is still seen beside it. */
#define STORE_OUTER  "kept"
#define STORE_FOLDER STORE_OUTER "/store"
#define TEMP_PREFIX  ".upload-" /* of a temporary file in the store; stored names never begin with a dot */

/* Compares the store in site->folder with the spool, byte by byte of what is stored, and empties it.
 * Returns 0 or a negative errno with a reason. */
int store_check(const struct exeunt_job_site *site, struct exeunt_check *out, struct exeunt_reason *reason);
