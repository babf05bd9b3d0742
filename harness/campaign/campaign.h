/* A campaign composes plan, supervisor and oracle into a result: one run of one variant, or the
 * comparison of all variants of a workload under the same faults; or into a suite of such comparisons. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "exeunt/workload.h"
#include "oracle/result.h"
#include "oracle/suite.h"

/* Where a run stands: given to `progress` at every sample. */
struct campaign_progress {
    const char *variant;
    uint64_t elapsed_ns;
    uint64_t operations, operations_planned; /* planned 0: as many as fit in the time */
    uint64_t for_ns;                         /* 0: no time is set */
    int64_t fds;                             /* -1: unknown */
    uint64_t limit_fds;
    uint64_t faults;
    int64_t children, temps; /* of a program: not waited for, temporary files */
};

/* What a program may leave without breaking a guarantee, unless the user says otherwise: bits of fail_on. */
enum campaign_fail_on {
    FAIL_ON_UNRELEASED = 1, /* open descriptors at its end */
    FAIL_ON_CHILDREN = 2,   /* children that it did not wait for */
    FAIL_ON_TEMP_FILES = 4, /* temporary files */
    FAIL_ON_EXIT = 8,       /* an exit status other than 0 */
};

struct campaign_options {
    const struct exeunt_workload *workload; /* NULL: a program of the user's is run */
    const struct exeunt_variant *variant;   /* for campaign_run */
    char *const *program;                   /* for campaign_program: its command line, ends with NULL */
    unsigned fail_on;                       /* for campaign_program: enum campaign_fail_on */
    bool remote;                            /* libfiu's remote control is open while it runs */
    bool heap;                              /* allocations are watched */
    const char *faults;                     /* plan as text, NULL: the workload's default, or none */
    uint64_t seed;
    uint64_t workers;    /* 1 .. 256 */
    uint64_t operations; /* of each variant; 0: not set */
    uint64_t for_ns;     /* time of each variant; 0: not set; at most one of the two is set */
    uint64_t limit_fds;  /* 0: as found; for programs alone */
    uint64_t sample_ns;
    uint64_t hang_ns;
    bool
        hang_at_rest; /* for campaign_program: one without marks hangs if nothing of it has run for so long */
    const char *input; /* NULL: made from the seed */
    uint64_t settings[EXEUNT_SETTINGS_MAX];
    const volatile int
        *interrupted; /* set to not 0 by a signal handler: end in order, report what was seen */
    void (*progress)(void *context, const struct campaign_progress *progress); /* may be NULL */
    void *progress_context;
    /* Called once all is checked, before the first run: a failure of it ends the campaign. May be NULL. */
    int (*begin)(void *context, struct error *error);
    /* What there is by now, the result or the suite (the other is NULL): when there is a new finding, once a
     * second at most. May be NULL; as progress. */
    void (*news)(void *context, const struct result *result, const struct suite *suite);
    void *keeping_context; /* of both */
};

enum { CAMPAIGN_WORKERS_MAX = 256 };

/* Operations of a run: as set, without end (0) if a time is set, otherwise 12 for each descriptor of the
 * limit: enough for a variant that leaks on every eighth operation to meet it. */
uint64_t campaign_operations(const struct campaign_options *options);

/* Runs options->variant. Returns 0 with *out the caller's (result_clear), or a negative errno with `error`.
 */
int campaign_run(const struct campaign_options *options, struct result *out, struct error *error);

/* Runs options->program. As campaign_run. */
int campaign_program(const struct campaign_options *options, struct result *out, struct error *error);

/* Runs all variants of options->workload, the positive controls first. As campaign_run. */
int campaign_compare(const struct campaign_options *options, struct result *out, struct error *error);

/* Measures the table of options->workload->exits: the column of options->variant, or if that is NULL all of
 * them. campaign_run and campaign_compare do that with such a workload. As campaign_run. */
int campaign_exits(const struct campaign_options *options, struct result *out, struct error *error);

/* Compares the variants of each workload that there is, in the order of their names, with its own settings
 * untouched. A comparison that could not be done has the reason as its sentence. Otherwise as campaign_run;
 * the caller's to suite_clear. */
int campaign_suite(const struct campaign_options *options, struct suite *out, struct error *error);

/* The workload that it is about, with its settings as they are by default. */
static inline void campaign_choose(struct campaign_options *options, const struct exeunt_workload *workload)
{
    options->workload = workload;
    for (size_t i = 0; workload->settings[i].key != NULL; i++)
        options->settings[i] = workload->settings[i].fallback;
}

/* The points that a workload can meet: those of the preload first, then its own. Without a workload those of
 * the preload, and the program's own may come. The array is the caller's to free, the names are static.
 * Returns the points; names NULL if memory is short. */
struct plan_points campaign_points(const struct exeunt_workload *workload);
