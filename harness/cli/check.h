/* What is wrong with the lines of a campaign, found before any of them runs: at night that is an hour. */
#pragma once

#include "base/error.h"
#include "campaign/script.h"

/* Checks each line as its command does before it begins. What is wrong is told as EXIT_USAGE, with the number
 * of the line in the file; what only a run can tell, such as that a part of exeunt is missing, is left to
 * that. Returns 0, or -EINVAL with `error`. */
int check_script(const char *file, const struct script *script, struct error *error);
