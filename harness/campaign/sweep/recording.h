/* From a trace to a record: addresses get places that mean the same in every run. */
#pragma once

#include "base/error.h"
#include "ledger/reader.h"
#include "oracle/record.h"

/* Reads the trace of the last run. Returns 0 with *out the caller's (record_clear), or -ENOMEM with `error`.
 */
int recording_read(const struct ledger_view *ledger, struct record *out, struct error *error);
