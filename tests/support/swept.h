/* A sweep that a test makes, by the command itself. */
#pragma once

#include <jansson.h>

struct swept {
    int status;
    char *out, *err;
    json_t *root; /* the JSON report; NULL: there is none */
};

/* Makes a folder with a working folder, FOLDER/work, that has a file "input", and FOLDER/temps. The caller
 * hands it to scratch_remove. */
char *swept_folder(void);

/* Runs `exeunt sweep --json FILE ARGUMENTS` in FOLDER/work, with FOLDER/temps as TMPDIR. `before` stands in
 * front of the command: "", or what runs it. The caller's for swept_free. */
struct swept swept_in(const char *folder, const char *before, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void swept_free(struct swept *swept);

/* Runs that came out so. */
json_int_t swept_outcomes(const struct swept *swept, const char *kind);

/* The value of a key of finding number `index`, "-" if it is null or there is none. */
const char *swept_finding(const struct swept *swept, size_t index, const char *key);

/* "leak 00c0ffee00c0ffee 3/3\n" of each finding, sorted. The caller's to free. */
char *swept_findings(const struct swept *swept);

/* What FOLDER/work looks like: names, permissions, sizes, times. The caller's to free. */
char *swept_work(const char *folder);

/* Which processes name the folder in their command line; "": none. The caller's to free. */
char *swept_processes(const char *folder);

/* The same, and what is left in FOLDER/temps. */
char *swept_leftovers(const char *folder);
