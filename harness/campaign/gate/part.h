/* One command line of a campaign, run as an exeunt of its own: what goes wrong with it ends nothing else. */
#pragma once

#include <limits.h>

#include "campaign/process.h"

struct part {
    struct process_end end;
    char document[PATH_MAX + 16]; /* the file of its JSON, which is there if it wrote one */
};

/* Runs the command. It keeps no results unless its words say so, has no input, and is not heard. Set
 * `*interrupted` (may be NULL), and it is asked to end. `folder` is for its files. Returns 0, or a
 * negative errno with `error`. */
int part_run(char *const *words, const char *folder, const volatile int *interrupted, struct part *out,
             struct error *error);
