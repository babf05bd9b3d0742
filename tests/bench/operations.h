/* The sweep of a workload: how many faults its operations meet in a second. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

void operations_measure(json_t *into, bool brief);
