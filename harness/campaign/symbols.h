/* Names of places: from an address in the child to source file and line. */
#pragma once

#include <stdint.h>

#include "ledger/reader.h"

struct symbols;

/* Opens the modules that the ledger lists. NULL if memory is short; symbols_name accepts that. */
struct symbols *symbols_open(const struct ledger_view *ledger);
struct symbols *symbols_close(struct symbols *symbols);

/* Writes the place of the call that returns to `address`: "workloads/upload.c:88", or "module+0x1234" where
 * there is no line, or "" for address 0. */
void symbols_name(const struct symbols *symbols, uint64_t address, char *out, size_t size);

/* Writes a frame of a stack: "store_write (workloads/store.c:88)", or what is known of it. */
void symbols_frame(const struct symbols *symbols, uint64_t address, char *out, size_t size);

/* Names an object in memory: "groups[7]" for an element of an array of objects of `element_size` bytes,
 * "config+0x8" within another one, or its address. */
void symbols_object(const struct symbols *symbols, uint64_t address, size_t element_size, char *out,
                    size_t size);
