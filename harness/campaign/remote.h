/* libfiu's remote control of a run: a folder for its named pipes, and the command that uses them. */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "base/error.h"
#include "ledger/reader.h"

struct remote {
    char folder[PATH_MAX]; /* "" if there is no remote control */
    bool told;
};

/* Makes the folder below TMPDIR (/tmp) and tells the ledger. Returns 0 or a negative errno with `error`. */
int remote_open(struct ledger_view *ledger, struct remote *out, struct error *error);

/* Once the program listens, says so on standard error, with the command that reaches it. */
void remote_tell(struct remote *remote, const struct ledger_view *ledger);

/* Adds to `note`, of `size` bytes, the first name that was switched and that no point turned out to have, if
 * there is one. */
void remote_unmet(const struct ledger_view *ledger, char *note, size_t size);

/* Removes the folder. Accepts a zeroed remote. */
void remote_close(struct remote *remote);
