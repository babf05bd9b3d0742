/* An attempt: one run of a sweep's target under a plan, with streams, folder and ledger of its own, contained
 * like every child. An attempter makes one after the other: from a fork server that stands in the target
 * before main where that is safe, otherwise each by fork and exec. What is seen is the same both ways. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "ledger/reader.h"
#include "supervise/confirm.h"
#include "supervise/detector.h"

struct attempt_target {
    const char *path;       /* of the program, absolute */
    char *const *arguments; /* as the program sees them; ends with NULL */
    const char *preload;
    const struct plan_points *points;
    int input;               /* regular file that is the target's standard input, read from its start by each
                                attempt; -1: there is nothing to read */
    const char *folder;      /* working folder of the attempts */
    const char *temp_folder; /* what TMPDIR names for them */
    uint64_t limit_fds;      /* 0: as found */
    bool without_server;     /* every attempt by fork and exec */
    bool without_namespace;  /* as if a PID namespace were not permitted; then there is no server */
    const volatile int *interrupted; /* not 0: an attempt that is going on is ended */
};

enum attempt_end {
    ATTEMPT_EXITED,      /* status */
    ATTEMPT_SIGNALLED,   /* status: the signal */
    ATTEMPT_TIMED_OUT,   /* and was killed; a deadlock, if there was one, says why */
    ATTEMPT_INTERRUPTED, /* by the user */
};

/* What a stream brought: everything counts into hash and size, the beginning and the end are kept. */
enum { ATTEMPT_HEAD_MAX = 4096, ATTEMPT_TAIL_MAX = 4096 };
struct attempt_stream {
    uint64_t size, hash;
    char head[ATTEMPT_HEAD_MAX], tail[ATTEMPT_TAIL_MAX]; /* not ended by NUL */
    uint32_t head_length, tail_length;
};

struct attempt_seen {
    enum attempt_end end;
    int status;
    uint64_t duration_ns;
    unsigned children_left;   /* processes that the target started and that were alive 300 ms after its end */
    struct deadlock deadlock; /* of a time-out; without links: none */
    enum confirmation confirmed;
    struct attempt_stream output, errors;
};

struct attempter;

/* Makes an attempter for the target, whose strings must stay. To be used and closed by the thread that made
 * it. Returns 0 or a negative errno with `error`. */
int attempter_open(const struct attempt_target *target, struct attempter **out, struct error *error);

/* Whether attempts come from a fork server. */
bool attempter_serves(const struct attempter *attempter);

/* One attempt, for at most limit_ns. Afterwards nobody of it is left, and the attempter's ledger and trace
 * tell of this attempt until the next one begins. Descriptors from 4096 on are not noted. Returns 0 or a
 * negative errno with `error`. -EAGAIN: the server was lost while the target ran, so that nothing is known of
 * its end: to be tried again, once the folder is as it was. */
int attempter_try(struct attempter *attempter, const struct plan *plan, uint64_t limit_ns,
                  struct attempt_seen *out, struct error *error);

/* The ledger of the last attempt, with a trace behind its slots. */
struct ledger_view *attempter_ledger(struct attempter *attempter);

/* Ends the server. Accepts NULL; returns NULL. */
struct attempter *attempter_close(struct attempter *attempter);
