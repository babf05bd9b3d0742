/* What was seen of a run, put together: from ledger and supervisor to a variant's part of the result. */
#pragma once

#include "campaign/watch.h"
#include "oracle/result.h"

/* Fills in everything but verdict, findings, and what only a workload's check can know. `series` goes over to
 * the variant. */
void seen_fill(struct watch *watch, struct variant_result *out);

/* Makes room for the findings that the ledger's events gave and `extra` more, and puts the former there with
 * their places named. Returns 0 or -ENOMEM with `error`; the list is the variant's. */
int seen_findings(const struct watch *watch, size_t extra, struct variant_result *out, struct error *error);

/* A finding that is only a number. Nothing if that is 0. There must be room. */
void seen_add_counted(struct variant_result *variant, enum finding_kind kind, uint64_t count);

/* Kernel against ledger: by how many the descriptors that came between the first rest and the last differ. */
uint64_t seen_unaccounted(const struct watch *watch, const struct variant_result *variant);
