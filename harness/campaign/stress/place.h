/* The folder that a campaign of stress keeps its results in. One campaign has it at a time, by a lock that
 * ends with its process, whatever ends that, and with the first descriptor of its file that the process
 * closes. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

struct stress_place {
    int lock;               /* descriptor of the file "lock", which says who has it; -1: not held */
    char results[PATH_MAX]; /* the file of results in it */
    char scratch[PATH_MAX]; /* TMPDIR of what is run, which nobody else uses; "": there is none */
};

/* Takes the folder, which is made if it is not there, and removes what a campaign that was killed left of its
 * scratch. Returns 0 with *out the caller's (place_close), or a negative errno with `error`. */
int place_open(const char *folder, struct stress_place *out, struct error *error);

/* Empties the scratch. Returns 0 or a negative errno with `error`. */
int place_clean(struct stress_place *place, struct error *error);
void place_close(struct stress_place *place);

/* Who has the folder; 0: nobody. Returns 0 or a negative errno with `error`. */
int place_owner(const char *folder, pid_t *owner, struct error *error);

/* Writes the path of the file of results in the folder. Returns 0 or a negative errno with `error`. */
int place_results(const char *folder, char out[PATH_MAX], struct error *error);
