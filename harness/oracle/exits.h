/* The table of exit paths as it was measured, and what it says. Pure data and pure functions. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "oracle/result.h"

enum { EXITS_PATHS_MAX = 16, EXITS_RESOURCES_MAX = 8, EXITS_NAME_MAX = 32 };

enum exits_outcome {
    EXITS_UNKNOWN, /* was not measured */
    EXITS_KEPT,    /* the next one who wants the resource gets it */
    EXITS_BROKEN,  /* it was left behind */
    EXITS_DIFFERS, /* by the ledger it was given back, but it is not to be had; or the other way round */
};

struct exits_cell {
    enum exits_outcome outcome;
    bool promised; /* the documentation says that it is kept */
};

/* A column: one idiom of cleanup. */
struct exits_idiom {
    char name[RESULT_NAME_MAX];
    bool control; /* it is known to leave behind whatever is not promised */
    struct exits_cell cells[EXITS_PATHS_MAX][EXITS_RESOURCES_MAX];
};

struct exits {
    size_t path_count, resource_count, idiom_count;
    char paths[EXITS_PATHS_MAX][EXITS_NAME_MAX];
    char resources[EXITS_RESOURCES_MAX][EXITS_NAME_MAX];
    struct exits_idiom idioms[RESULT_VARIANTS_MAX];
};

/* What is known of one cell. */
struct exits_seen {
    bool process_ended; /* with it goes much that no call gave back */
    bool held;          /* by the ledger, no call gave the resource back */
    bool left;          /* it is not to be had */
};
enum exits_outcome exits_outcome_of(const struct exits_seen *seen);

/* Names as in reports and JSON: "kept", "broken", "differs"; "unknown". */
const char *exits_outcome_name(enum exits_outcome outcome);

/* Sets the verdict of result->exits, the exit status and the sentence. In the order of weight: a promise that
 * does not hold, or witnesses that differ; then a control that was kept where nothing could keep it; then
 * what is not known. */
void exits_judge(struct result *result);
