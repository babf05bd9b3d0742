/* The table of exit paths: what a column's sources and the program that measures them share. */
#pragma once

enum path {
    BY_RETURN,
    BY_GOTO,
    BY_BREAK,
    BY_CONTINUE,
    BY_THROW,
    BY_CANCEL,
    BY_PTHREAD_EXIT,
    BY_LONGJMP,
    BY_EXIT,
    BY_SIGKILL,
    PATHS
};

/* A block with one cleanup, which calls cleanup_ran(), left by `path`. */
typedef void scene(enum path path);

/* Of exit_columns.c, which is built twice. */
struct column {
    const char *name; /* as the table has it */
    scene *scene;
};
extern const struct column columns[], columns_plain[]; /* ended by a name that is NULL */

void cleanup_ran(void);

/* Leaves the frames above it by one of the paths from BY_THROW on. Does not come back. */
void leave_by(enum path path);
