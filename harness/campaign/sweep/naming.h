/* From what a run shows to a finding in words: places get names as long as the run's modules are known. */
#pragma once

#include "campaign/sweep/faulting.h"
#include "campaign/symbols.h"

/* Writes the finding, without id, count and replays. Returns 0 with *out the caller's (its stack is owned),
 * or -ENOMEM with `error`. */
int naming_write(const struct worker *worker, const struct baseline *baseline, const struct task *task,
                 const struct faulting *faulting, const struct shown *shown, struct sweep_finding *out,
                 struct error *error);

/* The same of what a run without faults took and never gave back. Returns 0 with *out the caller's, or
 * -ENOMEM.
 */
int naming_unreleased(const struct worker *worker, const struct record *record,
                      const struct record_event *taken, struct sweep_finding *out);

/* What the resource is called; static string, "" for nothing. */
const char *naming_resource(enum trace_resource resource);

/* Adds to the text where a resource was taken, and where it was released first; 0: not known. */
void naming_history(const struct symbols *symbols, uint64_t taken_at, uint64_t released_at, char *out,
                    size_t size);

/* Names the frames of a stack. Returns 0 with out->frames the caller's to free, or -ENOMEM. */
int naming_stack(const struct symbols *symbols, const struct record *record, uint32_t stack,
                 struct sweep_stack *out);
