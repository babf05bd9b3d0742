/* The live line: one line on the terminal, drawn anew while a campaign runs. */
#pragma once

#include "campaign/sweep/sweep.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "campaign/campaign.h"

struct progress {
    bool live; /* it goes to a terminal that can redraw a line, no output is a pipe, and it is wanted */
    uint64_t next_ns; /* not drawn before */
};

struct progress progress_start(bool wanted);

/* For campaign_options.progress; `progress` is a struct progress. Draws at most ten times a second. */
void progress_show(void *progress, const struct campaign_progress *now);

/* The same of a sweep. */
void progress_show_sweep(struct progress *progress, const struct sweep_progress *now);

/* The same of one command of several. */
void progress_show_part(struct progress *progress, size_t index, size_t count, const char *command);

/* Removes the line. */
void progress_clear(const struct progress *progress);

/* The line's text. Returns `line`. */
char *progress_line(const struct campaign_progress *now, char *line, size_t size);
