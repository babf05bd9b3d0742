/* The child: the program, contained by its keeper, as the supervisor sees it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "ledger/reader.h"
#include "supervise/sampler.h"

struct child_options {
    const char *path;       /* of the program */
    char *const *arguments; /* as the program sees them; ends with NULL */
    const char *preload;
    const struct ledger_view *ledger;
    uint64_t limit_fds; /* 0: as found */
    bool keep_streams;  /* the program has our standard streams */
    const int *streams; /* what it has instead as descriptors 0, 1 and 2; NULL: only its errors are read */
    const char *folder; /* its working folder; NULL: ours */
    const char *temp_folder; /* what TMPDIR names; NULL: as found */
    const int *serve;        /* what it has as SERVE_DESCRIPTOR; NULL: nothing */
    bool counts_left;        /* child_status tells a second time: processes that the program left */
    bool without_namespace;  /* contain it as if a PID namespace were not permitted */
};

struct child {
    pid_t keeper;
    int channel;            /* to the keeper: readable when the program has ended */
    int errors;             /* non-blocking end of the program's standard error; -1: kept, given or over */
    bool namespaced;        /* contained by a PID namespace */
    uint64_t started_ns;    /* CLOCK_MONOTONIC, when the program was let go */
    struct sampler sampler; /* of the program */
};

/* Starts the program: in a PID namespace with mounts of its own where that is permitted, otherwise under a
 * subreaper. When it returns, the program is running. Returns 0 or a negative errno with `error` set; to
 * be ended with child_end, in the thread that started it. */
int child_start(const struct child_options *options, struct child *out, struct error *error);

/* The program's wait status, once the channel is readable; if they are counted, the second time: processes
 * that were alive LEFT_AFTER_MS after its end. False: the keeper died without telling it. */
bool child_status(const struct child *child, int *status);

/* Sends a signal to the program and its process group, if it has not ended. */
void child_signal(const struct child *child, int signal_number);

/* Ends the program if it has not ended, and all that descends from it. When it returns nobody is left.
 * The descriptor `errors` stays, since something may be in there; child_close closes it. */
void child_end(struct child *child);

/* Closes what is left open after child_end. */
void child_close(struct child *child);
