/* The ways to run a program that are compared: bare, under exeunt, under the alternatives. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What a column is for: wrapped calls in general, or locks. */
enum { FOR_CALLS = 1, FOR_LOCKS = 2, FOR_ALL = FOR_CALLS | FOR_LOCKS };

struct column {
    const char *name;
    unsigned serves;     /* FOR_... */
    const char *program; /* NULL: the usual one */
    const char *preload; /* NULL: none */
    bool has_ledger;     /* it is exeunt's */
    const char *plan;    /* of the ledger; NULL: none */
    const char *enable;  /* FIU_ENABLE; NULL: not set */
    const char *tool[8]; /* words before the command; NULL: the command itself */
    bool counts;         /* its instructions can be counted */
    unsigned slowness;   /* by about how much it is slower: the rounds are divided by it */
};

enum { COLUMNS_MAX = 16, COLUMN_BARE = 0, COLUMN_IDLE = 1 };

/* The i-th, NULL after the last. What is not installed here is left out. */
const struct column *column_at(unsigned index);

/* Whether a column's tools are here. */
bool column_is_here(const struct column *column);

/* Instructions, and nanoseconds, of one round more of `kind` ("open", ...) by `threads` threads: start-up is
 * cancelled by two runs of different length. */
double column_instructions(const struct column *column, const char *kind);
double column_ns(const struct column *column, const char *kind, unsigned threads, long rounds);
