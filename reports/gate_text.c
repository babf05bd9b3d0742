/* A gate for people: the verdict, each command with what it was to prove, then what is new and what is gone.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "gate.h"
#include "oracle/chance.h"
#include "verdict.h"

enum { SUBJECT_WIDTH = 28, CONFIDENCE_PERCENT = 95 };

char *gate_story(const struct gate_finding *finding, char *out, size_t size)
{
    char place[RESULT_PLACE_MAX + 16] = "";
    if (finding->line != 0)
        snprintf(place, sizeof place, "%s:%u", finding->file, finding->line);
    else
        snprintf(place, sizeof place, "%s", finding->file);
    snprintf(
        out, size, "%s%s%s%s%s%s%s%s%s%s%s%s", finding->kind, finding->resource[0] != '\0' ? " of " : "",
        finding->resource, place[0] != '\0' ? ", at " : "", place, finding->function[0] != '\0' ? " in " : "",
        finding->function, finding->point[0] != '\0' ? ", when " : "", finding->point,
        finding->error[0] != '\0' ? " failed with " : "", finding->error, finding->flaky ? " (flaky)" : "");
    return out;
}

/* "7.3e-5": two digits, rounded up, so that it is still a bound. */
static void write_bound(double bound, char *out, size_t size)
{
    int exponent = (int)floor(log10(bound));
    double digits = ceil(bound / pow(10, exponent - 1) - 1e-9);
    if (digits >= 100) {
        digits /= 10;
        exponent++;
    }
    snprintf(out, size, "%.1fe%d", digits / 10, exponent);
}

char *gate_chance(const struct gate_subject *subject, char *out, size_t size)
{
    char bound[32], hits[INK_NUMBER_MAX], faults[INK_NUMBER_MAX];
    out[0] = '\0';
    if (!subject->by_chance || subject->control || subject->faults == 0)
        return out;
    write_bound(chance_below(subject->hits, subject->faults, CONFIDENCE_PERCENT / 100.0), bound,
                sizeof bound);
    snprintf(out, size, "%s leak%s in %s fault%s: below %s per fault at %d %%",
             ink_number(hits, subject->hits), text_plural(subject->hits), ink_number(faults, subject->faults),
             text_plural(subject->faults), bound, CONFIDENCE_PERCENT);
    return out;
}

static void write_state(const struct ink *ink, const struct gate_guarantee *guarantee)
{
    static const enum hue hues[GATE_STATES] = {
        [GATE_HELD] = HUE_GOOD, [GATE_BROKEN] = HUE_BAD, [GATE_DEAD] = HUE_BAD, [GATE_UNDONE] = HUE_WARNING};
    bool caught = guarantee->promise == GATE_CONTROL && guarantee->state == GATE_HELD;
    fputs("  ", ink->out);
    ink_left(ink, caught ? "caught" : gate_state_name(guarantee->state), 8, hues[guarantee->state]);
    ink_left(ink, guarantee->subject, SUBJECT_WIDTH, HUE_PLAIN);
}

/* One line for a subject whose guarantees all hold, and one for each that does not. Returns how many
 * guarantees it was. */
static size_t write_subject(const struct ink *ink, const struct gate_guarantee *first, size_t left)
{
    const struct gate_subject *subject = gate_subject_of(first->part, first->subject);
    char number[INK_NUMBER_MAX], chance[128];
    size_t count = 0, failed = 0;
    for (; count < left && first[count].part == first->part &&
           strcmp(first[count].subject, first->subject) == 0;
         count++) {
        if (first[count].state == GATE_HELD)
            continue;
        failed++;
        write_state(ink, &first[count]);
        putc(' ', ink->out);
        ink_text(ink, first[count].why);
        putc('\n', ink->out);
    }
    if (failed > 0 || subject == NULL)
        return count;
    write_state(ink, first);
    if (gate_chance(subject, chance, sizeof chance)[0] != '\0')
        fprintf(ink->out, " %s\n", chance);
    else
        fprintf(ink->out, " %s %s%s\n", ink_number(number, subject->faults), gate_noun(subject),
                text_plural(subject->faults));
    return count;
}

static void write_guarantees(const struct ink *ink, const struct gate_verdict *verdict)
{
    const struct gate_part *part = NULL;
    for (size_t i = 0; i < verdict->guarantee_count;) {
        const struct gate_guarantee *first = &verdict->guarantees[i];
        if (first->part != part) {
            putc('\n', ink->out);
            ink_text(ink, first->part->command);
            putc('\n', ink->out);
        }
        part = first->part;
        i += write_subject(ink, first, verdict->guarantee_count - i);
    }
}

static size_t count_news(const struct gate_verdict *verdict, enum gate_age age)
{
    size_t count = 0;
    for (size_t i = 0; i < verdict->news_count; i++)
        count += verdict->news[i].age == age;
    return count;
}

static void write_news(const struct ink *ink, const struct gate_verdict *verdict, enum gate_age age,
                       const char *title)
{
    char story[768];
    if (count_news(verdict, age) == 0)
        return;
    fprintf(ink->out, "\n%s\n", title);
    for (size_t i = 0; i < verdict->news_count; i++) {
        const struct gate_news *news = &verdict->news[i];
        if (news->age != age)
            continue;
        fputs("  ", ink->out);
        ink_text(ink, news->subject);
        fputs(": ", ink->out);
        ink_text(ink, gate_story(news->finding, story, sizeof story));
        fputs("\n", ink->out);
        if (age == GATE_NEW && news->finding->replay[0] != '\0') {
            fputs("    ", ink->out);
            ink_text(ink, news->finding->replay);
            putc('\n', ink->out);
        }
    }
}

void gate_write(const struct ink *ink, const struct gate_verdict *verdict)
{
    char number[INK_NUMBER_MAX];
    verdict_write(ink, verdict->verdict);
    fprintf(ink->out, "%s\n", verdict->sentence);
    write_guarantees(ink, verdict);
    write_news(ink, verdict, GATE_NEW, "new findings");
    write_news(ink, verdict, GATE_GONE,
               "gone since the baseline was recorded (--update takes them out of it)");
    if (count_news(verdict, GATE_KNOWN) > 0)
        fprintf(ink->out, "\nknown from the baseline: %s\n",
                ink_number(number, count_news(verdict, GATE_KNOWN)));
}
