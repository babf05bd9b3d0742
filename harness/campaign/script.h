/* A campaign written down: a plain file of exeunt's own command lines, so that nothing new is to be learned.
 *
 *     # what runs at night
 *     compare upload --for 20m
 *     sweep -- ./tests --filter 'parse *'      # quoted as for a shell
 *     run --faults 'app/parse@p=0.01' -- "$HOME/bin/server"
 *
 * Words are split, and variables, ~ and wildcards replaced, as wordexp(3) has it; commands are not
 * substituted.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "base/error.h"

struct script_line {
    unsigned number; /* in the file */
    char *text;      /* as it stands there, without the comment; owned */
    char **words;    /* "sweep", "--", "./tests", and NULL; owned */
};

struct script {
    size_t count;
    struct script_line *lines; /* owned */
};

/* Parses `text`, what the file of that name holds. A file without a command is an error, too. Returns 0 with
 * *out the caller's (script_clear), or a negative errno with an error that names file, line and what is wrong
 * there. */
int script_parse(const char *file, const char *text, struct script *out, struct error *error);

/* Reads and parses the file. Returns as script_parse. */
int script_read(const char *path, struct script *out, struct error *error);

/* Writes " word", quoted so that it is read as just that word. It has no end of line. */
void script_quote(FILE *out, const char *word);

/* The words of a line as a command: "exeunt", its name, `before`, its own words, `after`, and, behind "--",
 * what it runs: so an option that stands in `before` yields to the line's own, and the line's own to one in
 * `after`. The array is the caller's to free, the words stay their owners'. NULL: memory is short. */
char **script_command(char *const *words, char *const *before, char *const *after);

void script_clear(struct script *script);
