/* The sampler: how many descriptors a process has open now, by the kernel's own count. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct sampler {
    int process; /* directory /proc/PID: it never comes to mean a later process of the same number */
    pid_t main_task;
    bool by_size; /* the kernel gives the count as st_size; if not, names are counted */
};

/* Prepares to count the descriptors of the process that /proc knows as `pid`. Returns 0 or a negative
 * errno (-ENOENT: no such process, or no /proc). To be ended with sampler_close. */
int sampler_open(pid_t pid, struct sampler *out);

/* Descriptors open now, or -1 if that cannot be known: never 0, since a process that has ended and one
 * without descriptors look alike. 2 microseconds while the main task lives. */
int64_t sampler_count(const struct sampler *sampler);

/* Accepts a closed sampler (process -1). */
void sampler_close(struct sampler *sampler);
