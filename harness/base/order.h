/* Orders, as qsort and bsearch ask for them. */
#pragma once

#include <stdint.h>

/* Of uint64_t: the least first. */
static inline int order_of_numbers(const void *a, const void *b)
{
    const uint64_t *first = (const uint64_t *)a, *second = (const uint64_t *)b;
    return *first < *second ? -1 : *first > *second;
}
