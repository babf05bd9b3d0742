/* The table of targets, targets.txt, which says what its columns mean. */
#pragma once

#include <stdbool.h>

enum { TABLE_LINES_MAX = 4 };

struct target {
    char name[64], kind[64], resource[32], modes[64], fault[256], arguments[256];
    char file[80];              /* name of the source, without folders */
    int lines[TABLE_LINES_MAX]; /* those marked "blamed"; 0: no more */
};

/* Finds the target, and the marks in its source. Ends the program with a message if there is no such target
 * or something is wrong with it. */
void table_find(const char *name, struct target *out);

/* Whether the target has no defect. */
bool table_near_miss(const struct target *target);

/* Path of a target's program, with its defect or mended; ends the program as skipped if it is not built. The
 * caller's to free. */
char *table_program(const struct target *target, bool mended);
