/* The attempts of a sweep: what one costs by each of its ways. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

void attempts_measure(json_t *into, bool brief);
