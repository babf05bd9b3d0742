/* Tells a deadlock, each thread that waits on a line of its own, and when it was seen, by whom. */
#include "deadlock.h"

#include "oracle/deadlock.h"

static void write_link(const struct ink *ink, const struct deadlock_link *link)
{
    char age[INK_NUMBER_MAX], since[INK_NUMBER_MAX + 8], ago[INK_NUMBER_MAX + 8] = "";
    char words[DEADLOCK_WORDS_MAX];
    snprintf(since, sizeof since, "since %s", ink_duration(age, link->waits_ms));
    if (link->left_ms >= 0)
        snprintf(ago, sizeof ago, "%s ago", ink_duration(age, (uint64_t)link->left_ms));
    deadlock_words(link, since, ago, words, sizeof words);
    fputs("    ", ink->out);
    ink_text(ink, words);
    putc('\n', ink->out);
}

static const char *heading_of(const struct deadlock_result *deadlock)
{
    const struct deadlock_link *first = &deadlock->links[0];
    if (deadlock->cycle)
        return "deadlock: a cycle of threads that wait for one another";
    if (first->owner_waits && !first->owner_ended && first->left_ms < 0)
        return "deadlock: a thread that waits for a lock which it holds itself";
    return "deadlock: a lock that was abandoned";
}

void deadlock_write(const struct ink *ink, const struct deadlock_result *deadlock)
{
    char after[INK_NUMBER_MAX], age[INK_NUMBER_MAX];
    if (deadlock->link_count == 0)
        return;
    fprintf(ink->out, "  %s, found after %s, when it had stood for %s:\n", heading_of(deadlock),
            ink_duration(after, deadlock->detected_ms), ink_duration(age, deadlock->age_ms));
    for (size_t i = 0; i < deadlock->link_count; i++)
        write_link(ink, &deadlock->links[i]);
    if (deadlock->witness == WITNESS_AGREES)
        fputs("    the kernel and the locks themselves say so, too\n", ink->out);
    else if (deadlock->witness == WITNESS_DISAGREES)
        fputs("    the kernel or the locks themselves do not say so: the ledger may be wrong\n", ink->out);
}
