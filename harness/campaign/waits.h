/* Who waits for whom, put into names while the run's modules are known. */
#pragma once

#include "campaign/symbols.h"
#include "oracle/result.h"
#include "supervise/detector.h"

/* Names the links of a deadlock that was found in the ledger's run. */
void waits_name(const struct ledger_view *ledger, const struct symbols *symbols, const struct deadlock *found,
                struct deadlock_result *out);

/* Adds to `note`, of `size` bytes, where the first threads that wait do so: for a lock, for others, or for
 * what nobody holds. */
void waits_list(const struct ledger_view *ledger, const struct symbols *symbols, char *note, size_t size);
