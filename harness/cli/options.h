/* The options of the commands that run a campaign: the same for all of them. */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "campaign/campaign.h"

struct options {
    struct campaign_options campaign; /* without interrupted and progress */
    const char *json;                 /* name of the file, "-": standard output, NULL: none */
    const char *results;              /* file that results are kept in; NULL: nowhere */
    uint64_t night;                   /* of stress that the run belongs to; 0: none */
    bool quiet;
    bool all; /* workloads, one after the other: campaign.workload is not set */
};

/* A command that runs a campaign. */
struct options_form {
    const char *command;
    const char *operand; /* what it is about, as --help shows it */
    const char *doc;
    bool takes_program; /* "-- PROGRAM [ARGUMENT...]" may stand for it */
    bool takes_all;     /* --all may stand for it */
    int (*target)(const char *typed, struct campaign_options *campaign, struct error *error);
};

/* Reads the command line. Strings in *out are argv's. Returns 0, ARGUMENTS_HELP_SHOWN, or a negative errno
 * with `error` set. */
int options_parse(const struct options_form *form, int argc, char **argv, struct options *out,
                  struct error *error);
