/* The result of a sweep: every reachable fault point failed once, and what became of each run. Plain values;
 * reports and the store understand it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oracle/result.h"

enum { SWEEP_NOTE_MAX = 1024, SWEEP_REPLAY_MAX = 1024 };

/* What became of a run with a fault. One for each run: of several that hold, the worst. */
enum sweep_kind {
    SWEEP_DETECTED,       /* ended with an error, nothing left behind */
    SWEEP_MASKED,         /* as the steady run: status, output and files */
    SWEEP_SILENT,         /* status 0, or that of the steady run and no word, yet the results differ */
    SWEEP_CRASH,          /* ended by a signal */
    SWEEP_ABORT,          /* ended by SIGABRT */
    SWEEP_HANG,           /* did not end in time */
    SWEEP_LEAK,           /* a resource outlived the frame that owns it */
    SWEEP_DOUBLE_RELEASE, /* of a descriptor, lock or connection */
    SWEEP_SANITIZER,      /* a sanitizer in the target reported */
    SWEEP_DRIFTED,        /* the fault did not come where it was expected: not judged */
    SWEEP_OUTCOMES,
    SWEEP_UNRELEASED = SWEEP_OUTCOMES, /* of the steady run: never released; for information */
    SWEEP_KINDS,
};

enum sweep_mode {
    SWEEP_ONCE,       /* one call fails */
    SWEEP_PERSISTENT, /* that call and all later ones of its point */
    SWEEP_PAIR,       /* a second call between the first and the end */
    SWEEP_MODES,
};

enum sweep_severity { SWEEP_LOW, SWEEP_MEDIUM, SWEEP_HIGH, SWEEP_SEVERITIES };

enum { SWEEP_STACK_MAX = 32, SWEEP_COORDINATE_MAX = 112 };

/* A fault as it was injected. */
struct sweep_fault {
    char point[PLAN_POINT_NAME_MAX];
    int error;                             /* positive errno */
    char coordinate[SWEEP_COORDINATE_MAX]; /* "0.1:posix/io/oc/open#3" */
    char failed_at[RESULT_PLACE_MAX];      /* the program's own line that called it */
};

/* What is wrong, each once: by kind, resource, places and point. */
struct sweep_finding {
    uint64_t id; /* given by the store, 0: not stored; otherwise its number within the sweep */
    enum sweep_kind kind;
    enum sweep_severity severity;
    char resource[24]; /* "descriptor", "lock", "file", "child", "memory", "connection"; "": none */
    uint64_t signature;
    uint64_t count;                  /* runs that showed it */
    char taken_at[RESULT_PLACE_MAX]; /* of what was left or released twice; "": does not apply */
    enum sweep_mode mode;
    struct sweep_fault faults[2]; /* of the first run that showed it; the second of SWEEP_PAIR only */
    char detail[512];             /* in words: the signal, the last line of standard error, files that differ,
                                     who waits for whom; "" */
    char (*stack)[RESULT_PLACE_MAX]; /* of the call that failed, innermost first; owned */
    size_t stack_depth;
    struct sweep_stack {
        char (*frames)[RESULT_PLACE_MAX]; /* owned */
        size_t depth;
    } taking, released, again, end; /* of a replay: of the taking of what was left, of both releases of what
                                       was given back twice, and of the end; not stored */
    unsigned replays, reproduced;   /* runs again, and how many of them showed it */
    char suppressed[128];           /* the reason; "": it is not */
    bool breaks;                    /* a guarantee: set by sweep_finding_judge */
};

/* What a sweep knows of a point. */
struct sweep_point {
    char name[PLAN_POINT_NAME_MAX];
    uint64_t calls;            /* in the steady run */
    uint64_t contexts, failed; /* different stacks of its calls; how many of them were made to fail */
};

/* Of a workload: an errno of a point. */
struct sweep_coverage {
    char point[PLAN_POINT_NAME_MAX];
    int error;       /* positive errno */
    bool reached;    /* operations call the point */
    uint64_t failed; /* how many of its calls failed with that errno */
};

struct sweep_result {
    char workload[RESULT_NAME_MAX], variant[RESULT_NAME_MAX]; /* ""; a program was swept */
    bool control;                                             /* the variant is known to leak */
    char **command;                                           /* its words; owned; ends with NULL */
    char *line;                                               /* the same for people; owned */
    uint64_t seed;
    uint64_t started_s; /* since the epoch */
    uint64_t wall_ms;
    uint64_t contexts, calls; /* reached in the steady run */
    uint64_t runs, planned;   /* faulting runs made; those that were to be made, more if the time was over */
    uint64_t outcomes[SWEEP_OUTCOMES];
    int steady_status;
    const char *results;             /* file that keeps it, as typed; NULL: none; not owned */
    bool by_server;                  /* runs came from a fork server */
    uint64_t processes;              /* of a workload: that did the operations */
    struct sweep_coverage *coverage; /* of a workload, in the order of points; owned */
    size_t coverage_count;
    struct sweep_point *points;
    size_t point_count;             /* reached */
    struct sweep_finding *findings; /* worst first; owned */
    size_t finding_count;
    char note[SWEEP_NOTE_MAX]; /* what else must be known; "" */
    bool interrupted;
    unsigned fail_on; /* bit i: findings of enum sweep_kind i break a guarantee; 0: not known */
    enum exit_status exit_status;
    char sentence[640];
};

/* Frees what the finding owns. */
void sweep_finding_clear(struct sweep_finding *finding);

/* Frees what the result owns and empties it. */
void sweep_result_clear(struct sweep_result *result);

#define SWEEP_RESULTS_FILE "exeunt.db" /* where results are kept unless the user names another file */

/* Names as in reports, JSON and --fail-on ("double-release"); static strings. NULL beyond the last. */
const char *sweep_kind_name(enum sweep_kind kind);
const char *sweep_mode_name(enum sweep_mode mode);
const char *sweep_severity_name(enum sweep_severity severity);

/* The name of an outcome and what it means, for people; a static string. */
const char *sweep_kind_meaning(enum sweep_kind kind);

/* What became of most runs. */
enum sweep_kind sweep_commonest(const struct sweep_result *result);

/* The order of findings, for qsort: the worst first, and of equally bad ones those that most runs showed. */
int sweep_worst_first(const void *a, const void *b);

/* Writes the command that makes the finding again; "" if there is none. */
void sweep_replay_command(const struct sweep_result *result, const struct sweep_finding *finding, char *out,
                          size_t size);

/* Sets the signature: of kind, resource, places and point; the same in every run. */
void sweep_finding_sign(struct sweep_finding *finding);

/* The verdict that the exit status stands for. */
enum verdict sweep_verdict(const struct sweep_result *result);

/* Sets `breaks`: it is not suppressed, not flaky, and of a kind whose bit is set in `fail_on`. */
void sweep_finding_judge(struct sweep_finding *finding, unsigned fail_on);

/* Judges all findings, and sets fail_on, exit status and sentence by what breaks a guarantee. */
void sweep_judge(struct sweep_result *result, unsigned fail_on);
