/* The fork server: what the supervisor and the preload say to one another. The server is the program itself,
 * stopped in the preload before its main; each run is a fork of it that goes on. A socket (SOCK_SEQPACKET)
 * stands at SERVE_DESCRIPTOR if the ledger says so, and its hangup ends the server. */
#pragma once

#include <stdint.h>

enum { SERVE_DESCRIPTOR = 3 };

/* The supervisor's: one message is one order. */
enum serve_order {
    SERVE_RUN, /* once, with the descriptors below: the next run, when the last one is gone */
    SERVE_END, /* the run that goes on, and all that descend from it */
};

/* What comes with SERVE_RUN. */
enum serve_descriptor {
    SERVE_INPUT,
    SERVE_OUTPUT,
    SERVE_ERRORS,
    SERVE_PROC, /* the supervisor's /proc */
    SERVE_DESCRIPTORS,
};

/* The server's. After SERVE_READY, each run brings the others in their order; who is killed before it begins
 * skips SERVE_STARTED. */
enum serve_stage {
    SERVE_READY,   /* it serves; it hangs up if it is not safe to */
    SERVE_STARTED, /* value: the run's process in the supervisor's /proc */
    SERVE_ENDED,   /* value: its wait status */
    SERVE_GONE,    /* nobody is left. value: processes that were alive LEFT_AFTER_MS after the end */
};
struct serve_report {
    uint32_t stage;
    int32_t value;
};
