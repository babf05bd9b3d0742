/* What the clients saw: a file to which each adds one line when its session is over, and which is counted
 * after the run. */
#pragma once

#include <stdint.h>

#include "exeunt/workload.h"

enum seen {
    SEEN_WHOLE,      /* all replies, whole, then the goodbye and the end */
    SEEN_CLOSED,     /* the connection ended before, and the service knew that it failed */
    SEEN_MISBEHAVED, /* the client did, and so cannot complain */
    SEEN_TORN,       /* a wrong reply; or the service took for a success what the client did not get */
    SEEN_ABANDONED,  /* the operation was over, and the connection never ended */
    SEEN_GHOST,      /* of the service: a session is counted open whose socket is gone */
};

/* The file of the run in `folder`: a descriptor to add to, or a negative errno. */
int seen_open(const char *folder);

/* Adds the line of session `number`, in one piece. 0 or a negative errno. */
int seen_add(int file, uint64_t number, enum seen seen);

/* Counts, and removes the file. No file: nobody saw anything. Returns 0 or a negative errno. */
int seen_check(const char *folder, struct exeunt_check *out);
