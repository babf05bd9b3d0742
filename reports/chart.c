/* Draws series on grids of characters: descriptors always, locks where they were the trouble. Each column of
 * a grid stands for a span of time and shows the whole range of what was seen in it, so that no peak is lost,
 * however long the run was. */
#include "chart.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

enum { ROWS_MAX = 13, LABEL_STEP = 3, SAMPLES_MIN = 8, WIDTH_MAX = 110 };

/* What is drawn over time. */
struct measure {
    const char *title;
    int rows;
    bool has_limit; /* that of descriptors */
    int64_t (*value)(const struct sample *sample);
};

struct canvas {
    const struct measure *measure;
    int width;
    int limit_row;                        /* -1: no limit is set */
    uint64_t top;                         /* value of the highest row */
    uint64_t end_ms;                      /* time of the right edge */
    uint8_t present[ROWS_MAX][WIDTH_MAX]; /* bit i: variant i passes here */
    bool deaths[ROWS_MAX][WIDTH_MAX];
};
static_assert(RESULT_VARIANTS_MAX <= 8, "a variant is a bit of a cell");

/* What was seen in one column: lowest and highest value. */
struct range {
    enum { UNSEEN, UNREADABLE, SEEN } state;
    int64_t low, high;
};

static int64_t descriptors(const struct sample *sample)
{
    return sample->fds;
}

static int64_t held_locks(const struct sample *sample)
{
    return sample->held_locks;
}

static int64_t waiting(const struct sample *sample)
{
    return sample->waiting;
}

static const struct measure measures[] = {
    {"Open descriptors over time", ROWS_MAX, true, descriptors},
    {"Locks that are held, over time", 7, false, held_locks},
    {"Threads that wait for a lock, over time", 7, false, waiting},
};
enum { MEASURES = sizeof measures / sizeof *measures };

static int row_of(const struct canvas *canvas, int64_t value)
{
    double share = (double)value / (double)canvas->top;
    int highest = canvas->measure->rows - 1;
    return share >= 1 ? highest : (int)(share * highest + 0.5);
}

static int column_of(const struct canvas *canvas, uint64_t t_ms)
{
    double share = (double)t_ms / (double)canvas->end_ms;
    return share >= 1 ? canvas->width - 1 : (int)(share * canvas->width);
}

static void collect(const struct canvas *canvas, const struct series *series, struct range *ranges)
{
    for (size_t i = 0; i < series->count; i++) {
        const struct sample *sample = &series->samples[i];
        struct range *range = &ranges[column_of(canvas, sample->t_ms)];
        int64_t value = canvas->measure->value(sample);
        if (value < 0) {
            if (range->state == UNSEEN)
                range->state = UNREADABLE;
            continue;
        }
        if (range->state != SEEN || value < range->low)
            range->low = value;
        if (range->state != SEEN || value > range->high)
            range->high = value;
        range->state = SEEN;
    }
}

/* Straight lines over columns without a sample of their own. What could not be read stays a gap. */
static void bridge(const struct canvas *canvas, struct range *ranges)
{
    int last = -1;
    for (int x = 0; x < canvas->width; x++) {
        if (ranges[x].state == UNREADABLE)
            last = -1;
        if (ranges[x].state != SEEN)
            continue;
        for (int gap = last + 1; last >= 0 && gap < x; gap++) {
            int64_t rise = (ranges[x].low - ranges[last].high) * (gap - last) / (x - last);
            ranges[gap] = (struct range){SEEN, ranges[last].high + rise, ranges[last].high + rise};
        }
        last = x;
    }
}

static bool has_died(const struct variant_result *variant)
{
    return variant->ended != ENDED_COMPLETED && variant->ended != ENDED_INTERRUPTED;
}

static enum hue line_hue(const struct variant_result *variant)
{
    return variant->leaks ? HUE_BAD : HUE_GOOD;
}

static void plot(struct canvas *canvas, const struct variant_result *variant, unsigned bit)
{
    struct range ranges[WIDTH_MAX] = {0};
    collect(canvas, &variant->series, ranges);
    bridge(canvas, ranges);

    int x_last = -1, top_last = 0, bottom_last = 0;
    for (int x = 0; x < canvas->width; x++) {
        if (ranges[x].state != SEEN)
            continue;
        int bottom = row_of(canvas, ranges[x].low), top = row_of(canvas, ranges[x].high);
        bool joined = x_last >= 0 && x_last == x - 1;
        for (int row = joined && top_last + 1 < bottom ? top_last + 1 : bottom; row <= top; row++)
            canvas->present[row][x] |= (uint8_t)(1u << bit);
        for (int row = top + 1; joined && row < bottom_last; row++)
            canvas->present[row][x] |= (uint8_t)(1u << bit);
        x_last = x;
        top_last = top;
        bottom_last = bottom;
    }
    if (x_last >= 0 && has_died(variant))
        canvas->deaths[top_last][x_last] = true;
}

/* Which of the variants of a cell shows: where several coincide, they take turns. */
static unsigned shown_at(uint8_t present, int x)
{
    int turn = x % __builtin_popcount(present);
    for (; turn > 0; turn--)
        present &= (uint8_t)(present - 1);
    return (unsigned)__builtin_ctz(present);
}

static void write_cell(const struct ink *ink, const struct result *result, const struct canvas *canvas,
                       int row, int x)
{
    uint8_t present = canvas->present[row][x];
    const char *sign = " ";
    enum hue hue = HUE_PLAIN;
    if (canvas->deaths[row][x]) {
        sign = ink->signs->death;
        hue = HUE_BAD;
    } else if (present != 0) {
        unsigned variant = shown_at(present, x);
        sign = ink->signs->lines[variant];
        hue = line_hue(&result->variants[variant]);
    } else if (row == canvas->limit_row) {
        sign = ink->signs->limit;
        hue = HUE_WARNING;
    }
    ink_begin(ink, hue);
    fputs(sign, ink->out);
    ink_end(ink, hue);
}

/* Number of columns of a row up to the last that is not blank. */
static int row_length(const struct canvas *canvas, int row)
{
    int length = canvas->width;
    while (length > 0 && row != canvas->limit_row && canvas->present[row][length - 1] == 0)
        length--;
    return length;
}

static void write_rows(const struct ink *ink, const struct result *result, const struct canvas *canvas,
                       int label_width)
{
    int highest = canvas->measure->rows - 1;
    for (int row = highest; row >= 0; row--) {
        char label[INK_NUMBER_MAX] = "";
        bool labelled = row % LABEL_STEP == 0;
        if (labelled)
            ink_number(label, canvas->top * (uint64_t)row / (uint64_t)highest);
        fprintf(ink->out, "%*s %s", label_width, label, labelled ? ink->signs->mark : ink->signs->vertical);
        int length = row_length(canvas, row);
        for (int x = 0; x < length; x++)
            write_cell(ink, result, canvas, row, x);
        putc('\n', ink->out);
    }
}

/* The smallest pleasant step that leaves at least ten columns between two ticks. */
static uint64_t tick_step_ms(const struct canvas *canvas)
{
    static const uint64_t second = 1000, minute = 60 * second, hour = 60 * minute;
    const uint64_t steps[] = {
        1,           2,        5,          10,         20,          50,          100,
        200,         500,      second,     2 * second, 5 * second,  10 * second, 15 * second,
        30 * second, minute,   2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute,
        hour,        2 * hour, 4 * hour,   8 * hour,   12 * hour,   24 * hour,
    };
    size_t count = sizeof steps / sizeof *steps, i = 0;
    while (i < count - 1 && steps[i] * (uint64_t)canvas->width < 10 * canvas->end_ms)
        i++;
    uint64_t step = steps[i];
    while (step * (uint64_t)canvas->width < 10 * canvas->end_ms)
        step *= 2;
    return step;
}

/* Round times, all in the unit of the axis' step. */
static void tick_label(char *label, uint64_t ms, uint64_t step_ms, uint64_t end_ms)
{
    if (end_ms <= 1000)
        snprintf(label, INK_NUMBER_MAX, "%" PRIu64 " ms", ms);
    else if (step_ms % 1000 != 0)
        snprintf(label, INK_NUMBER_MAX, "%" PRIu64 ".%" PRIu64 " s", ms / 1000, ms % 1000 / 100);
    else if (step_ms % 60000 != 0)
        snprintf(label, INK_NUMBER_MAX, "%" PRIu64 " s", ms / 1000);
    else if (step_ms % 3600000 != 0)
        snprintf(label, INK_NUMBER_MAX, "%" PRIu64 " min", ms / 60000);
    else
        snprintf(label, INK_NUMBER_MAX, "%" PRIu64 " h", ms / 3600000);
}

static void write_time_axis(const struct ink *ink, const struct canvas *canvas, int label_width)
{
    bool ticks[WIDTH_MAX] = {false};
    char labels[WIDTH_MAX + 1];
    memset(labels, ' ', sizeof labels);
    uint64_t step = tick_step_ms(canvas);
    int used = 0;
    for (uint64_t t_ms = step; t_ms < canvas->end_ms; t_ms += step) {
        char label[INK_NUMBER_MAX];
        tick_label(label, t_ms, step, canvas->end_ms);
        int x = column_of(canvas, t_ms), length = (int)strlen(label), start = x - length / 2;
        ticks[x] = true;
        if (start < used || start + length > canvas->width)
            continue;
        memcpy(labels + start, label, (size_t)length);
        used = start + length;
    }
    fprintf(ink->out, "%*s %s", label_width, "", ink->signs->corner);
    for (int x = 0; x < canvas->width; x++)
        fputs(ticks[x] ? ink->signs->tick : ink->signs->horizontal, ink->out);
    fprintf(ink->out, "\n%*s%.*s\n", label_width + 2, "", used, labels);
}

/* Writes one entry of the legend, on a new line if `*used` leaves no room for it. */
static void write_entry(const struct ink *ink, int *used, const char *sign, enum hue hue, const char *text)
{
    int length = 2 + (int)strlen(text);
    bool first = *used == 0, fits = *used + 3 + length <= ink->columns;
    fputs(first ? "" : fits ? "   " : "\n", ink->out);
    *used = (first || !fits ? 0 : *used + 3) + length;
    ink_begin(ink, hue);
    fputs(sign, ink->out);
    ink_end(ink, hue);
    putc(' ', ink->out);
    ink_text(ink, text);
}

static void write_legend(const struct ink *ink, const struct result *result)
{
    char text[RESULT_NAME_MAX + 64], number[INK_NUMBER_MAX];
    int used = 0;
    for (size_t i = 0; i < result->variant_count; i++) {
        const struct variant_result *variant = &result->variants[i];
        write_entry(ink, &used, ink->signs->lines[i], line_hue(variant), variant->name);
    }
    if (result->limit_fds > 0) {
        snprintf(text, sizeof text, "limit %s", ink_number(number, result->limit_fds));
        write_entry(ink, &used, ink->signs->limit, HUE_WARNING, text);
    }
    for (size_t i = 0; i < result->variant_count; i++) {
        const struct variant_result *variant = &result->variants[i];
        if (!has_died(variant))
            continue;
        snprintf(text, sizeof text, "%s: %s after %s", variant->name, ended_name(variant->ended),
                 ink_duration(number, variant->duration_ms));
        write_entry(ink, &used, ink->signs->death, HUE_BAD, text);
    }
    putc('\n', ink->out);
}

/* The highest value of the measure in any sample; 0: there is nothing to show. */
static int64_t highest_of(const struct result *result, const struct measure *measure)
{
    int64_t highest = 0;
    for (size_t i = 0; i < result->variant_count; i++) {
        const struct series *series = &result->variants[i].series;
        for (size_t k = 0; k < series->count; k++)
            if (measure->value(&series->samples[k]) > highest)
                highest = measure->value(&series->samples[k]);
    }
    return highest;
}

/* The value of the highest row: such that all labels are whole numbers. */
static uint64_t top_of(const struct result *result, const struct measure *measure)
{
    uint64_t highest = (uint64_t)highest_of(result, measure);
    uint64_t lowest = measure->has_limit ? result->limit_fds : 0;
    uint64_t labels = (uint64_t)(measure->rows - 1) / LABEL_STEP;
    uint64_t needed = highest > lowest ? highest : lowest > 0 ? lowest : 1;
    return (needed + labels - 1) / labels * labels;
}

static void write_chart(const struct ink *ink, const struct result *result, const struct measure *measure,
                        uint64_t end_ms, int label_width)
{
    struct canvas canvas = {.measure = measure,
                            .width = ink->columns - label_width - 2,
                            .limit_row = -1,
                            .top = top_of(result, measure),
                            .end_ms = end_ms};
    if (canvas.width > WIDTH_MAX)
        canvas.width = WIDTH_MAX;
    if (measure->has_limit && result->limit_fds > 0)
        canvas.limit_row = row_of(&canvas, (int64_t)result->limit_fds);
    for (size_t i = 0; i < result->variant_count; i++)
        plot(&canvas, &result->variants[i], (unsigned)i);
    fprintf(ink->out, "%s\n", measure->title);
    write_rows(ink, result, &canvas, label_width);
    write_time_axis(ink, &canvas, label_width);
}

/* Locks come and go in any program with threads: that is no picture of anything unless some stayed. */
static bool is_shown(const struct result *result, const struct measure *measure)
{
    bool stayed = false;
    for (size_t i = 0; i < result->variant_count; i++)
        stayed |= result->variants[i].locks.left > 0 || result->variants[i].deadlock.link_count > 0;
    return measure->has_limit || (stayed && highest_of(result, measure) > 0);
}

/* One under the other, with the same axis of time, and one legend. */
static void write_charts(const struct ink *ink, const struct result *result, uint64_t end_ms)
{
    int label_width = 0;
    for (size_t i = 0; i < MEASURES; i++) {
        char widest[INK_NUMBER_MAX];
        int width = (int)strlen(ink_number(widest, top_of(result, &measures[i])));
        if (is_shown(result, &measures[i]) && width > label_width)
            label_width = width;
    }
    for (size_t i = 0; i < MEASURES; i++)
        if (is_shown(result, &measures[i]))
            write_chart(ink, result, &measures[i], end_ms, label_width);
    write_legend(ink, result);
}

void chart_write(const struct ink *ink, const struct result *result)
{
    uint64_t end_ms = 1;
    size_t samples = 0;
    for (size_t i = 0; i < result->variant_count; i++) {
        const struct series *series = &result->variants[i].series;
        samples += series->count;
        if (series->count > 0 && series->samples[series->count - 1].t_ms > end_ms)
            end_ms = series->samples[series->count - 1].t_ms;
    }
    if (samples == 0)
        fputs("No descriptors were sampled, so there is no chart.\n", ink->out);
    else if (result->program != NULL && samples < SAMPLES_MIN)
        fputs("It ended too soon for a chart of its descriptors over time (--sample 1ms looks closer).\n",
              ink->out);
    else
        write_charts(ink, result, end_ms);
}
