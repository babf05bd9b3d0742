/* Runs a program under the preload, with a plan, and keeps what it noted. */
#pragma once

#include "ledger/reader.h"

struct under_preload {
    int status; /* exit status of the program, or 128 + signal */
    struct ledger_view ledger;
};

/* Runs `program ARGUMENT DETAIL` (DETAIL may be NULL) by `plan`, the grammar of --faults over the preload's
 * points and "app/point". The caller's, for under_preload_end. */
struct under_preload under_preload_run(const char *program, const char *argument, const char *detail,
                                       const char *plan);

/* The same, with the heap watched. */
struct under_preload under_preload_run_watched(const char *program, const char *argument, const char *plan);

/* The same, traced, and with faults outside operations, too. */
struct under_preload under_preload_run_traced(const char *program, const char *argument, const char *plan);

/* The same, but that the trace is of faults only, and the heap is not watched. */
struct under_preload under_preload_run_faults_traced(const char *program, const char *argument,
                                                     const char *plan);

void under_preload_end(struct under_preload *run);

/* Events of that kind, and the next of them, read from the ledger. */
unsigned under_preload_count(struct under_preload *run, enum ledger_event_kind kind);

/* The place of the first event, and the line that operation 1 gave as its status, negated. False: no event.
 */
bool under_preload_leak_place(struct under_preload *run, char *place, size_t size, int *line);
