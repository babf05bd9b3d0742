/* What every command that runs a campaign does around it: signals, live line, reports. */
#pragma once

#include "base/error.h"
#include "options.h"
#include "oracle/result.h"

/* campaign_run or campaign_compare. */
typedef int execute_campaign(const struct campaign_options *options, struct result *out, struct error *error);

/* Reads the command line, runs the campaign and writes the reports. Returns the result's exit status, 0 if
 * help was asked for, or a negative errno with `error` set. */
int execute(const struct options_form *form, execute_campaign *campaign, int argc, char **argv,
            struct error *error);
