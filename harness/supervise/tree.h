/* Access to what lies below a folder that somebody hostile had to himself: no symbolic link leads out of it,
 * and no depth exhausts descriptors or stack. Nobody else changes it meanwhile.
 *
 * Paths are relative to the root, "" is the root itself. Functions return 0 or a negative errno. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct names {
    size_t count, room;
    char **list; /* owned */
};
void names_clear(struct names *names);

/* Adds a copy of `name`. */
int names_add(struct names *names, const char *name);

/* Opens the folder for reading and writing of its names, though its permissions may be in the way: then they
 * are changed. Returns a descriptor. */
int tree_folder(int root, const char *path);

/* Adds the names in the folder, but for "." and "..". */
int tree_names(int folder, struct names *out);

/* Removes `name` from the folder, whatever it is: what is not empty goes to the folder `trash` under a new
 * number, to be removed by tree_empty. */
int tree_discard(int folder, const char *name, int trash, uint64_t *number);

/* Removes all that is in the trash. */
int tree_empty(int trash, uint64_t *number);
