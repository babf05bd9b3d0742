/* Operations of a workload that are cancelled, each at a place of the seed's choice: what its guarded variant
 * then holds is nothing. A variant without guards is cancelled before, and must be seen to leave something.
 *
 * The linker brings us in between: it wraps the calls that are counted (see CMakeLists.txt). */
#pragma once

#include <stdbool.h>

#include "exeunt/workload.h"

struct cancellation {
    const char *workload;
    uint64_t settings[EXEUNT_SETTINGS_MAX];
    int places; /* where an operation may be cancelled, about as many as it comes to */
    int calls;  /* the same of calls within which a cancellation must not be felt; 0: none are counted */
    void (*opened)(void); /* the service is ready; may be NULL */
};

/* The whole test, with the command line CANCELLATIONS SEED. Returns the exit status. */
int cancellation_main(const struct cancellation *cancellation, int argc, char **argv);

/* The calling thread is at one more place: here its cancellation may be asked for. */
void cancellation_place(void);

/* The same within a call that is no place to be cancelled at. False: it could have been. */
bool cancellation_call(void);

/* It has taken (1) or given back (-1) a descriptor. */
void cancellation_count_descriptor(int by);
