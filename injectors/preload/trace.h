/* The trace of this process, if the ledger has one: what it comes past, with the stack of each call. All
 * functions may be called at any time by any thread, do nothing without a trace and where the ledger is
 * bypassed, keep errno, and allocate nothing. */
#pragma once

#include "preload.h"

/* Finds what takes stacks, if the ledger has a trace. Before the program's threads start. */
void trace_resolve(const struct ledger *ledger);

/* Begins to trace if the ledger has a trace: unless it is of faults only, all points are armed for it. Before
 * the program's threads start. */
void trace_attach(void);

/* The thread makes call `k` of the point at `site`; and that call fails. */
void trace_call(unsigned point, uint64_t k, uintptr_t site);
void trace_fault(unsigned point, uint64_t k);

/* The call that is going on at `site` took a resource. 0: it is no call of a point. */
void trace_took(enum trace_resource resource, uint64_t id, uintptr_t site);

/* The call that is going on gives it back; and has failed to. */
void trace_gave(enum trace_resource resource, uint64_t id);
void trace_kept(enum trace_resource resource, uint64_t id);

/* The thread, or the process, ends. The process's end is noted once. */
void trace_thread_ended(void);
void trace_exiting(void);

/* The process is a forked child, which has an end of its own. */
void trace_followed(void);

/* Files, by name relative to the folder, an open descriptor or AT_FDCWD. Whether a call that makes the file
 * is about to make a new one; that it has; that the name means nothing any more. */
bool trace_makes(int folder, const char *path);
void trace_made(int folder, const char *path, uintptr_t site);
void trace_removed(int folder, const char *path);
