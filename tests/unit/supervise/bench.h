/* The bench on which the tests supervise the target program. */
#pragma once

#include "supervise/supervise.h"

/* Both ways of containment; the first is the second where a PID namespace is not permitted. */
enum containment { IN_NAMESPACE, UNDER_SUBREAPER, CONTAINMENTS };

/* Takes from this process, or gives back, the right to make a PID namespace. */
void bench_contain(enum containment containment);

/* Whether this process may make one. */
bool bench_has_namespaces(void);

/* Options for the target program with these arguments: sampled every millisecond, never hanging, with a
 * ledger that lasts until the test ends. */
struct supervise_options bench_options(char *const *arguments);
#define BENCH_TARGET(...) bench_options((char *const[]){TARGET_PATH, __VA_ARGS__, NULL})

/* Supervises; fails the test unless that works and leaves no child and no descriptor of ours. */
struct supervise_outcome bench_supervise(const struct supervise_options *options);

/* The same for one that must fail. */
int bench_supervise_failing(const struct supervise_options *options, struct error *error);

/* A FIFO whose writers are all there is of a program: opened for reading. */
struct bench_fifo {
    char path[64];
    int fd;
};
struct bench_fifo bench_fifo_make(void);
void bench_fifo_remove(struct bench_fifo *fifo);

/* Takes one byte from a FIFO, by which a process says that it holds it. */
void bench_fifo_await_holder(const struct bench_fifo *fifo);

/* Whether nobody holds the FIFO any more, within a time that nothing takes but a failure. */
bool bench_fifo_released(const struct bench_fifo *fifo, int timeout_ms);
