/* The store: results and their environment in one SQLite file. What is saved is committed when the function
 * returns: killing exeunt loses nothing of it. Any number of processes may use one file at once; a writer
 * waits for another for at most STORE_PATIENCE_MS.
 *
 * Functions return 0 or a negative errno with `error`, which names the file and what to do; a write that
 * failed has changed nothing. A store belongs to one thread at a time.
 *
 * While a store is open its process must not open and close the same file by other means, not even to copy
 * it: POSIX drops a process's locks on a file with the first descriptor of it that is closed, and SQLite's
 * with them. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "exeunt/scope.h"
#include "oracle/result.h"
#include "oracle/sweep.h"

#define STORE_FILE SWEEP_RESULTS_FILE

enum { STORE_PATIENCE_MS = 5000, STORE_SUBJECT_MAX = 160 };

struct store;

enum store_mode {
    STORE_READ,  /* the file must be there and hold results */
    STORE_WRITE, /* made if it is not there, brought to this exeunt's schema if it is older */
};

int store_open(const char *path, enum store_mode mode, struct store **out, struct error *error);

/* Accepts NULL. Returns 0 or a negative errno. */
int store_close(struct store *store);
EXEUNT_DEFINE_GUARD(store, struct store *, NULL, store_close);

/* When a file turned out to be damaged (-EBADMSG): what can be read of it, as a store of its own, in memory.
 * Returns as store_open. */
int store_salvage(const char *path, struct store **out, struct error *error);

/* The tables of a salvaged store of which something is missing, "a, b"; "": none. */
const char *store_lost(const struct store *store);

/* Whether the file is still there, under its path. Returns as store_open. */
int store_is_there(const struct store *store, struct error *error);

/* ---- Runs ------------------------------------------------------------------------------------------- */

/* What a run hung on beside its command. Strings are "" where they could not be found out. */
struct store_environment {
    char exeunt[32];            /* version */
    char kernel[65], libc[65];  /* "6.12.4", "glibc 2.41" */
    char host[65], machine[65]; /* "build-3", "x86_64" */
    char folder[PATH_MAX];      /* working folder */
    char target_commit[64 + 1]; /* of the git work tree that the target lies in; hexadecimal */
};

/* As it is now, for the program at `target`. */
void store_environment_now(const char *target, struct store_environment *out);

/* What is known of a run when it begins. */
struct store_beginning {
    const char *kind;     /* "sweep", "run", "compare" */
    char *const *command; /* words of its command line: of the target's, if it is a sweep; ends with NULL */
    const char *line;     /* the same for people */
    const char *options;  /* what else decides which faults there are, as text */
    uint64_t seed, started_s;
    uint64_t night; /* of `exeunt stress` that it belongs to; 0: none */
    uint64_t first; /* run that the same command gave; 0: this is it */
};

/* Begins a run: *run is its number. */
int store_begin(struct store *store, const struct store_beginning *beginning,
                const struct store_environment *environment, uint64_t *run, struct error *error);

/* Takes a run back that could not be made, unless something was saved of it. */
int store_take_back(struct store *store, uint64_t run, struct error *error);

struct store_run {
    uint64_t id;
    char kind[16];  /* as above */
    bool complete;  /* false: it ended before its time, or is still going on */
    char **command; /* words of the target's command line; ends with NULL */
    char *line;     /* the same for people */
    char *options;  /* as given to store_begin */
    uint64_t seed, started_s;
    uint64_t findings; /* how many it has */
    struct store_environment environment;
};
void store_run_clear(struct store_run *run);

/* Whether a sweep was of a program: the options of a workload's sweep begin with its name. */
bool store_run_is_of_program(const struct store_run *run);

struct store_runs {
    size_t count;
    struct store_run *list; /* oldest first; owned */
};
void store_runs_clear(struct store_runs *runs);

/* The number of the last run; 0: there is none. */
int store_last_run(struct store *store, uint64_t *id, struct error *error);

int store_list_runs(struct store *store, struct store_runs *out, struct error *error);

/* What the last command gave: one run, or one for each variant of a workload's sweep. That there is none is
 * an error of the command line. */
int store_last_command(struct store *store, struct store_runs *out, struct error *error);

/* The run with that number, or the last one if it is 0; the caller's: store_run_clear. */
int store_load_run(struct store *store, uint64_t id, struct store_run *out, struct error *error);

/* ---- What `run` and `compare` gave ------------------------------------------------------------------ */

/* What a run has given by now. */
struct store_record {
    const char *json;   /* the document of the result, or of the suite */
    const char *report; /* for people, as it is shown */
    const struct result *results;
    size_t result_count;
    bool complete; /* it is over */
};

/* Saves it, in place of what was saved of the run before. */
int store_save_record(struct store *store, uint64_t run, const struct store_record *record,
                      struct error *error);

/* The document of a run that is no sweep; the caller's. That it kept none is an error of the command line. */
struct store_document {
    char *json, *report;
};
int store_load_document(struct store *store, uint64_t run, struct store_document *out, struct error *error);
void store_document_clear(struct store_document *document);

/* ---- Saving a sweep --------------------------------------------------------------------------------- */

/* Saves a finding, or what has become of it since. An id of 0 becomes that of the run's finding with this
 * signature, or a new one: they count from 1 over the whole file and are never used again. */
int store_save_finding(struct store *store, uint64_t run, struct sweep_finding *finding, struct error *error);

/* Saves all findings as by store_save_finding, then the totals. The run is complete unless the sweep was
 * interrupted or has made fewer runs than planned. */
int store_finish_sweep(struct store *store, uint64_t run, struct sweep_result *sweep, struct error *error);

/* ---- Loading ---------------------------------------------------------------------------------------- */

/* A finding and the run it is of; both the caller's: free(finding->stack), store_run_clear. A number that no
 * finding has is an error of the command line. */
int store_load_finding(struct store *store, uint64_t id, struct sweep_finding *finding, struct store_run *run,
                       struct error *error);

/* The sweep with that number, or the last one if it is 0; both the caller's: sweep_result_clear,
 * store_run_clear. Of a sweep that is not complete, runs and outcomes are of what was marked as done. */
int store_load_sweep(struct store *store, uint64_t id, struct sweep_result *sweep, struct store_run *run,
                     struct error *error);

/* ---- Nights of stress ------------------------------------------------------------------------------- */

struct store_night {
    uint64_t id;
    char *campaign, *folder; /* its lines; the working folder */
    uint64_t seed, for_ms, started_s;
    uint64_t spent_ms;                    /* of its time, for_ms */
    uint64_t round, line, done, findings; /* see schema_4.sql */
    enum exit_status status;              /* the worst so far */
    bool complete;
};

/* Begins one and sets its id. */
int store_begin_night(struct store *store, struct store_night *night, struct error *error);

/* Saves how far it has come: what stands behind started_s. */
int store_save_night(struct store *store, const struct store_night *night, struct error *error);

/* The last night; the caller's to store_night_clear. id 0: there was none. */
int store_last_night(struct store *store, struct store_night *out, struct error *error);
void store_night_clear(struct store_night *night);

/* Deletes all nights with their runs but the last `keep`. */
int store_keep_nights(struct store *store, uint64_t keep, struct error *error);

/* Deletes the documents of the night's runs that show nothing that is not shown by others: of each subject
 * the last one stays, and of each broken guarantee the first. */
int store_thin_night(struct store *store, uint64_t night, struct error *error);

/* A guarantee that was seen to be broken for the first time in a night, but for those of positive controls.
 */
struct store_news {
    char subject[STORE_SUBJECT_MAX];
    char resource[24];                                                  /* "": none, or the kind names it */
    char kind[32], place[RESULT_PLACE_MAX], point[PLAN_POINT_NAME_MAX]; /* that failed before; "" */
};

/* Notes those of the night's runs after number `after`, as long as the store is open. *total is the number of
 * all that it has noted. */
int store_note_news(struct store *store, uint64_t night, uint64_t after, uint64_t *total,
                    struct error *error);

/* Calls `tell` for each that was noted after the first `from`, in that order. The file is not locked
 * meanwhile: `tell` may take its time. */
int store_tell_news(struct store *store, uint64_t from,
                    void (*tell)(void *context, const struct store_news *news), void *context,
                    struct error *error);

/* ---- Over days ---------------------------------------------------------------------------------------- */

enum { STORE_DAY_MAX = 11 };

/* What one subject ("upload/guarded", "tar cf all.tar src", "sweep -- ./my_tests") gave on one day of UTC,
 * all its runs together. Of a sweep each run with a fault counts as an operation, and each that leaked as a
 * leak. */
struct store_day {
    char subject[STORE_SUBJECT_MAX];
    char day[STORE_DAY_MAX]; /* "2026-11-25" */
    uint64_t runs, operations, faults, duration_ms;
    uint64_t leaked;
    bool leaked_known;
    uint64_t findings;                  /* different ones */
    uint64_t points;                    /* of which a call failed, in the run that has most of them */
    uint64_t emfile_operation;          /* the earliest; 0: the kernel always had a descriptor */
    uint64_t contexts, contexts_failed; /* of sweeps; 0: it was none */
};

/* On which days a finding came. */
struct store_history {
    char subject[STORE_SUBJECT_MAX];
    char kind[32], place[RESULT_PLACE_MAX], point[PLAN_POINT_NAME_MAX]; /* that failed before; "" */
    uint64_t signature;
    char first[STORE_DAY_MAX], last[STORE_DAY_MAX];
    uint64_t runs;
};

/* By subject, then by day; findings by subject, the latest first. */
struct store_trend {
    struct store_day *days;
    size_t day_count;
    struct store_history *histories;
    size_t history_count;
};

/* The caller's: store_trend_clear. */
int store_load_trend(struct store *store, struct store_trend *out, struct error *error);
void store_trend_clear(struct store_trend *trend);

/* ---- Going on with a sweep -------------------------------------------------------------------------- */

/* A fault that was tried: a hash of the caller's making, of all that tells it from others. */
struct store_done {
    uint64_t key;
    enum sweep_kind outcome; /* below SWEEP_OUTCOMES */
};

/* Marks faults as done, once their findings are saved: in batches, since each call is a commit. A key that
 * was marked before gets the later outcome. */
int store_mark_done(struct store *store, uint64_t run, const struct store_done *done, size_t count,
                    struct error *error);

struct store_keys {
    size_t count;
    uint64_t *list; /* the caller's to free */
};

/* All keys that were marked; none once the run is complete. */
int store_load_done(struct store *store, uint64_t run, struct store_keys *out, struct error *error);

/* The last run of the same command with the same options in the same folder, if it is not complete; 0: there
 * is nothing to go on with. */
int store_find_unfinished(struct store *store, char *const *command, const char *options, const char *folder,
                          uint64_t *run, struct error *error);
