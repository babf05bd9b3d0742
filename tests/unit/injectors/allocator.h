/* An allocator that a program brings along: it gives from one arena and takes nothing back. */
#pragma once

#include <stdbool.h>

#define ALLOCATOR_EXPORT __attribute__((visibility("default")))

ALLOCATOR_EXPORT bool allocator_owns(const void *block);
