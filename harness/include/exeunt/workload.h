/* A workload: a job done again and again by several threads, written in several variants that differ in
 * how they clean up. One file describes one workload and ends with its descriptor:
 *
 *     EXEUNT_WORKLOAD(upload) = { .name = "upload", ... };
 *
 * The descriptor registers itself: linking the file is all that is needed. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A key of --set: a whole number within [low, high]. A table of them ends with a NULL key. */
struct exeunt_setting {
    const char *key;
    uint64_t fallback, low, high;
    const char *help;
};

enum { EXEUNT_SETTINGS_MAX = 16 };

/* A point of the workload's own, failed through libfiu. A table of them ends with a NULL name. */
struct exeunt_point {
    const char *name;
    int error; /* what fiu_fail returns when it fails: a positive errno */
    const char *help;
};

/* Where and with what one run works. Strings are borrowed for the time of the call. */
struct exeunt_job_site {
    const char *folder; /* work folder of the run: exists, is the run's alone */
    const char *input;  /* folder of real input files, or NULL: make some from the seed */
    uint64_t seed;
    uint64_t settings[EXEUNT_SETTINGS_MAX]; /* in the order of the workload's table */
};

/* Exit status of the program that workloads run in if it could not start them; the reason is the last line on
 * its standard error. */
enum { EXEUNT_HOST_NOT_STARTED = 78 };

/* What `check` found on the disk after the run. */
struct exeunt_check {
    uint64_t whole;      /* stored results that are whole */
    uint64_t torn;       /* stored results that are torn, foreign or half-named: a guarantee broken */
    uint64_t temp_files; /* temporary files left behind */
};

/* Why a function of a workload failed: one sentence for a person. */
struct exeunt_reason {
    char text[PATH_MAX + 384];
};

/* One operation, done by any worker thread: 0 or a negative errno. `state` is what `open` gave and is
 * shared by all workers; `number` is the job's number, from 0. */
typedef int exeunt_operation(void *state, uint64_t number);

struct exeunt_variant {
    const char *name;
    const char *summary;
    bool leaks; /* a positive control: known to leave something behind, must be caught */
    exeunt_operation *operation;
};

/* A way to leave a block. A table of them ends with a NULL name; those that end the process come last. */
struct exeunt_exit_path {
    const char *name;
    bool ends_process;
    int exit_status; /* of that process; -1: it is killed */
    int signal;
};

/* What a block takes. A table of them ends with a NULL name. */
struct exeunt_exit_resource {
    const char *name;
    bool reclaimed; /* the end of the process releases it, whatever its code does */
};

/* A workload that is measured once and not stressed: its variants are idioms of cleanup, its jobs the cells
 * of a table. Job number path * resources + resource is one block that takes the resource and is left by the
 * path; the block is operation EXEUNT_EXITS_BLOCKS + number, in a thread of its own. The job's status is 0 if
 * the next one who wants the resource gets it, -EBUSY if not, another negative errno if that could not be
 * measured. The first job of a path that ends the process does all of that path at once, and does not return.
 */
struct exeunt_exits {
    const struct exeunt_exit_path *paths;
    const struct exeunt_exit_resource *resources;

    /* Whether the documentation says that the idiom's cleanup runs on that path. */
    bool (*runs)(const char *variant, size_t path);

    /* After the process of the job has ended, in the supervisor: its status. */
    int (*look)(const struct exeunt_job_site *site, uint64_t number);
};
enum { EXEUNT_EXITS_BLOCKS = 1 << 16 };

struct exeunt_workload {
    const char *name;
    const char *summary;
    const char *faults;                    /* default plan */
    unsigned fds_per_operation;            /* descriptors that one operation holds at most */
    const struct exeunt_variant *variants; /* ends with a NULL name */
    const struct exeunt_point *points;
    const struct exeunt_setting *settings;
    const struct exeunt_exits *exits; /* NULL: the workload is stressed */
    bool repeatable;                  /* a process may do one and the same job several times; `check` sees but
                                         what it stored last */

    /* Lays out the input in site->folder, once for all variants. Runs in the supervisor.
     * Returns 0, -EINVAL (site->input cannot be used), or another negative errno; with a reason. */
    int (*prepare)(const struct exeunt_job_site *site, struct exeunt_reason *reason);

    /* In the child, before its workers start: *state is handed to every operation.
     * Returns 0 or a negative errno with a reason. */
    int (*open)(const struct exeunt_job_site *site, void **state, struct exeunt_reason *reason);

    /* In the child, after its workers ended. */
    void (*close)(void *state);

    /* After the run, however it ended, in the supervisor: proves that nothing was lost, and removes
     * what the run stored, so that the next variant finds the folder as prepare left it.
     * Returns 0 or a negative errno with a reason. Not called if `exits` is set. */
    int (*check)(const struct exeunt_job_site *site, struct exeunt_check *out, struct exeunt_reason *reason);
};

#define EXEUNT_WORKLOAD(symbol)                                                                              \
    static const struct exeunt_workload symbol;                                                              \
    __attribute__((section("exeunt_workloads"),                                                              \
                   used)) static const struct exeunt_workload *const registered_##symbol = &symbol;          \
    static const struct exeunt_workload symbol

/* The registered workloads: the i-th by name, NULL after the last. */
const struct exeunt_workload *exeunt_workload_at(size_t index);

/* The workload of that name, or NULL. */
const struct exeunt_workload *exeunt_workload_named(const char *name);
