/* A series stays bounded and loses neither the peak, nor the end, nor the order. */
#include "supervise/series.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* Adds `count` samples a second apart, with 3 descriptors but for `peak_fds` at `peak`. */
static struct series collect(size_t count, size_t peak, int64_t peak_fds)
{
    struct series_collector collector;
    cr_assert_eq(series_begin(&collector), 0);
    for (size_t i = 0; i < count; i++)
        series_add(&collector, &(struct sample){.t_ms = 1000 * i,
                                                .fds = i == peak        ? peak_fds
                                                       : i == count - 1 ? -1
                                                                        : 3,
                                                .operations = i});
    return series_end(&collector);
}

static bool holds_peak(const struct series *series, size_t peak, int64_t peak_fds)
{
    for (size_t i = 0; i < series->count; i++)
        if (series->samples[i].t_ms == 1000 * peak)
            return series->samples[i].fds == peak_fds;
    return false;
}

Test(series, keeps_bound_order_peak_and_end)
{
    static const size_t counts[] = {1, 2, 3, 100, 2045, 2046, 2047, 2048, 2049, 4093, 10007, 1000000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const size_t peaks[] = {0, 1, counts[i] / 2, counts[i] / 3, counts[i] - 1};
        for (size_t j = 0; j < sizeof peaks / sizeof *peaks; j++) {
            size_t count = counts[i];
            size_t peak = peaks[j] < count ? peaks[j] : 0;
            struct series series = collect(count, peak, 50);
            cr_expect_leq(series.count, SERIES_MAX);
            cr_expect_geq(series.count, count < SERIES_MAX / 2 ? count : SERIES_MAX / 2 - 1);
            cr_expect(holds_peak(&series, peak, 50), "peak %zu of %zu", peak, count);
            cr_expect_eq(series.samples[series.count - 1].operations, count - 1, "the end of %zu", count);
            for (size_t k = 1; k < series.count; k++)
                cr_assert_lt(series.samples[k - 1].t_ms, series.samples[k].t_ms);
            free(series.samples);
        }
    }
}

Test(series, keeps_all_while_there_is_room)
{
    struct series series = collect(2000, 7, 9);
    cr_assert_eq(series.count, 2000);
    for (size_t i = 0; i < series.count; i++)
        cr_assert_eq(series.samples[i].operations, i);
    free(series.samples);
}

Test(series, of_nothing_is_empty)
{
    struct series series = collect(0, 0, 0);
    cr_expect_eq(series.count, 0);
    free(series.samples);
}
