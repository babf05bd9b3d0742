/* What each way to run a program costs its calls. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

/* Measures and prints all rows and columns. `brief`: exeunt's instructions alone, which are judged. Returns
 * whether all bounds hold. */
bool cost_measure(json_t *into, bool brief);
