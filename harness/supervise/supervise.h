/* The supervisor: runs one program under the preload, contained and limited, samples it, and tells
 * truthfully how it ended. Nothing that the program started survives it, even if the supervisor is killed.
 *
 * The program gets no descriptor but 0 to 2, default signals, no terminal, and where it is permitted a PID
 * namespace with a /proc that fits it. There it is process 2, and the ledger's path is another one than
 * ledger_path(). Needs Linux 5.11. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "ledger/reader.h"
#include "oracle/result.h"
#include "supervise/confirm.h"
#include "supervise/detector.h"

/* What progress is. The last two are for programs that may have no marks. */
enum hang_by {
    HANG_BY_OPERATIONS, /* an operation ends */
    HANG_BY_MARKS,      /* the same, once a first one has begun */
    HANG_BY_REST,       /* the same; until then, something of the program or of what it started has run */
};

/* Called in the supervisor at every sample, with the newest one: shows progress. The
 * first comes when the program has just started, the last when all is over and view->child_ended is set.
 * Signals are blocked meanwhile. */
typedef void supervise_tick(void *context, const struct sample *sample);

struct supervise_options {
    const char *path;       /* of the program */
    char *const *arguments; /* its argv; ends with NULL */
    const char *preload;    /* path of the preload library */
    struct ledger_view *ledger;
    uint64_t limit_fds; /* RLIMIT_NOFILE, soft and hard; 0: as found */
    uint64_t sample_ns; /* between two samples */
    uint64_t hang_ns;   /* without progress for so long, by the samples, it hangs; 0: never */
    enum hang_by hang_by;
    uint64_t for_ns; /* after that time the program, once it has begun, is asked to end; 0: never */
    int end_signal;  /* by which it is asked to, beside ledger->stop; 0: none */
    const volatile int *interrupted; /* not 0: the user wants to end; set by a signal handler or in tick */
    int keep_streams;     /* 1: its standard streams are the supervisor's own; 0: only last words are kept */
    supervise_tick *tick; /* may be NULL */
    void (*drain)(void *context); /* called often, however rare samples are; may be NULL */
    void *tick_context;           /* of both */
};

struct supervise_outcome {
    enum ended ended; /* ENDED_EXITED for any exit status but 0; the oracle knows EMFILE and disk-full */
    int exit_status;  /* -1: ended by a signal */
    int signal;       /* 0: none; SIGKILL if the supervisor ended it */
    uint64_t duration_ms;
    uint64_t started_ns; /* CLOCK_MONOTONIC, when the program was started: t_ms of samples counts from here */
    int64_t fds_last;    /* descriptors in the last sample in which they could be read, -1: never */
    int64_t fds_peak;
    int64_t held_peak, waiting_peak; /* locks held, threads that wait for one */
    struct deadlock deadlock;        /* if ended is ENDED_DEADLOCK */
    enum confirmation confirmed;     /* of it, by the second witness */
    char last_words[256]; /* last line of its standard error that says something, printable; "": none or kept
                           */
    struct series series; /* the caller's: free(series.samples) */
};

/* Runs the program to its end, or ends it. If the user wants to end, the program is asked to
 * (ledger->stop, end_signal) and has 2 seconds; ENDED_INTERRUPTED, unless it crashes meanwhile. If its time
 * is over the same is done; then it has completed. Returns 0 or a negative errno with `error` set, when the
 * program could not be started or how it ended cannot be known. Blocks; only one at a time per process.
 * Afterwards no child and no descriptor of ours is left. */
int supervise(const struct supervise_options *options, struct supervise_outcome *out, struct error *error);
