/* The processes that this /proc knows. Async-signal-safe, and without any memory but its own. */
#pragma once

#include <stdbool.h>

struct process {
    int number, parent;
    bool ended; /* and is not reaped yet */
    int folder; /* of /proc, open meanwhile; serves as a pidfd */
};

typedef void processes_visitor(const struct process *process, void *context);

/* Shows each process to the visitor, in the order of /proc. */
void processes_visit(processes_visitor *visitor, void *context);

/* Our own number in this /proc, which may be that of an outer PID namespace; -1 without /proc. */
int processes_self(void);

/* So long after the program's end a process counts as left by it. */
enum { LEFT_AFTER_MS = 300 };

/* Processes that have not ended and descend from the process of that number, as far as it can be told. Of
 * very many, thousands are counted. For one caller at a time. */
unsigned processes_below(int ancestor);

/* Waits until at most `others` descend from the ancestor, as long as LEFT_AFTER_MS and as nothing comes over
 * the channel. Returns how many more there are: they were left. */
int processes_left(int ancestor, unsigned others, int channel);
