/* The supervisor's side of the ledger: makes it, and reads what the child wrote as untrusted input:
 * every index is checked, every string ends, nothing read is followed as a pointer. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "ledger/layout.h"

/* A ledger in shared memory of this process. */
struct ledger_view {
    struct ledger *ledger; /* the mapping; the child can change it at any time */
    size_t size;
    int fd;                /* of the memory: the child opens it by /proc/PID/fd/N */
    uint32_t fd_count;     /* our own copies: the child's word is not trusted */
    struct trace *trace;   /* part of the mapping; NULL: none is kept */
    uint32_t points_given; /* points in play from the beginning; the others the program turned out to have */
    uint64_t nonce;
    uint64_t events_read;
    bool child_ended; /* set by the owner: an event still incomplete now will never be complete */
};

/* Makes a ledger with `fd_count` slots for the plan and the points. Returns 0 or a negative errno with
 * `error` set; the view is the caller's, to be ended with ledger_close. */
int ledger_create(uint32_t fd_count, const struct plan *plan, const struct plan_points *points,
                  struct ledger_view *out, struct error *error);

/* The same, and the child keeps a trace (ledger/trace.h), which ledger/trace_reader.h reads. */
int ledger_create_traced(uint32_t fd_count, const struct plan *plan, const struct plan_points *points,
                         struct ledger_view *out, struct error *error);

/* Makes a used ledger as new for another plan, when nobody writes to it any more. What is to be watched
 * stays, the nonce too, and so do the points that the program turned out to have. Takes some ten microseconds
 * after a short run. Returns as ledger_create; on failure the ledger is of no use. */
int ledger_reset(struct ledger_view *view, const struct plan *plan, struct error *error);

/* Unmaps and closes; accepts a zeroed view. */
void ledger_close(struct ledger_view *view);

/* The value of LEDGER_ENVIRONMENT by which another process of this user finds the ledger. Valid while this
 * process lives. */
void ledger_path(const struct ledger_view *view, char *path, size_t size);

/* Points that are known by now, and the name of one of them. */
uint32_t ledger_point_count(const struct ledger_view *view);
void ledger_point_name(const struct ledger_view *view, uint32_t point, char name[PLAN_POINT_NAME_MAX]);

/* Spawn path of that index, "?" if there is none. */
void ledger_spawn_path(const struct ledger_view *view, int32_t index, char path[LEDGER_PATH_MAX]);

/* Name of a kind of resources, "?" if there is none. */
void ledger_resource_kind(const struct ledger_view *view, int32_t index, char name[LEDGER_RESOURCE_KIND_MAX]);

/* Sums over all threads. */
struct ledger_totals {
    uint64_t started, succeeded, failed; /* operations */
    uint64_t injected;                   /* faults */
    int64_t children;                    /* started and not yet waited for */
    int64_t temps;                       /* temporary files and folders that are there, by the calls */
    int64_t held_locks, waiting;         /* locks that threads hold; threads that wait for one */
    int64_t heap;                        /* bytes in use, if the heap is watched */
};
void ledger_totals(const struct ledger_view *view, struct ledger_totals *out);

/* Next event that is complete, oldest first, copied to *out. False if there is none. Events that the
 * child overwrote before they were read are added to *lost. Point and kind are within range. */
bool ledger_next_event(struct ledger_view *view, struct ledger_event *out, uint64_t *lost);

/* Module number `index`, 0 the program itself, copied to *out with a path that ends. False if there is none.
 */
bool ledger_module_at(const struct ledger_view *view, uint32_t index, struct ledger_module *out);

/* The module whose text, or any part of which, holds `address`, copied to *out with a path that ends. False
 * if none does. */
bool ledger_image_of(const struct ledger_view *view, uint64_t address, struct ledger_module *out);
bool ledger_module_of(const struct ledger_view *view, uint64_t address, struct ledger_module *out);
