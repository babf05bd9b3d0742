/* A sweep for people: the verdict, what became of the runs, what was covered, and each finding as a story:
 * what stayed, which call had failed, and how to see it again. */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "plan/plan.h"
#include "sweep.h"
#include "verdict.h"

enum { FINDINGS_SHOWN = 20 };

static void write_count(const struct ink *ink, const char *name, uint64_t count, enum hue hue)
{
    char number[INK_NUMBER_MAX];
    if (count == 0)
        return;
    ink_begin(ink, hue);
    fprintf(ink->out, "  %10s  %s\n", ink_number(number, count), name);
    ink_end(ink, hue);
}

static void write_outcomes(const struct ink *ink, const struct sweep_result *result)
{
    if (result->runs == 0)
        return;
    fprintf(ink->out, "\nwhat became of the %s\n", result->workload[0] != '\0' ? "operations" : "runs");
    for (enum sweep_kind kind = 0; kind < SWEEP_OUTCOMES; kind++)
        write_count(ink, sweep_kind_meaning(kind), result->outcomes[kind],
                    kind <= SWEEP_MASKED    ? HUE_PLAIN
                    : kind == SWEEP_DRIFTED ? HUE_FAINT
                                            : HUE_BAD);
}

static void write_reach(const struct ink *ink, const struct sweep_result *result)
{
    char points[INK_NUMBER_MAX], contexts[INK_NUMBER_MAX], calls[INK_NUMBER_MAX], runs[INK_NUMBER_MAX];
    char planned[INK_NUMBER_MAX], time[INK_NUMBER_MAX];
    uint64_t failed = 0;
    for (size_t i = 0; i < result->point_count; i++)
        failed += result->points[i].failed;
    ink_text(ink, result->line);
    fprintf(ink->out, "\n%s point%s reached, by %s call%s in %s context%s\n",
            ink_number(points, result->point_count), text_plural(result->point_count),
            ink_number(calls, result->calls), text_plural(result->calls),
            ink_number(contexts, result->contexts), text_plural(result->contexts));
    bool whole = result->runs >= result->planned;
    uint64_t made = whole ? result->runs : result->planned; /* "1 of 20 runs" */
    fputs(ink_number(runs, result->runs), ink->out);
    if (!whole)
        fprintf(ink->out, " of %s", ink_number(planned, result->planned));
    if (result->workload[0] != '\0')
        fprintf(ink->out, " operation%s with a fault in %s, done by %s process%s", text_plural(made),
                ink_duration(time, result->wall_ms), ink_number(calls, result->processes),
                result->processes == 1 ? "" : "es");
    else
        fprintf(ink->out, " run%s with a fault in %s%s", text_plural(made),
                ink_duration(time, result->wall_ms), result->by_server ? "" : ", each by fork and exec");
    fprintf(ink->out, "; %s context%s made to fail\n", ink_number(contexts, failed),
            failed == 1 ? " was" : "s were");
}

static void write_fault(const struct ink *ink, const char *lead, const struct sweep_fault *fault)
{
    fprintf(ink->out, "      %s", lead);
    ink_text(ink, fault->point);
    fprintf(ink->out, " failed with %s", plan_errno_name(fault->error));
    if (fault->failed_at[0] != '\0') {
        fputs(", called at ", ink->out);
        ink_text(ink, fault->failed_at);
    }
    fputs(" (", ink->out);
    ink_text(ink, fault->coordinate);
    fputs(")\n", ink->out);
}

static void write_head(const struct ink *ink, const struct sweep_finding *finding)
{
    enum hue hue = finding->suppressed[0] != '\0'    ? HUE_FAINT
                   : finding->severity == SWEEP_HIGH ? HUE_BAD
                                                     : HUE_WARNING;
    if (finding->id != 0)
        fprintf(ink->out, "%4" PRIu64 "  ", finding->id);
    else
        fputs("      ", ink->out);
    ink_begin(ink, hue);
    fputs(sweep_kind_name(finding->kind), ink->out);
    ink_end(ink, hue);
    if (finding->resource[0] != '\0')
        fprintf(ink->out, " of %s%s", strcmp(finding->resource, "memory") == 0 ? "" : "a ",
                finding->resource);
    if (finding->taken_at[0] != '\0') {
        fputs(finding->kind == SWEEP_DOUBLE_RELEASE ? ", released at " : ", taken at ", ink->out);
        ink_text(ink, finding->taken_at);
    }
    fprintf(ink->out, " [%s]\n", sweep_severity_name(finding->severity));
}

static void write_tail(const struct ink *ink, const struct sweep_finding *finding)
{
    fprintf(ink->out, "      signature %016" PRIx64 "; shown %" PRIu64 " time%s", finding->signature,
            finding->count, text_plural(finding->count));
    if (finding->replays > 0)
        fprintf(ink->out, "; came again in %u of %u%s", finding->reproduced, finding->replays,
                finding->reproduced < finding->replays ? " (flaky)" : "");
    putc('\n', ink->out);
    if (finding->suppressed[0] == '\0')
        return;
    fputs("      suppressed: ", ink->out);
    ink_text(ink, finding->suppressed);
    putc('\n', ink->out);
}

static void write_stack(const struct ink *ink, const char *title, char (*frames)[RESULT_PLACE_MAX],
                        size_t depth)
{
    if (depth > 0)
        fprintf(ink->out, "      %s\n", title);
    for (size_t i = 0; i < depth; i++) {
        fputs("        ", ink->out);
        ink_text(ink, frames[i]);
        putc('\n', ink->out);
    }
}

static void write_stacks(const struct ink *ink, const struct sweep_finding *finding)
{
    write_stack(ink, "taken by", finding->taking.frames, finding->taking.depth);
    write_stack(ink, "released first by", finding->released.frames, finding->released.depth);
    write_stack(ink, "released by", finding->again.frames, finding->again.depth);
    write_stack(ink, "the call that failed", finding->stack, finding->stack_depth);
    write_stack(ink, "the end", finding->end.frames, finding->end.depth);
}

void sweep_write_finding(const struct ink *ink, const struct sweep_finding *finding, bool with_stack)
{
    write_head(ink, finding);
    if (finding->faults[0].point[0] != '\0')
        write_fault(ink, finding->mode == SWEEP_PERSISTENT ? "from there on always: " : "when ",
                    &finding->faults[0]);
    else if (finding->kind != SWEEP_UNRELEASED)
        fputs("      although nothing failed\n", ink->out);
    if (finding->mode == SWEEP_PAIR)
        write_fault(ink, "and then ", &finding->faults[1]);
    if (finding->detail[0] != '\0') {
        fputs("      ", ink->out);
        ink_text(ink, finding->detail);
        putc('\n', ink->out);
    }
    if (with_stack)
        write_stacks(ink, finding);
    write_tail(ink, finding);
}

/* How one is shown again. */
static void write_findings_head(const struct ink *ink, const struct sweep_result *result)
{
    fputs("\nfindings, worst first ('exeunt replay ", ink->out);
    if (result->results != NULL && strcmp(result->results, SWEEP_RESULTS_FILE) != 0) {
        fputs("--results ", ink->out);
        ink_text(ink, result->results);
        putc(' ', ink->out);
    }
    fprintf(ink->out, "%s' shows one again, with its stacks)\n",
            result->results != NULL       ? "ID"
            : result->workload[0] != '\0' ? "COORDINATE:ERRNO WORKLOAD/VARIANT"
                                          : "COORDINATE:ERRNO -- PROGRAM");
}

static void write_findings(const struct ink *ink, const struct sweep_result *result)
{
    if (result->finding_count == 0) {
        fputs("\nnothing was found\n", ink->out);
        return;
    }
    write_findings_head(ink, result);
    for (size_t i = 0; i < result->finding_count && i < FINDINGS_SHOWN; i++)
        sweep_write_finding(ink, &result->findings[i], false);
    if (result->finding_count > FINDINGS_SHOWN)
        fprintf(ink->out, "  and %zu more: --json FILE has them all\n",
                result->finding_count - FINDINGS_SHOWN);
}

void sweep_write(const struct ink *ink, const struct sweep_result *result)
{
    verdict_write(ink, sweep_verdict(result));
    ink_text(ink, result->sentence);
    fputs("\n\n", ink->out);
    write_reach(ink, result);
    write_outcomes(ink, result);
    write_findings(ink, result);
    if (result->note[0] == '\0')
        return;
    fputs("\nnote: ", ink->out);
    ink_text(ink, result->note);
    putc('\n', ink->out);
}
