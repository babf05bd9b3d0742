/* The result: all that one command's runs gave. The one structure that reports and the store
 * understand; plain values, nothing points into a child. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "plan/plan.h"

enum { RESULT_VARIANTS_MAX = 8, RESULT_NAME_MAX = 64, RESULT_PLACE_MAX = 192 };

/* How a run ended. */
enum ended {
    ENDED_COMPLETED, /* all operations, or the whole time, and exit status 0 */
    ENDED_EMFILE,    /* died after the kernel had no descriptor left for it */
    ENDED_DEADLOCK,
    ENDED_CRASH,       /* a signal of its own making: SIGSEGV, SIGABRT, ... */
    ENDED_KILLED,      /* a signal from outside */
    ENDED_EXITED,      /* exited by itself, with an error or before its work was done */
    ENDED_HANG,        /* no operation ended for too long; without marks: nothing has run */
    ENDED_DISK_FULL,   /* died after the kernel had no space left for it */
    ENDED_INTERRUPTED, /* the user ended it */
    ENDED_OUTSTAYED,   /* its time was over, it did not end when it was asked to, and was killed */
};

enum verdict {
    VERDICT_PASS,           /* what was expected holds */
    VERDICT_FAIL,           /* a cleanup guarantee is broken */
    VERDICT_CONTROL_MISSED, /* a variant known to leak was not caught */
    VERDICT_INCONCLUSIVE,   /* the run did not get far enough to judge */
};

enum finding_kind {
    FINDING_LEAKED_DESCRIPTOR,
    FINDING_DOUBLE_CLOSE,
    FINDING_FOREIGN_CLOSE,           /* closed the descriptor of another operation */
    FINDING_UNACCOUNTED_DESCRIPTORS, /* kernel and ledger disagree at the end; count: by how many */
    FINDING_TEMP_FILES,              /* temporary files left behind */
    FINDING_TORN_RESULTS,            /* stored results that are not whole */
    FINDING_LEAKED_MEMORY,
    FINDING_LEFT_LOCK,       /* an operation or thread ended with a lock that it had taken */
    FINDING_FOREIGN_UNLOCK,  /* gave back a lock that another thread held */
    FINDING_DOUBLE_UNLOCK,   /* gave back a lock that nobody held */
    FINDING_DESTROYED_LOCK,  /* destroyed a lock that was held */
    FINDING_LOCK_INVERSION,  /* two locks are taken in two orders; places: of the second one, in each order */
    FINDING_LEAKED_RESOURCE, /* of a kind that the program told of: a connection, a transaction */
    FINDING_UNRELEASED_DESCRIPTOR, /* still open when the program ended */
    FINDING_UNREAPED_CHILD,        /* not waited for when the program ended */
    FINDING_UNJOINED_THREAD,       /* neither joined nor detached when the program ended */
    FINDING_LEFT_TEMP_FILE,        /* still there when the program ended, with the place that made it */
    FINDING_ERROR_EXIT,            /* ended with a status other than 0 */
    FINDING_UNSEEN_DESCRIPTOR,     /* open when the program ended, though no wrapper saw it being taken */
    FINDING_UNRELEASED_LOCK,       /* held by the thread that ended the program */
    FINDING_EXHAUSTION,            /* the kernel had no descriptor left, and the program did not die of it */
    FINDING_SANITIZER,             /* a sanitizer in the program reported */
    FINDING_UNHELD_RELEASE,        /* gave back a resource of its own kind that nobody had */
    FINDING_UNENDED_OPERATION, /* begun, and not ended before the next one, or its thread's or program's end
                                */
    FINDING_KINDS,
};

/* One broken guarantee, deduplicated by signature. Strings are "" where they do not apply. */
struct finding {
    enum finding_kind kind;
    char resource[24];  /* its kind, of a leaked resource */
    uint64_t signature; /* hash of kind, place and point: the same in every run */
    uint64_t count;
    char taken_at[RESULT_PLACE_MAX]; /* "workloads/upload.c:88", or "module+0xoffset" without symbols */
    char site[RESULT_PLACE_MAX];     /* of a wrong release */
    char point[PLAN_POINT_NAME_MAX]; /* that failed in the operation before; "": none was injected */
    bool in_operation;    /* of a program with marks; otherwise the coordinate's first part is a thread */
    bool informational;   /* told, but no guarantee is broken by it */
    uint64_t bytes;       /* of leaked memory */
    int error;            /* positive errno of the fault, or of the operation; 0: none */
    char coordinate[112]; /* of the first: "1724:upload/metadata#1", or "1724" without a fault */
};

/* A moment of a run. Values that could not be read are -1. */
struct sample {
    uint64_t t_ms;
    int64_t fds;
    uint64_t operations;         /* ended until then */
    uint64_t faults;             /* injected until then */
    int64_t children;            /* started and not waited for */
    int64_t temps;               /* temporary files that are there */
    int64_t held_locks, waiting; /* locks that threads hold; threads that wait for one */
    int64_t heap;                /* bytes in use, if the heap is watched */
};

/* Samples over time, thinned to a bounded number: each stands for a bucket of time. */
struct series {
    size_t count;
    struct sample *samples; /* owned */
};

struct exhaustion {
    uint64_t count;                                  /* 0: never, and the rest means nothing */
    uint64_t first_ms, first_operation, first_fault; /* the last two: how many there had been by then */
};

/* Figures at the largest number of operations that all variants of the result reached. */
struct level {
    uint64_t operations;
    int64_t fds;
    uint64_t faults;
    uint64_t t_ms;
};

/* A thread that waits, and the one that has what it waits for: put into names. */
struct deadlock_link {
    char waiter[64], owner[64]; /* "thread 0.3" */
    char lock[96];
    char waiting_at[RESULT_PLACE_MAX], taken_at[RESULT_PLACE_MAX];
    uint64_t waits_ms;               /* when it was found */
    int64_t operation;               /* in which the owner took it; -1: outside any */
    int64_t left_ms;                 /* so long ago that operation ended; -1: it goes on */
    char point[PLAN_POINT_NAME_MAX]; /* that had failed in it; "" */
    bool joins;                      /* it waits for the other one's end, not for a lock */
    bool owner_ended, owner_waits;   /* its thread has ended; it waits for the lock itself */
};

struct deadlock_result {
    bool cycle; /* or else a lock is abandoned */
    uint64_t detected_ms, age_ms;
    enum {
        WITNESS_NONE,
        WITNESS_AGREES,
        WITNESS_DISAGREES
    } witness;         /* kernel and mutex, against the ledger */
    size_t link_count; /* 0: there is no deadlock */
    struct deadlock_link links[16];
};

struct variant_result {
    char name[RESULT_NAME_MAX];
    bool leaks; /* positive control: expected to be caught */
    enum verdict verdict;
    enum ended ended;
    char last_words[256]; /* last line that the program wrote to its standard error, or "" */
    int exit_status;      /* -1: ended by a signal */
    int signal;           /* 0: none */
    uint64_t duration_ms;
    struct {
        uint64_t started, succeeded, failed;
    } operations;
    struct {
        uint64_t injected;
        bool has_digest; /* false: no operation was completed by all variants */
        uint64_t digest; /* over the first fault of each operation that all variants completed, of the first
                            2^20 operations */
        uint64_t by_point[PLAN_POINTS_MAX]; /* index as in the result's points */
        bool met[PLAN_POINTS_MAX];          /* the plan decided calls of it; of a program */
        char last[112];                     /* coordinate of the one that came last; "": not known */
        int last_error;                     /* positive errno; 0: it had none */
    } faults;
    struct {
        int64_t baseline, peak, final; /* -1: unknown */
        uint64_t leaked, limit;
    } fds;
    bool checked; /* the two figures below are known */
    uint64_t stored_whole, stored_torn;
    int64_t temp_files;  /* left behind by the program's own fault; -1: unknown */
    bool settled;        /* the program ended in order: what it held then is known */
    uint64_t unreleased; /* descriptors */
    bool end_unseen;     /* it did not, and the user asked for a verdict on that */
    bool plan_unmet;     /* of a program: there was a plan, and no call that it is about was made */
    struct {
        uint64_t started, reaped;
    } children;
    struct {
        uint64_t started, joined, detached;
    } threads;
    struct {
        uint64_t made, gone;
    } temps; /* temporary files */
    struct {
        bool watched;
        uint64_t peak, leaked; /* bytes: in use within one operation at most; leaked by operations */
    } heap;
    struct {
        int64_t held_peak, waiting_peak;
        uint64_t left;
    } locks;
    struct deadlock_result deadlock;
    char note[320]; /* what else must be known of the run; "" */
    struct exhaustion emfile;
    bool system_exhausted; /* the kernel refused a descriptor for the whole system's sake (ENFILE) */
    struct level level;
    struct finding *findings; /* most frequent first; owned */
    size_t finding_count;
    uint64_t events_lost;        /* events that could not be itemised; totals are exact all the same */
    uint64_t threads_unrecorded; /* threads whose operations are not in the totals */
    struct series series;
};

struct exits; /* oracle/exits.h */

struct result {
    char workload[RESULT_NAME_MAX]; /* "": it was a program of the user's */
    char *program;                  /* its command line, for people; owned; NULL: it was a workload */
    bool comparison;                /* compare: several variants; otherwise run: one */
    bool remote;                    /* libfiu's remote control was open: faults may come from there */
    uint64_t seed;
    char *faults; /* the plan as text; owned */
    uint64_t workers, limit_fds;
    enum verdict verdict;
    enum exit_status exit_status;
    char sentence[512]; /* the verdict in one sentence */
    size_t point_count;
    char (*points)[PLAN_POINT_NAME_MAX]; /* owned */
    struct exits *exits;                 /* the table of exit paths; owned; NULL: it was something else */
    char leftover[320];                  /* why the work folder is still there; "": it is gone */
    size_t variants_planned;             /* more than variant_count: the user ended it before all had run */
    size_t variant_count;
    struct variant_result variants[RESULT_VARIANTS_MAX];
};

/* Frees what the result owns and empties it. */
void result_clear(struct result *result);

/* Names as in reports and JSON ("emfile", "pass", "leaked-descriptor"); static strings. */
const char *ended_name(enum ended ended);
const char *verdict_name(enum verdict verdict);
const char *finding_kind_name(enum finding_kind kind);
