/* Decides which figures are followed over nights, and how they stand beside one another. */
#include "trend.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

static void write_number(const struct ink *ink, uint64_t value, int width, bool known)
{
    char number[INK_NUMBER_MAX];
    ink_right(ink, known ? ink_number(number, value) : ink->signs->nothing, width, HUE_PLAIN);
}

/* Per thousand faults, with one decimal. */
static void write_leaks(const struct ink *ink, const struct store_day *day, int width)
{
    bool known = day->leaked_known && day->faults > 0;
    char text[INK_NUMBER_MAX];
    snprintf(text, sizeof text, "%.1f", known ? 1000.0 * (double)day->leaked / (double)day->faults : 0.0);
    ink_right(ink, known ? text : ink->signs->nothing, width, HUE_PLAIN);
}

static void write_coverage(const struct ink *ink, const struct store_day *day, int width)
{
    char text[INK_NUMBER_MAX];
    snprintf(text, sizeof text, "%" PRIu64 "/%" PRIu64, day->contexts_failed, day->contexts);
    ink_right(ink, day->contexts > 0 ? text : ink->signs->nothing, width, HUE_PLAIN);
}

static void write_head(const struct ink *ink, const char *subject)
{
    static const struct {
        const char *name;
        int width;
    } columns[] = {{"runs", 6},        {"operations", 13}, {"faults", 11}, {"faults/s", 10}, {"findings", 9},
                   {"leaks/1000", 11}, {"EMFILE at", 11},  {"points", 7},  {"contexts", 11}};
    ink_begin(ink, HUE_STRONG);
    ink_text(ink, subject);
    ink_end(ink, HUE_STRONG);
    fputs("\n  day       ", ink->out);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        ink_right(ink, columns[i].name, columns[i].width, HUE_FAINT);
    fputc('\n', ink->out);
}

static void write_day(const struct ink *ink, const struct store_day *day)
{
    fprintf(ink->out, "  %-10s", day->day);
    write_number(ink, day->runs, 6, true);
    write_number(ink, day->operations, 13, true);
    write_number(ink, day->faults, 11, true);
    write_number(ink, day->duration_ms > 0 ? day->faults * 1000 / day->duration_ms : 0, 10,
                 day->duration_ms > 0);
    write_number(ink, day->findings, 9, true);
    write_leaks(ink, day, 11);
    write_number(ink, day->emfile_operation, 11, day->emfile_operation > 0);
    write_number(ink, day->points, 7, day->points > 0);
    write_coverage(ink, day, 11);
    fputc('\n', ink->out);
}

static void write_history(const struct ink *ink, const struct store_history *history)
{
    fprintf(ink->out, "  %s to %s, %" PRIu64 " run%s: %s", history->first, history->last, history->runs,
            text_plural(history->runs), history->kind);
    if (history->place[0] != '\0') {
        fputs(" at ", ink->out);
        ink_text(ink, history->place);
    }
    if (history->point[0] != '\0') {
        fputs(" after ", ink->out);
        ink_text(ink, history->point);
    }
    fprintf(ink->out, "  %016" PRIx64 "\n", history->signature);
}

void trend_write(const struct ink *ink, const struct store_trend *trend)
{
    size_t next = 0; /* both lists are in the order of their subjects */
    for (size_t i = 0; i < trend->day_count; i++) {
        const char *subject = trend->days[i].subject;
        if (i == 0 || strcmp(subject, trend->days[i - 1].subject) != 0)
            write_head(ink, subject);
        write_day(ink, &trend->days[i]);
        if (i + 1 < trend->day_count && strcmp(subject, trend->days[i + 1].subject) == 0)
            continue;
        for (; next < trend->history_count && strcmp(trend->histories[next].subject, subject) == 0; next++)
            write_history(ink, &trend->histories[next]);
        fputc('\n', ink->out);
    }
}
