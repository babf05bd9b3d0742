/* Tells a deadlock as lockdep does: each thread with what it waits for, where, and since when; then who took
 * that, where, and why he will not give it back. */
#include "deadlock.h"

#include <inttypes.h>

/* ", in operation 1044, which ended 210 ms ago when transaction/validate failed" */
static void write_owner(const struct ink *ink, const struct deadlock_link *link)
{
    char age[INK_NUMBER_MAX];
    if (link->operation >= 0)
        fprintf(ink->out, " in operation %" PRId64, link->operation);
    if (link->left_ms >= 0) {
        fprintf(ink->out, "%s %s ago", link->operation >= 0 ? ", which ended" : ", left it",
                ink_duration(age, (uint64_t)link->left_ms));
        if (link->point[0] != '\0') {
            fputs(" when ", ink->out);
            ink_text(ink, link->point);
            fputs(" failed", ink->out);
        }
    }
    if (link->owner_ended)
        fputs("; that thread has ended", ink->out);
    if (link->left_ms >= 0 || link->owner_ended)
        fputs(": nobody will release it", ink->out);
    else if (link->owner_waits)
        fputs(": it waits for itself", ink->out);
}

static void write_link(const struct ink *ink, const struct deadlock_link *link)
{
    char age[INK_NUMBER_MAX];
    fputs("    ", ink->out);
    ink_text(ink, link->waiter);
    fputs(" waits for ", ink->out);
    ink_text(ink, link->lock);
    fputs(" (", ink->out);
    ink_text(ink, link->waiting_at);
    fprintf(ink->out, ") since %s", ink_duration(age, link->waits_ms));
    if (link->joins) {
        putc('\n', ink->out);
        return;
    }
    fputs("; ", ink->out);
    ink_text(ink, link->owner);
    fputs(" took it at ", ink->out);
    ink_text(ink, link->taken_at);
    write_owner(ink, link);
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
