/* A store in a folder of the test's own, and a sweep to put into it. */
#pragma once

#include <limits.h>

#include "store/store.h"

/* Makes an empty folder; path is that of the file to be. */
struct place {
    char *folder;
    char path[PATH_MAX];
};
struct place place_make(void);
void place_remove(struct place *place);

/* Opens the store there for writing. Ends the test if that fails. */
struct store *place_open(const struct place *place);

/* A sweep with everything set, text of targets that is none of the usual among it. Every call gives the same;
 * it is the caller's. */
struct sweep_result example_sweep(void);

/* A finding with that signature, on the heap nowhere. */
struct sweep_finding example_finding(uint64_t signature);

extern const struct store_environment example_environment;

/* Begins a run of that sweep. Returns as store_begin. */
int begin_sweep(struct store *store, const struct sweep_result *sweep, uint64_t *run, struct error *error);

/* Begins a sweep as the example's. Ends the test if that fails. */
uint64_t begin_example(struct store *store);

/* The number that a statement of SQL gives; 99: none. Ends the test if it fails. */
uint64_t number_of(struct store *store, const char *sql);
