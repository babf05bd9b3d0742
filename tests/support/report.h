/* A JSON report of exeunt, for tests that ask it questions. */
#pragma once

#include <jansson.h>

struct report {
    int status;   /* exit status of exeunt */
    char *err;    /* what it wrote to standard error */
    char *out;    /* what a program wrote to standard output; NULL: it was a workload */
    json_t *root; /* NULL if it wrote no JSON */
};

/* Runs `exeunt ARGUMENTS --json - --quiet`. The caller's, for report_free. */
struct report report_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Runs `exeunt run OPTIONS -- PROGRAM`, as report_of. */
struct report report_of_program(const char *options, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void report_free(struct report *report);

/* The variant of that name, or NULL; and the value at a path of keys separated by dots, 0 if it is null. */
json_t *report_variant(const struct report *report, const char *name);
json_int_t report_number(json_t *of, const char *path);
const char *report_text(json_t *of, const char *path);
