/* A scratch copy of a folder for runs that may do anything to it: what a run changed is told, then undone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct scratch; /* knows what the folder looked like when it was copied */

/* What a run left different. */
enum scratch_change_kind { SCRATCH_MADE, SCRATCH_CHANGED, SCRATCH_REMOVED };
struct scratch_change {
    enum scratch_change_kind kind;
    char *path;       /* relative to the folder; owned by the changes */
    uint64_t content; /* hash of type, permissions and content (of a link: its target); 0: removed */
};
struct scratch_changes {
    size_t count;
    struct scratch_change *list; /* sorted by path; owned */
};
void scratch_changes_clear(struct scratch_changes *changes);

/* Copies `from` (NULL: nothing, an empty folder), but for the SQLite file `without` (a path relative to it,
 * NULL: none) and what SQLite keeps beside that, into a new folder below TMPDIR. Links stay links; what is
 * neither file, folder nor link is an error, and so is more than `bytes_max` in all. Returns 0 or a negative
 * errno with `error`, which says what to do. */
int scratch_open(const char *from, const char *without, uint64_t bytes_max, struct scratch **out,
                 struct error *error);

/* Absolute path of the copy. It may be gone while a run removes it; scratch_restore brings it back. */
const char *scratch_path(const struct scratch *scratch);

/* Tells what differs from the copy as it was made, and makes it so again: also its permissions, and files of
 * the same size and time. Returns as scratch_open. */
int scratch_restore(struct scratch *scratch, struct scratch_changes *out, struct error *error);

/* Removes the copy and frees; accepts NULL, returns NULL. If something stays, `leftover` says why. */
struct scratch *scratch_close(struct scratch *scratch, char *leftover, size_t size);
