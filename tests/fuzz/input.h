/* What a target is given, taken off the front piece by piece. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct input {
    const uint8_t *bytes;
    size_t size;
};

/* Stops the target: what must hold does not. */
#define MUST(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "does not hold: %s\n", #condition);                                              \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

/* The rest as a string of its own, so that a read beyond its end is seen; the caller's to free. */
static inline char *input_text(const struct input *input)
{
    char *text = malloc(input->size + 1);
    MUST(text != NULL);
    if (input->size > 0)
        memcpy(text, input->bytes, input->size);
    text[input->size] = '\0';
    return text;
}

/* Little-endian, zeros behind the end. */
static inline uint64_t input_number(struct input *input, size_t bytes)
{
    uint64_t number = 0;
    for (size_t i = 0; i < bytes && input->size > 0; i++) {
        number |= (uint64_t)*input->bytes++ << (8 * i);
        input->size--;
    }
    return number;
}

/* What libFuzzer calls with each input. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
