/* How figures and texts become values of JSON. */
#include "value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

json_t *value_number(uint64_t value)
{
    return value <= INT64_MAX ? json_integer((json_int_t)value) : NULL;
}

json_t *value_number_or_null(int64_t value)
{
    return value < 0 ? json_null() : json_integer(value);
}

json_t *value_number_if(bool applies, uint64_t value)
{
    return applies ? value_number(value) : json_null();
}

json_t *value_hex(uint64_t value)
{
    char digits[17];
    snprintf(digits, sizeof digits, "%016" PRIx64, value);
    return json_string(digits);
}

json_t *value_text(const char *from)
{
    char *valid = malloc(3 * strlen(from) + 1); /* U+FFFD is three bytes for one */
    if (valid == NULL)
        return NULL;
    size_t end = 0;
    for (uint32_t code; *from != '\0';) {
        size_t length = utf8_next(from, &code);
        const char *source = code == UTF8_BROKEN ? "\uFFFD" : from;
        size_t bytes = code == UTF8_BROKEN ? 3 : length;
        memcpy(valid + end, source, bytes);
        end += bytes;
        from += length;
    }
    json_t *string = json_stringn(valid, end);
    free(valid);
    return string;
}

json_t *value_text_or_null(const char *from)
{
    return from[0] == '\0' ? json_null() : value_text(from);
}

void value_put(struct value_filling *object, const char *key, json_t *value)
{
    object->failed |= json_object_set_new(object->into, key, value) != 0;
}

void value_add(struct value_filling *array, json_t *value)
{
    array->failed |= json_array_append_new(array->into, value) != 0;
}

json_t *value_filled(struct value_filling *filling)
{
    if (!filling->failed)
        return filling->into;
    json_decref(filling->into);
    return NULL;
}
