/* A night of stress that something is done to. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* A control that takes as little as possible. */
#define CONTROL "compare upload --input input --limit-fds 16 --workers 1 --operations 40 --set fsync=0\n"

struct drill {
    char *folder; /* it runs here; "nights" in it has the results */
    pid_t pid;
    int out;            /* what it says, on both streams */
    char said[1 << 16]; /* all of that, as far as it was read */
    size_t length;
};

/* How often a drill is repeated: EXEUNT_DRILLS, or 3. */
unsigned drill_repetitions(void);

/* Makes the folder, with the campaign in it. */
void drill_make(struct drill *drill, const char *campaign);

/* Starts `exeunt stress campaign --results FOLDER/nights OPTIONS`, by a shell, with `before` in front of it.
 * What an earlier one said is forgotten. */
void drill_start(struct drill *drill, const char *before, const char *options);

/* Reads on until it has said `count` lines, or `what`. False: it ended before. Ends the test if nothing
 * comes. */
bool drill_read_lines(struct drill *drill, unsigned count);
bool drill_read_until(struct drill *drill, const char *what);

/* Reads to its end and awaits that: its exit status, or 128 and the signal. */
int drill_end(struct drill *drill);

/* Reads to its end and removes the folder. */
void drill_remove(struct drill *drill);

/* Lines that it has said and that begin so. */
unsigned drill_said(const struct drill *drill, const char *beginning);

/* Waits until a line runs. Its process. */
pid_t drill_await_line(const struct drill *drill);

/* The one number that a statement gives of the file of results. Ends the test if that is damaged. */
int64_t drill_number(const struct drill *drill, const char *sql);

/* Waits until no process names the folder any more. */
void drill_expect_no_process(const struct drill *drill);
