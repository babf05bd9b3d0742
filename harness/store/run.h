/* Runs, as all that load one share them. */
#pragma once

#include "store/query.h"

enum { STORE_KINDS_MAX = 256 }; /* names of all kinds of findings, with commas between */

/* Takes the next columns, those of RUN_COLUMNS of table run, into *out, which is empty on failure. 0 or a
 * negative errno, with the query's error. */
#define RUN_COLUMNS                                                                                          \
    " run.id, run.kind, complete, command, line, options, seed, started_s,"                                  \
    " (select count(*) from finding where finding.run = run.id)"                                             \
    " + (select count(*) from broken where broken.run = run.id),"                                            \
    " exeunt, kernel, libc, host, machine, folder, target_commit "
int run_take(struct query *query, struct store_run *out);

/* The run with that number, or the last one if it is 0; of that kind, or of any if it is NULL. 0 with *out
 * the caller's, or a negative errno: that there is none is an error of the command line. */
int run_find(struct store *store, const char *kind, uint64_t id, struct store_run *out, struct error *error);

/* The words of a command line as bytes, each ended by NUL; the caller's to free. NULL: memory is short. */
char *run_join_words(char *const *words, size_t *size);

/* A copy of the words, each the caller's to free. NULL: memory is short. */
char **run_copy_words(char *const *words);
