/* What each way to run a program costs its calls. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

/* Measures and prints all rows and columns, or only those of locks. `brief`: exeunt's instructions alone,
 * which are judged. Returns whether all bounds hold. */
bool cost_measure(json_t *into, bool brief, bool locks_only);

/* Milliseconds that a deadlock stands before it is found. Returns whether the bound holds. */
bool deadlock_measure(json_t *into);
