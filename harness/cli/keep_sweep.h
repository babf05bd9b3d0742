/* The keeping of a sweep in the file of results, while it goes on: nothing that was told is lost, whatever
 * ends exeunt. */
#pragma once

#include "store/store.h"
#include "sweep_options.h"

struct keep_sweep {
    struct store *store; /* NULL: results are not kept */
    uint64_t run;
    char without[PATH_MAX]; /* the file's path within the working folder; "": it is elsewhere */
    struct store_keys done; /* by an earlier sweep that is gone on with */
    struct store_done batch[64];
    size_t batch_count;
    int failed; /* the first failure, with its error: what comes after it is not kept */
    struct error error;
};

/* Where in the working folder the file of results is, which must not be copied with that: a relative path, ""
 * if it is elsewhere. */
void keep_sweep_find_within(const char *results, char out[PATH_MAX]);

/* Begins to keep the sweep, or finds the one to go on with, and sets what the campaign needs to know of that.
 * Returns 0 or a negative errno with `error`. */
int keep_sweep_begin(struct sweep_command *command, struct keep_sweep *out, struct error *error);

/* Keeps a finding at once, and sets its id; notes that a fault was tried. */
void keep_sweep_found(struct keep_sweep *keeping, struct sweep_finding *finding);
void keep_sweep_tried(struct keep_sweep *keeping, uint64_t key, enum sweep_kind outcome);

/* Keeps the whole result. One that was gone on with becomes the result of both parts. Returns 0 or a negative
 * errno with `error`: of this, or of what failed before. */
int keep_sweep_finish(struct keep_sweep *keeping, struct sweep_result *result, struct error *error);
void keep_sweep_end(struct keep_sweep *keeping);
