/* Records made by hand. A stack is written from the outside in, a letter for each pair: "SLmo" is _start, the
 * C library, main's call, the wrapped call. All but L is the program's own; a digit behind a letter is
 * another activation of it. "" is no stack. "t:" before it: in a second thread; "f:": in the first thread of
 * a forked child. */
#pragma once

#include "oracle/record.h"

struct written {
    enum trace_kind kind;
    enum trace_resource resource;
    uint64_t id;
    const char *stack;
};

/* Makes the record, which the caller clears with record_clear. */
struct record record_of(const struct written *events, size_t count);

#define RECORD(...)                                                                                          \
    record_of((const struct written[]){__VA_ARGS__},                                                         \
              sizeof((const struct written[]){__VA_ARGS__}) / sizeof(struct written))
