/* What all runs of a campaign share: plan, points, the parts of exeunt, and the work folder with the
 * workload's input. Everything that can be wrong with a command is found here, before the first run. */
#pragma once

#include <limits.h>

#include "campaign/campaign.h"
#include "campaign/news.h"
#include "ledger/layout.h"
#include "plan/plan.h"

struct setup {
    const struct campaign_options *options;
    char *faults; /* the plan as text, in its own grammar; owned */
    struct plan_points points;
    struct plan plan;
    char host[PATH_MAX];    /* the program that the workloads run in */
    char preload[PATH_MAX]; /* the library that is preloaded into it */
    char folder[PATH_MAX];  /* work folder; "" until it is made */
    struct exeunt_job_site site;
    struct news *news; /* the campaign's; NULL: it has none before its end */
};

/* Checks the options and lays out the work folder of a workload below TMPDIR (/tmp). On failure nothing is
 * left to close. Returns 0 or a negative errno with `error`. */
int setup_open(const struct campaign_options *options, struct setup *out, struct error *error);

/* Finds the library that is preloaded. Returns as setup_open. */
int setup_find_preload(char path[PATH_MAX], struct error *error);

/* Sets what the workload's own points fail with. */
void setup_own_errors(const struct setup *setup, struct ledger *ledger);

/* Removes the work folder and frees. If the folder stays, `leftover` says why; otherwise it is untouched. */
void setup_close(struct setup *setup, char *leftover, size_t size);
