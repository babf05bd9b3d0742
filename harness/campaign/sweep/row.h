/* A row: operations of a workload that one process does one after the other, with one worker, each under its
 * own entry of a schedule. */
#pragma once

#include "campaign/setup.h"
#include "campaign/symbols.h"
#include "ledger/reader.h"
#include "oracle/record.h"
#include "supervise/supervise.h"

enum { ROW_MAX = PLAN_SCHEDULE_MAX }; /* so few that the ledger has room for a temporary file of each */

/* What a row is to do. */
struct row_plan {
    size_t count;
    uint32_t jobs[ROW_MAX]; /* of each operation */
    struct plan_schedule schedule;
};

/* What all rows of a variant share. Used by one thread. */
struct rows {
    const struct setup *setup;
    const struct exeunt_variant *variant;
    struct ledger_view brief, traced; /* the first with a trace of faults only; each tells of its last row
                                         until its next one begins */
    uint64_t limit_fds;
    uint64_t processes;
};

/* What was seen of a row. */
struct row {
    struct ledger_view *ledger;
    size_t count;
    struct supervise_outcome outcome;
    struct ledger_event *events; /* of operations: faults, releases, what was left; owned */
    size_t event_count, event_room;
    bool overflowed;      /* there was more of that than the ledger has room for */
    struct record record; /* of faults only, unless it was traced */
    bool traced;
    uint64_t torn;           /* by the workload's own check */
    struct symbols *symbols; /* once they were asked for */
};

/* Returns 0 with *out the caller's, or a negative errno with `error`; so do all below. */
int rows_open(const struct setup *setup, const struct exeunt_variant *variant, struct rows *out,
              struct error *error);
void rows_close(struct rows *rows);

/* Does a row, and has the workload check and remove what it stored. The process ends early if an operation
 * left a lock behind: whoever wants that next would wait for ever. */
int row_run(struct rows *rows, const struct row_plan *plan, bool traced, struct row *out,
            struct error *error);
void row_clear(struct row *row);

/* The names of its places, until it is cleared or the next row begins. NULL if memory is short. */
const struct symbols *row_symbols(struct row *row);

/* The row's process did not come to its end by itself: `index` of the operation that it was in then. False:
 * it did, or it was in none. */
bool row_was_cut(const struct row *row, size_t *index);

/* How far the operation of that index came, and with which status it ended. */
enum ledger_operation_state row_state(const struct row *row, size_t index, int *status);
