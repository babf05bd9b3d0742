/* Puts findings into words: what stayed or went wrong, where it was taken, what failed before it. One line
 * each, however long, so that a search finds it whole. */
#include "findings.h"

#include "deadlock.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

enum { SHOWN_MAX = 10 };

static void write_number(const struct ink *ink, uint64_t value)
{
    char number[INK_NUMBER_MAX];
    fputs(ink_number(number, value), ink->out);
}

/* `before` and the text, if there is any. */
static void write_with(const struct ink *ink, const char *before, const char *text)
{
    if (text[0] == '\0')
        return;
    fputs(before, ink->out);
    ink_text(ink, text);
}

/* What a finding says: what went wrong, and what stands before its two places, NULL where it has none. */
static const struct phrase {
    const char *what, *before_site, *before_taken;
} kind_phrases[] = {
    [FINDING_LEAKED_DESCRIPTOR] = {"leaked descriptor", NULL, ", taken at "},
    [FINDING_DOUBLE_CLOSE] = {"double close", " at ", ", of a descriptor taken at "},
    [FINDING_FOREIGN_CLOSE] = {"close of another operation's descriptor", " at ", ", taken at "},
    [FINDING_UNACCOUNTED_DESCRIPTORS] = {"kernel and ledger disagree about the open descriptors at the end",
                                         NULL, NULL},
    [FINDING_TEMP_FILES] = {"temporary files left behind", NULL, NULL},
    [FINDING_TORN_RESULTS] = {"stored results that are not whole", NULL, NULL},
    [FINDING_LEAKED_MEMORY] = {"leaked memory", NULL, ", allocated at "},
    [FINDING_LEFT_LOCK] = {"lock left held", NULL, ", taken at "},
    [FINDING_FOREIGN_UNLOCK] = {"unlock by a thread that does not hold the lock", " at ",
                                ", taken by another at "},
    [FINDING_DOUBLE_UNLOCK] = {"double unlock", " at ", NULL},
    [FINDING_DESTROYED_LOCK] = {"lock destroyed while it is held", " at ", ", taken at "},
    [FINDING_LOCK_INVERSION] = {"two locks taken in two orders", ", the second at ",
                                ", in the other order at "},
    [FINDING_LEAKED_RESOURCE] = {"leaked ", NULL, ", taken at "},
    [FINDING_UNRELEASED_DESCRIPTOR] = {"descriptor open at the end", NULL, ", taken at "},
    [FINDING_UNREAPED_CHILD] = {"child not waited for", NULL, ", started at "},
    [FINDING_UNJOINED_THREAD] = {"thread never joined", NULL, ", started at "},
    [FINDING_LEFT_TEMP_FILE] = {"temporary file left behind", NULL, ", made at "},
    [FINDING_ERROR_EXIT] = {"ended with an error", NULL, NULL},
    [FINDING_UNSEEN_DESCRIPTOR] = {"descriptor open at the end, which no wrapper saw being taken", NULL,
                                   NULL},
    [FINDING_UNRELEASED_LOCK] = {"lock held at the end", NULL, ", taken at "},
    [FINDING_EXHAUSTION] = {"no descriptor was left (EMFILE)", NULL, NULL},
    [FINDING_SANITIZER] = {"a sanitizer reported", NULL, NULL},
    [FINDING_UNHELD_RELEASE] = {"release of what nobody has: ", " at ", NULL},
    [FINDING_UNENDED_OPERATION] = {"operation never ended", NULL, ", begun at "},
};

static_assert(sizeof kind_phrases / sizeof *kind_phrases == FINDING_KINDS, "each kind has its phrase");

static void write_kind(const struct ink *ink, const struct finding *finding)
{
    const struct phrase *phrase = &kind_phrases[finding->kind];
    bool is_inversion =
        finding->kind == FINDING_LOCK_INVERSION; /* its first order was met before the other */
    const char *site = is_inversion ? finding->taken_at : finding->site;
    const char *taken = is_inversion ? finding->site : finding->taken_at;
    fputs(phrase->what, ink->out);
    if (finding->kind == FINDING_LEAKED_RESOURCE || finding->kind == FINDING_UNHELD_RELEASE)
        ink_text(ink, finding->resource);
    if (finding->kind == FINDING_LEAKED_MEMORY) {
        fputs(", ", ink->out);
        write_number(ink, finding->bytes);
        fputs(" bytes", ink->out);
    }
    if (phrase->before_site != NULL)
        write_with(ink, phrase->before_site, site);
    if (phrase->before_taken != NULL)
        write_with(ink, phrase->before_taken, taken);
}

/* Whether the finding belongs to an operation, and not to the run as a whole. */
static bool has_operation(const struct finding *finding)
{
    return finding->kind == FINDING_LEAKED_DESCRIPTOR || finding->kind == FINDING_DOUBLE_CLOSE ||
           finding->kind == FINDING_FOREIGN_CLOSE || finding->kind == FINDING_LEAKED_MEMORY ||
           finding->kind == FINDING_LEAKED_RESOURCE || finding->kind == FINDING_LEFT_LOCK ||
           finding->kind == FINDING_UNHELD_RELEASE || finding->kind == FINDING_UNENDED_OPERATION;
}

static void write_cause(const struct ink *ink, const struct finding *finding)
{
    if (finding->point[0] != '\0') {
        fputs(", when ", ink->out);
        ink_text(ink, finding->point);
        fputs(" failed", ink->out);
    } else if (finding->error != 0) {
        fprintf(ink->out, ", in an operation that failed by itself with %s", plan_errno_name(finding->error));
    } else if (has_operation(finding) && finding->in_operation &&
               finding->kind != FINDING_UNENDED_OPERATION) {
        fputs(", in an operation in which nothing failed", ink->out);
    }
}

static void write_finding(const struct ink *ink, const struct finding *finding)
{
    fputs("  ", ink->out);
    if (finding->informational)
        fputs("for information: ", ink->out);
    write_kind(ink, finding);
    write_cause(ink, finding);
    fputs(" (", ink->out);
    write_number(ink, finding->count);
    if (has_operation(finding)) {
        fprintf(ink->out, " time%s", text_plural(finding->count));
        const char *first = finding->point[0] != '\0' ? "; first at "
                            : finding->in_operation   ? "; first in operation "
                                                      : "; first in thread ";
        write_with(ink, first, finding->coordinate);
    }
    fputs(")\n", ink->out);
}

static const char *ended_phrase(enum ended ended)
{
    static const char *const phrases[] = {
        [ENDED_COMPLETED] = "did all its work",
        [ENDED_EMFILE] = "ran out of descriptors (EMFILE) and died",
        [ENDED_DEADLOCK] = "deadlocked",
        [ENDED_CRASH] = "crashed",
        [ENDED_KILLED] = "was killed from outside",
        [ENDED_EXITED] = "exited before its work was done",
        [ENDED_HANG] = "hung: no operation ended any more",
        [ENDED_DISK_FULL] = "ran out of disk space and died",
        [ENDED_INTERRUPTED] = "was interrupted",
        [ENDED_OUTSTAYED] = "did not end within 2 seconds after its time was over (SIGTERM), and was killed",
    };
    return phrases[ended];
}

/* Of a program of the user's nobody knows what its work was. */
static const char *program_phrase(const struct variant_result *variant)
{
    bool has_marks = variant->operations.started > 0;
    return variant->ended == ENDED_COMPLETED            ? "ended"
           : variant->ended == ENDED_EXITED             ? "ended with an error"
           : variant->ended == ENDED_HANG && !has_marks ? "hung: it came to a standstill"
                                                        : ended_phrase(variant->ended);
}

/* A crash or a hang is found, too. */
static bool is_all_well(const struct variant_result *variant)
{
    bool by_itself = variant->ended == ENDED_COMPLETED || variant->ended == ENDED_EXITED ||
                     variant->ended == ENDED_INTERRUPTED;
    return by_itself && variant->finding_count == 0;
}

/* What a whole operation or program did wrong has no fault of its own: the last one is the first to be
 * suspected. */
static void write_last_fault(const struct ink *ink, const struct variant_result *variant, bool is_program)
{
    bool suspected = variant->ended == ENDED_CRASH || variant->ended == ENDED_HANG ||
                     (is_program && !is_all_well(variant));
    if (variant->faults.last[0] == '\0' || !suspected)
        return;
    write_with(ink, "  the last fault before: ", variant->faults.last);
    if (variant->faults.last_error != 0)
        fprintf(ink->out, " (%s)", plan_errno_name(variant->faults.last_error));
    putc('\n', ink->out);
}

static void write_ending(const struct ink *ink, const struct variant_result *variant, bool is_program)
{
    ink_begin(ink, HUE_STRONG);
    ink_text(ink, variant->name);
    ink_end(ink, HUE_STRONG);
    fprintf(ink->out, " %s", is_program ? program_phrase(variant) : ended_phrase(variant->ended));
    bool by_us = variant->ended == ENDED_HANG || variant->ended == ENDED_DEADLOCK ||
                 variant->ended == ENDED_INTERRUPTED || variant->ended == ENDED_OUTSTAYED;
    const char *name = variant->signal != 0 && !by_us ? sigabbrev_np(variant->signal) : NULL;
    if (name != NULL)
        fprintf(ink->out, ", by SIG%s", name);
    else if (variant->signal != 0 && !by_us)
        fprintf(ink->out, ", by signal %d", variant->signal);
    if (variant->exit_status > 0)
        fprintf(ink->out, ", with exit status %d", variant->exit_status);
    fputs(is_all_well(variant) ? "; nothing was found\n" : "\n", ink->out);
    write_with(ink, "  its last words: ", variant->last_words);
    if (variant->last_words[0] != '\0')
        putc('\n', ink->out);
    write_last_fault(ink, variant, is_program);
}

static void write_reservations(const struct ink *ink, const struct variant_result *variant, bool is_program)
{
    if (variant->note[0] != '\0') {
        write_with(ink, "  ", variant->note);
        putc('\n', ink->out);
    }
    bool ended = variant->ended == ENDED_COMPLETED || variant->ended == ENDED_EXITED;
    if (is_program && ended && !variant->settled)
        fputs("  it ended by a way that cannot be watched: what it held then is not known\n", ink->out);
    if (is_program && variant->children.started > 0) {
        fputs("  what the ", ink->out);
        write_number(ink, variant->children.started);
        fprintf(ink->out, " process%s that it started did was not watched\n",
                variant->children.started == 1 ? "" : "es");
    }
    if (variant->events_lost > 0) {
        fputs("  ", ink->out);
        write_number(ink, variant->events_lost);
        fprintf(ink->out, " event%s could not be itemised; the totals are exact all the same\n",
                text_plural(variant->events_lost));
    }
    if (variant->threads_unrecorded > 0) {
        fputs("  ", ink->out);
        write_number(ink, variant->threads_unrecorded);
        fprintf(ink->out, " thread%s could not be recorded; their operations are not in the totals\n",
                text_plural(variant->threads_unrecorded));
    }
}

void findings_write(const struct ink *ink, const struct result *result)
{
    for (size_t i = 0; i < result->variant_count; i++) {
        const struct variant_result *variant = &result->variants[i];
        size_t shown = variant->finding_count < SHOWN_MAX ? variant->finding_count : SHOWN_MAX;
        if (i > 0)
            putc('\n', ink->out);
        write_ending(ink, variant, result->program != NULL);
        deadlock_write(ink, &variant->deadlock);
        for (size_t k = 0; k < shown; k++)
            write_finding(ink, &variant->findings[k]);
        size_t hidden = variant->finding_count - shown;
        if (hidden > 0)
            fprintf(ink->out, "  and %zu more finding%s: --json FILE has them all\n", hidden,
                    text_plural(hidden));
        write_reservations(ink, variant, result->program != NULL);
    }
}
