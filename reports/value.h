/* Values of JSON, as all reports for machines write them. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Every function that makes a value gives NULL if it cannot; putting or adding a NULL fails. */

json_t *value_number(uint64_t value);        /* at most 2^63 - 1, as large as a strict reader takes it */
json_t *value_number_or_null(int64_t value); /* null below 0 */
json_t *value_number_if(bool applies, uint64_t value);
json_t *value_hex(uint64_t value); /* a string of 16 lower-case digits: for bits that are no quantity */

/* Text that is not valid UTF-8 has U+FFFD for each broken byte. */
json_t *value_text(const char *from);
json_t *value_text_or_null(const char *from); /* null if it is empty */

/* An object or array that is being filled: one failure spoils it. */
struct value_filling {
    json_t *into;
    bool failed;
};

void value_put(struct value_filling *object, const char *key, json_t *value);
void value_add(struct value_filling *array, json_t *value);
json_t *value_filled(struct value_filling *filling);
