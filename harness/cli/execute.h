/* What every command that runs a campaign does around it: signals, live line, reports. */
#pragma once

#include "base/error.h"
#include "options.h"
#include "oracle/suite.h"

/* A command, and its campaign: of one thing, and of all, if --all stands for that. */
struct execution {
    struct options_form form;
    int (*one)(const struct campaign_options *options, struct result *out, struct error *error);
    int (*all)(const struct campaign_options *options, struct suite *out, struct error *error);
};

extern const struct execution execution_run, execution_compare;

/* Reads the command line, runs the campaign and writes the reports. Returns the exit status of what it gave,
 * 0 if help was asked for, or a negative errno with `error` set. */
int execute(const struct execution *execution, int argc, char **argv, struct error *error);
