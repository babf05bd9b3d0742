/* Decides which words a list has, and what is said of one that is not among them. */
#include "words.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char *candidate(const void *of, size_t index)
{
    words_name *const *name = of;
    return (*name)((unsigned)index);
}

static int unknown(const char *option, const char *typed, words_name *name, struct error *error)
{
    char hint[96], all[256] = "";
    for (unsigned i = 0; name(i) != NULL; i++) {
        size_t end = strlen(all);
        snprintf(all + end, sizeof all - end, "%s%s", i > 0 ? ", " : "", name(i));
    }
    return error_usage(error, "--%s '%.64s' is not known%s: choose of %s", option, typed,
                       text_hint(hint, sizeof hint, typed, candidate, &name), all);
}

int words_read_one(const char *option, const char *typed, words_name *name, unsigned *index,
                   struct error *error)
{
    for (unsigned i = 0; name(i) != NULL; i++)
        if (strcmp(name(i), typed) == 0) {
            *index = i;
            return 0;
        }
    return unknown(option, typed, name, error);
}

int words_read(const char *option, const char *typed, words_name *name, unsigned *bits, struct error *error)
{
    char word[64];
    for (;; typed++) {
        size_t length = strcspn(typed, ",");
        unsigned index = 0;
        snprintf(word, sizeof word, "%.*s", (int)length, typed);
        int rc = words_read_one(option, word, name, &index, error);
        if (rc != 0)
            return rc;
        *bits |= 1u << index;
        typed += length;
        if (*typed == '\0')
            return 0;
    }
}
