/* The report for people: the verdict first, then the figures, the picture, and what was found. */
#include <errno.h>
#include <inttypes.h>

#include "base/stream.h"
#include "base/text.h"
#include "chart.h"
#include "coverage.h"
#include "exits.h"
#include "findings.h"
#include "gate.h"
#include "ink.h"
#include "report.h"
#include "sweep.h"
#include "table.h"
#include "verdict.h"

/* What is needed to do it again. */
static void write_conditions(const struct ink *ink, const struct result *result)
{
    const char *separator = ink->signs->separator;
    char limit[INK_NUMBER_MAX];
    if (result->program != NULL) {
        ink_text(ink, result->program);
        fprintf(ink->out, "\nseed %" PRIu64 "%s", result->seed, result->limit_fds != 0 ? "" : "\nfaults: ");
        if (result->limit_fds != 0)
            fprintf(ink->out, " %s limit %s descriptors\nfaults: ", separator,
                    ink_number(limit, result->limit_fds));
        ink_text(ink, result->faults);
        fputs(result->remote ? ", and by remote control\n\n" : "\n\n", ink->out);
        return;
    }
    ink_text(ink, result->workload);
    fprintf(ink->out,
            " %s seed %" PRIu64 " %s %" PRIu64 " worker%s %s limit %s descriptors\nfaults: ", separator,
            result->seed, separator, result->workers, text_plural(result->workers), separator,
            ink_number(limit, result->limit_fds));
    ink_text(ink, result->faults);
    fputs("\n\n", ink->out);
}

/* Of a program nobody knows beforehand which points it meets. */
static void write_points(const struct ink *ink, const struct result *result)
{
    const struct variant_result *variant = &result->variants[0];
    if (result->program == NULL || result->variant_count == 0 || variant->faults.injected == 0)
        return;
    fputs("\nfaults by point\n", ink->out);
    for (size_t i = 0; i < result->point_count; i++) {
        char number[INK_NUMBER_MAX];
        if (variant->faults.by_point[i] == 0)
            continue;
        fprintf(ink->out, "  %10s  ", ink_number(number, variant->faults.by_point[i]));
        ink_text(ink, result->points[i]);
        putc('\n', ink->out);
    }
}

static void write_runs(const struct ink *ink, const struct result *result)
{
    write_conditions(ink, result);
    table_write(ink, result);
    write_points(ink, result);
    putc('\n', ink->out);
    chart_write(ink, result);
    putc('\n', ink->out);
    findings_write(ink, result);
}

static int write_terminal(const struct result *result, const struct report_options *options, FILE *out)
{
    struct ink ink = ink_of(out, options->color, options->columns);
    errno = 0;
    verdict_write(&ink, result->verdict);
    ink_text(&ink, result->sentence);
    fputs("\n\n", out);
    if (result->exits != NULL)
        exits_write(&ink, result);
    else
        write_runs(&ink, result);
    return stream_finish(out);
}

/* One line for each workload, and one for all of them. */
static int write_suite(const struct suite *suite, const struct report_options *options, FILE *out)
{
    struct ink ink = ink_of(out, options->color, options->columns);
    errno = 0;
    for (size_t i = 0; i < suite->count; i++) {
        verdict_write(&ink, suite->results[i].verdict);
        ink_text(&ink, suite->results[i].workload);
        fputs(": ", out);
        ink_text(&ink, suite->results[i].sentence);
        putc('\n', out);
    }
    putc('\n', out);
    verdict_write(&ink, suite->verdict);
    ink_text(&ink, suite->sentence);
    putc('\n', out);
    return stream_finish(out);
}

static int write_sweep(const struct sweep_result *result, const struct report_options *options, FILE *out)
{
    struct ink ink = ink_of(out, options->color, options->columns);
    errno = 0;
    sweep_write(&ink, result);
    return stream_finish(out);
}

static int write_coverage(const struct sweep_result *results, size_t count,
                          const struct report_options *options, FILE *out)
{
    struct ink ink = ink_of(out, options->color, options->columns);
    errno = 0;
    coverage_write(&ink, results, count);
    return stream_finish(out);
}

static int write_finding(const struct sweep_finding *finding, const struct report_options *options, FILE *out)
{
    struct ink ink = ink_of(out, options->color, options->columns);
    errno = 0;
    sweep_write_finding(&ink, finding, true);
    return stream_finish(out);
}

static int write_gate(const struct gate_verdict *verdict, const struct report_options *options, FILE *out)
{
    struct ink ink = ink_of(out, options->color, options->columns);
    errno = 0;
    gate_write(&ink, verdict);
    return stream_finish(out);
}

REPORT(terminal) = {
    .name = "terminal",
    .summary = "verdict, table, chart and findings for people",
    .write = write_terminal,
    .write_sweep = write_sweep,
    .write_coverage = write_coverage,
    .write_finding = write_finding,
    .write_suite = write_suite,
    .write_gate = write_gate,
};
