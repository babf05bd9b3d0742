/* What tests of the gate hold one against the other. */
#pragma once

#include "oracle/gate.h"

#define GATES_MAX 4

/* Of a part with one subject; zeroed fields do not apply. */
struct gates_row {
    bool control, caught, by_chance, measured, gone; /* gone: there is no such subject */
    const char *trouble;
    uint64_t faults;
    const char *covered[GATES_MAX]; /* "point:errno" */
    struct gate_finding findings[GATES_MAX];
};

/* Makes the part "sweep x" with the subject "x" of it; the caller's (gate_parts_clear). */
struct gate_parts gates_of(const struct gates_row *row);

/* One that broke something at `line` of file.c, or something else. */
#define LEAK(number)                                                                                         \
    {                                                                                                        \
        .kind = "leak", .resource = "descriptor", .file = "file.c", .point = "open", .line = number          \
    }
#define CRASH(place)                                                                                         \
    {                                                                                                        \
        .kind = "crash", .file = "file.c", .function = place, .point = "malloc", .line = 7                   \
    }
#define FLAKY(number)                                                                                        \
    {                                                                                                        \
        .kind = "leak", .resource = "descriptor", .file = "file.c", .point = "open", .line = number,         \
        .flaky = true                                                                                        \
    }
