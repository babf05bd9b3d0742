/* One run of one command: supervised, its ledger read meanwhile. */
#pragma once

#include "campaign/remote.h"
#include "campaign/setup.h"
#include "ledger/reader.h"
#include "oracle/findings.h"
#include "supervise/supervise.h"

struct watch {
    const struct setup *setup;
    const char *name;    /* of the variant, as progress shows it */
    uint64_t operations; /* planned; 0: not known */
    struct ledger_view ledger;
    struct findings findings;
    struct ledger_event last_fault; /* kind 0: none yet */
    struct remote remote;
    uint64_t events_lost;
    struct supervise_outcome outcome; /* the series is the watch's until it is taken out */
};

/* Makes the ledger, with a slot for each of `fd_count` descriptors. The caller may set what the ledger is to
 * watch before the run. Returns 0 or a negative errno with `error`; to be ended with watch_end. */
int watch_begin(const struct setup *setup, const char *name, uint32_t fd_count, struct watch *out,
                struct error *error);

/* Runs the command; preload, ledger, sampling and interruption are the watch's to set. Returns as
 * watch_begin. */
int watch_run(struct watch *watch, const struct supervise_options *command, struct error *error);

void watch_end(struct watch *watch);
