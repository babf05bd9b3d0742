/* The program before it is itself: what its process does between fork and exec. Async-signal-safe. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/* What can fail before the program runs. */
enum start_stage {
    START_READY,     /* nothing failed: value is the process' number in the supervisor's /proc, 0: unknown */
    START_NAMESPACE, /* a private /proc */
    START_FORK,
    START_DESCRIPTORS, /* standard streams, all others closed */
    START_LIMITS,
    START_FOLDER,
    START_EXECUTE,
};

/* What comes over the `start` socket: at most one START_READY, then at most one failure. Its end means
 * that the program is running. */
struct start_report {
    enum start_stage stage;
    int value; /* of a failure: positive errno */
};

struct program {
    const char *path; /* of the file to execute */
    char *const *arguments;
    char *const *environment;
    int streams[3];     /* what become its descriptors 0, 1, 2 */
    int serve;          /* what becomes SERVE_DESCRIPTOR; -1: nothing */
    const char *folder; /* its working folder; NULL: ours */
    uint64_t limit_fds; /* 0: as found */
    int start;          /* close-on-exec socket; the program waits for an answer to START_READY */
    int proc;           /* the supervisor's /proc, or -1 */
};

/* Reports a failure to start. */
void program_report(int start, enum start_stage stage, int value);

/* Becomes the program, child of the process `keeper`. All signals are blocked by the caller. */
_Noreturn void program_execute(const struct program *program, pid_t keeper);
