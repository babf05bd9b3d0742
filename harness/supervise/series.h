/* Collects samples into a series of bounded size, however long the run.
 *
 * When the room is full, neighbours are merged and each sample stands for twice the time. A merge keeps
 * the later sample, unless the earlier one holds the most descriptors of the whole series: the peak is
 * never lost, and neither is the newest sample. Times stay in order. */
#pragma once

#include <stdbool.h>

#include "oracle/result.h"

enum { SERIES_MAX = 2048 };

struct series_collector {
    struct series series;
    size_t stride;    /* samples that one of the series stands for, a power of 2 */
    size_t in_bucket; /* samples that the series' last one stands for by now */
    int64_t fds_peak; /* of all samples, -1: never known */
    struct sample newest;
    bool newest_kept; /* the series' last sample is the newest one */
};

/* Begins an empty series. Returns 0 or -ENOMEM. The samples are the caller's: free(series.samples). */
int series_begin(struct series_collector *out);

/* Adds the next sample in time. */
void series_add(struct series_collector *collector, const struct sample *sample);

/* The series as it stands, at most SERIES_MAX samples, the newest at the end. The samples go over to the
 * caller; nothing can be added afterwards. */
struct series series_end(struct series_collector *collector);
