/* Decides which samples of a long run are kept: see the header for the rule. One place of the room is held
 * back for the newest sample, which a merge may have dropped in favour of the peak. */
#include "supervise/series.h"

#include <errno.h>
#include <stdlib.h>

int series_begin(struct series_collector *out)
{
    struct sample *samples = malloc(SERIES_MAX * sizeof *samples);
    if (samples == NULL)
        return -ENOMEM;
    *out = (struct series_collector){.series = {.samples = samples}, .stride = 1, .fds_peak = -1};
    return 0;
}

/* The one of two neighbours that stays. The first sample of the peak's height is the peak. */
static struct sample merged(const struct series_collector *collector, struct sample earlier,
                            struct sample later)
{
    return earlier.fds == collector->fds_peak && later.fds < collector->fds_peak ? earlier : later;
}

static void halve(struct series_collector *collector)
{
    struct series *series = &collector->series;
    size_t pairs = series->count / 2;
    for (size_t i = 0; i < pairs; i++)
        series->samples[i] = merged(collector, series->samples[2 * i], series->samples[2 * i + 1]);
    series->count = pairs;
    collector->stride *= 2;
}

void series_add(struct series_collector *collector, const struct sample *sample)
{
    struct series *series = &collector->series;
    if (sample->fds > collector->fds_peak)
        collector->fds_peak = sample->fds;
    collector->newest = *sample;
    collector->newest_kept = true;

    if (series->count == 0 || collector->in_bucket == collector->stride) {
        if (series->count == SERIES_MAX - 2)
            halve(collector);
        series->samples[series->count++] = *sample;
        collector->in_bucket = 1;
        return;
    }
    struct sample *last = &series->samples[series->count - 1];
    *last = merged(collector, *last, *sample);
    collector->newest_kept = last->t_ms == sample->t_ms && last->fds == sample->fds;
    collector->in_bucket++;
}

struct series series_end(struct series_collector *collector)
{
    struct series series = collector->series;
    if (series.count > 0 && !collector->newest_kept)
        series.samples[series.count++] = collector->newest;
    collector->series = (struct series){0};
    return series;
}
