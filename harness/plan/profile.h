/* What a call can really fail with, and what it has done by then. The table of all wrapped calls is the
 * injectors' (injectors/faults.c): linking it registers it here, so that plans can be held against it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FAULT_ERRNOS_MAX = 26 };

/* One errno of a profile. */
struct fault_errno {
    int error;      /* positive errno; 0 ends a profile */
    bool realistic; /* the call can return it for a valid request; others must be asked for by name */
    bool done;      /* the call has done its work all the same: so the wrapper really makes it */
};

struct fault_point {
    const char *name;   /* libfiu's name where it has one */
    const char *calls;  /* the functions that are wrapped, separated by spaces */
    const char *source; /* standard or kernel version that has the function */
    bool shortens;      /* takes the kind `short` */
    struct fault_errno errnos[FAULT_ERRNOS_MAX];
};

/* The registered table; a point's index in it is its index in the ledger. */
extern const struct fault_point fault_points[];
extern const size_t fault_point_count;

/* The errno of the profile, or NULL if the call never returns it. */
const struct fault_errno *fault_errno_of(const struct fault_point *point, int error);

/* The realistic errno that `choice` picks, or NULL if the profile has none. */
const struct fault_errno *fault_realistic(const struct fault_point *point, uint64_t choice);
