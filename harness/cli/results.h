/* Reading of kept results, damaged ones too. */
#pragma once

#include "store/store.h"

/* Uses the store. Returns 0 or a negative errno with `error`; if that is -EBADMSG, nothing was shown yet, and
 * it may be called again with what can be read. */
typedef int results_use(struct store *store, void *context, struct error *error);

enum { RESULTS_IN_PART = 1 };

/* Opens the file for reading and has it used. If it is damaged, what can be read of it is used instead:
 * RESULTS_IN_PART, with `error` (EXIT_NOT_DONE) set to what is missing, if that could be done. Otherwise 0 or
 * a negative errno. */
int results_read(const char *file, results_use *use, void *context, struct error *error);
