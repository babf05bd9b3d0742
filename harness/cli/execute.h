/* What every command that runs a campaign does around it: signals, live line, reports. */
#pragma once

#include "base/error.h"
#include "options.h"
#include "oracle/suite.h"

/* The campaign of a command: of one thing, and of all, if --all stands for that. */
struct execution {
    int (*one)(const struct campaign_options *options, struct result *out, struct error *error);
    int (*all)(const struct campaign_options *options, struct suite *out, struct error *error);
};

/* Reads the command line, runs the campaign and writes the reports. Returns the exit status of what it gave,
 * 0 if help was asked for, or a negative errno with `error` set. */
int execute(const struct options_form *form, const struct execution *execution, int argc, char **argv,
            struct error *error);
