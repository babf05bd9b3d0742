/* The file as one opens it who only reads. */
#pragma once

#include "store/database.h"

/* Opens the store's file, which must be there: nothing can be written to it, and nothing is left beside it.
 * Returns 0 or a negative errno with `error`. */
int reader_open(struct store *store, struct error *error);
