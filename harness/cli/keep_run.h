/* The keeping of what `run` and `compare` give in the file of results, from their beginning: what was found
 * stays, whatever ends exeunt. */
#pragma once

#include "options.h"
#include "oracle/suite.h"
#include "store/store.h"

struct keep_run {
    const struct options *options;
    char *const *words;  /* of the command line */
    struct store *store; /* NULL: nothing is kept */
    uint64_t run;
    int failed; /* the first failure, with its error: what comes after it is not kept */
    struct error error;
};

/* Begins to keep the run, with options and words set and all else 0, unless the user wants nothing kept.
 * Returns 0 or a negative errno with `error`. */
int keep_run_begin(struct keep_run *keeping, struct error *error);

/* Keeps what there is by now: one of the two, the other is NULL. */
void keep_run_news(struct keep_run *keeping, const struct result *result, const struct suite *suite);

/* Keeps what there is at the end, as keep_run_news. */
void keep_run_finish(struct keep_run *keeping, const struct result *result, const struct suite *suite);

/* Returns 0 if all was kept, or a negative errno with `error`. */
int keep_run_told(const struct keep_run *keeping, struct error *error);

/* The campaign could not be done: nothing is kept, unless there was news. */
void keep_run_drop(struct keep_run *keeping);
void keep_run_end(struct keep_run *keeping);
