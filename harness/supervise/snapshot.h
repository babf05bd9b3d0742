/* What a folder looked like: everything in it, the contents of its files in one unnamed file that nobody else
 * can reach. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"

/* How it stands with an entry in the folder that the snapshot is put back into. */
enum entry_state {
    ENTRY_MISSING, /* to be made anew; what stands there is something else */
    ENTRY_DIFFERS, /* a folder, which needs its permissions and times again */
    ENTRY_SAME,
};

struct entry {
    char *path;          /* relative to the folder, "" is the folder itself; owned */
    size_t name;         /* where in the path its last part begins */
    size_t first, count; /* of a folder: the entries in it */
    struct stat was;     /* when the snapshot was taken */
    char *target;        /* of a link; owned */
    off_t place;         /* of a file's content in the store */
    uint64_t content;    /* content_hash */
    struct stat now;     /* how it reads since it was put back last */
    bool young;          /* so recently that a change may not show in `now` */
    enum entry_state state;
};

/* Sorted by folder, then by name: those of one folder stand together, each folder before what is in it. */
struct snapshot {
    size_t count, room;
    struct entry *entries; /* owned */
    int store;
    off_t store_end;
    uint64_t bytes, bytes_max; /* of all files */
};

/* Takes one of `from`, NULL: of an empty folder, but for the SQLite file `without`, NULL: none. The store is
 * made in the folder `place`. Returns 0 or a negative errno with `error`; to be ended with snapshot_clear in
 * either case. */
int snapshot_take(const char *from, const char *without, const char *place, uint64_t bytes_max,
                  struct snapshot *out, struct error *error);

/* The entry of that path, NULL: there is none. */
struct entry *snapshot_find(const struct snapshot *snapshot, const char *path);

void snapshot_clear(struct snapshot *snapshot);
