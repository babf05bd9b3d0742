/* Decides how a deadlock is told. */
#include "oracle/deadlock.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Appends as long as there is room. */
static void add(char *out, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void add(char *out, size_t size, const char *format, ...)
{
    size_t length = strlen(out);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(out + length, size - length, format, arguments);
    va_end(arguments);
}

/* ", in operation 1044, which ended 210 ms ago when transaction/validate failed" */
static void add_owner(const struct deadlock_link *link, const char *ago, char *out, size_t size)
{
    if (link->operation >= 0)
        add(out, size, " in operation %" PRId64, link->operation);
    if (link->left_ms >= 0)
        add(out, size, "%s%s%s", link->operation >= 0 ? ", which ended" : ", left it",
            ago[0] != '\0' ? " " : "", ago);
    if (link->left_ms >= 0 && link->point[0] != '\0')
        add(out, size, " when %s failed", link->point);
    if (link->owner_ended)
        add(out, size, "; that thread has ended");
    if (link->left_ms >= 0 || link->owner_ended)
        add(out, size, ": nobody will release it");
    else if (link->owner_waits)
        add(out, size, ": it waits for itself");
}

void deadlock_words(const struct deadlock_link *link, const char *since, const char *ago, char *out,
                    size_t size)
{
    snprintf(out, size, "%s waits for %s (%s)%s%s", link->waiter, link->lock, link->waiting_at,
             since[0] != '\0' ? " " : "", since);
    if (link->joins)
        return;
    add(out, size, "; %s took it at %s", link->owner, link->taken_at);
    add_owner(link, ago, out, size);
}

void deadlock_story(const struct deadlock_result *deadlock, char *out, size_t size)
{
    out[0] = '\0';
    for (size_t i = 0; i < deadlock->link_count; i++) {
        char words[DEADLOCK_WORDS_MAX];
        deadlock_words(&deadlock->links[i], "", "", words, sizeof words);
        add(out, size, "%s%s", i > 0 ? "; " : "", words);
    }
}
