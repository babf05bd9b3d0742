/* The schema's version, kept in the file's user_version. */
#pragma once

#include <stddef.h>

#include "store/database.h"

/* What leads from nothing to this exeunt's schema: steps[i] is the SQL from version i to i + 1. */
struct schema {
    size_t version; /* number of steps */
    const char *const *steps;
};
extern const struct schema schema;

/* Brings the file to the schema's version; that it is another program's or a newer exeunt's is an error. All
 * or nothing, also when others do it at the same moment. Returns 0 or a negative errno with `error`. */
int schema_migrate(struct store *store, const struct schema *to, struct error *error);

/* Checks that the file is of the schema's version. Returns as above. */
int schema_check(struct store *store, const struct schema *expected, struct error *error);
