/* The command line of the program that the workloads run in. */
#pragma once

#include "campaign/setup.h"

struct command_job {
    const char *variant, *folder;
    uint64_t workers;
    uint64_t first;       /* number of the first operation */
    uint64_t operations;  /* 0: without end, or for options->for_ns */
    const uint32_t *jobs; /* what the operations do instead, as many as there are operations; NULL: each that
                             of its number */
};

enum {
    COMMAND_NUMBER_MAX = 24,
    COMMAND_SETTING_MAX = 96,
    COMMAND_JOBS_MAX = 4096, /* digits and commas */
    COMMAND_ARGUMENTS_MAX = 18 + 2 * EXEUNT_SETTINGS_MAX
};

struct command {
    char *arguments[COMMAND_ARGUMENTS_MAX]; /* ends with NULL; strings are the setup's, the job's or below */
    size_t count;
    char numbers[5][COMMAND_NUMBER_MAX];
    size_t numbers_used;
    char jobs[COMMAND_JOBS_MAX];
    char settings[EXEUNT_SETTINGS_MAX][COMMAND_SETTING_MAX];
};

/* The command must not be moved: its arguments point into it. */
void command_build(const struct setup *setup, const struct command_job *job, struct command *out);
