/* Decides how a finding of a sweep is put into words. */
#include "campaign/sweep/naming.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/symbols.h"
#include "campaign/waits.h"
#include "oracle/deadlock.h"

const char *naming_resource(enum trace_resource resource)
{
    static const char *const names[TRACE_RESOURCES] = {[TRACE_NOTHING] = "",
                                                       [TRACE_DESCRIPTOR] = "descriptor",
                                                       [TRACE_LOCK] = "lock",
                                                       [TRACE_CHILD] = "child",
                                                       [TRACE_FILE] = "file",
                                                       [TRACE_MEMORY] = "memory",
                                                       [TRACE_CONNECTION] = "connection"};
    return resource < TRACE_RESOURCES ? names[resource] : "";
}

static void write_fault(const struct worker *worker, const struct symbols *symbols,
                        const struct record *record, const struct record_event *event, int error,
                        struct sweep_fault *out)
{
    const struct ledger_view *ledger = attempter_ledger(worker->attempter);
    const char *point = worker->site->points->names[event->point];
    char who[LEDGER_PATH_MAX];
    if (event->in_operation)
        snprintf(who, sizeof who, "%" PRIu64, event->who - 1);
    else
        ledger_spawn_path(ledger, event->path, who);
    snprintf(out->point, sizeof out->point, "%s", point);
    out->error = error;
    snprintf(out->coordinate, sizeof out->coordinate, "%s:%s#%" PRIu32, who, point, event->k);
    symbols_name(symbols, faulting_site(record, event->stack), out->failed_at, sizeof out->failed_at);
}

int naming_stack(const struct symbols *symbols, const struct record *record, uint32_t stack,
                 struct sweep_stack *out)
{
    const struct record_stack *of = &record->stacks[stack];
    size_t depth = of->depth < SWEEP_STACK_MAX ? of->depth : SWEEP_STACK_MAX;
    out->frames = calloc(depth + 1, sizeof *out->frames);
    if (out->frames == NULL)
        return -ENOMEM;
    out->depth = depth;
    for (size_t i = 0; i < depth; i++)
        symbols_frame(symbols, record->frames[of->first + i].address, out->frames[i], sizeof out->frames[i]);
    return 0;
}

/* Of the event by which the process said that it would end. */
static uint32_t end_stack(const struct record *record)
{
    for (size_t i = record->event_count; i-- > 0;)
        if (record->events[i].kind == TRACE_EXITING)
            return record->events[i].stack;
    return 0;
}

static int write_stacks(const struct symbols *symbols, const struct record *record, uint32_t fault,
                        const struct shown *shown, struct sweep_finding *out)
{
    struct sweep_stack stack;
    int failed = naming_stack(symbols, record, fault, &stack);
    if (failed != 0)
        return failed;
    out->stack = stack.frames;
    out->stack_depth = stack.depth;
    const struct {
        uint32_t stack;
        struct sweep_stack *out;
    } others[] = {{shown->taken_by, &out->taking},
                  {shown->released_by, &out->released},
                  {shown->again_by, &out->again},
                  {end_stack(record), &out->end}};
    for (size_t i = 0; failed == 0 && i < sizeof others / sizeof *others; i++)
        failed = naming_stack(symbols, record, others[i].stack, others[i].out);
    return failed;
}

/* The last line of the stream, without its end. */
static void last_line(const struct attempt_stream *stream, char *out, size_t size)
{
    const char *bytes = stream->tail_length > 0 ? stream->tail : stream->head;
    size_t end = stream->tail_length > 0 ? stream->tail_length : stream->head_length;
    while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r'))
        end--;
    size_t start = end;
    while (start > 0 && bytes[start - 1] != '\n')
        start--;
    snprintf(out, size, "%.*s", (int)(end - start), bytes + start);
}

static void write_files(const struct sight *sight, char *out, size_t size)
{
    static const char *const verbs[] = {
        [SCRATCH_MADE] = "made", [SCRATCH_CHANGED] = "changed", [SCRATCH_REMOVED] = "removed"};
    size_t length = 0;
    for (size_t i = 0; i < sight->files.count && i < 4 && length < size; i++)
        length += (size_t)snprintf(out + length, size - length, "%s%s %s", i > 0 ? ", " : "",
                                   verbs[sight->files.list[i].kind], sight->files.list[i].path);
}

static void write_silence(const struct baseline *baseline, const struct sight *sight, char *out, size_t size)
{
    const struct run_seen seen = worker_seen(sight);
    char files[256] = "", words[128];
    bool output = baseline->steady.output_steady && seen.output != baseline->steady.output;
    bool other_files = baseline->steady.files_steady && seen.files != baseline->steady.files;
    if (!output && !other_files) {
        snprintf(out, size, "status %d, where it is %d without the fault", seen.exit_status,
                 baseline->steady.exit_status);
        return;
    }
    if (other_files)
        write_files(sight, files, sizeof files);
    last_line(&sight->seen.errors, words, sizeof words);
    snprintf(out, size, "status %d, yet %s%s%s%s%s%s%s", seen.exit_status, output ? "the output differs" : "",
             output && other_files ? ", and " : "", other_files ? "the files differ" : "",
             files[0] != '\0' ? ": " : "", files, words[0] != '\0' ? "; it said: " : "", words);
}

static void write_hang(const struct symbols *symbols, const struct ledger_view *ledger,
                       const struct attempt_seen *seen, char *out, size_t size)
{
    struct deadlock_result deadlock = {0};
    if (seen->deadlock.edge_count == 0) {
        snprintf(out, size, "still running after %" PRIu64 " ms", seen->duration_ns / 1000000);
        return;
    }
    waits_name(ledger, symbols, &seen->deadlock, &deadlock);
    deadlock_story(&deadlock, out, size);
}

void naming_history(const struct symbols *symbols, uint64_t taken_at, uint64_t released_at, char *out,
                    size_t size)
{
    const struct {
        const char *what;
        uint64_t at;
    } parts[] = {{"taken at", taken_at}, {"released first at", released_at}};
    size_t length = strlen(out);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && length < size; i++) {
        char place[RESULT_PLACE_MAX];
        if (parts[i].at == 0)
            continue;
        symbols_name(symbols, parts[i].at, place, sizeof place);
        length += (size_t)snprintf(out + length, size - length, "%s%s %s", length > 0 ? ", " : "",
                                   parts[i].what, place);
    }
}

/* What was left is shown by its taking already. */
static void write_thing(const struct symbols *symbols, const struct record *record, const struct shown *shown,
                        char *out, size_t size)
{
    if (shown->resource == TRACE_DESCRIPTOR)
        snprintf(out, size, "descriptor %" PRIu64, shown->id);
    if (shown->kind == SWEEP_DOUBLE_RELEASE)
        naming_history(symbols, faulting_site(record, shown->taken_by),
                       faulting_site(record, shown->released_by), out, size);
}

static void write_detail(const struct worker *worker, const struct symbols *symbols,
                         const struct baseline *baseline, const struct faulting *faulting,
                         const struct shown *shown, char *out, size_t size)
{
    const struct attempt_seen *seen = &faulting->sight.seen;
    char words[256];
    last_line(&seen->errors, words, sizeof words);
    switch (shown->kind) {
    case SWEEP_SILENT:
        write_silence(baseline, &faulting->sight, out, size);
        return;
    case SWEEP_CRASH:
    case SWEEP_ABORT:
        snprintf(out, size, "ended by signal %d (%s)%s%s", seen->status, strsignal(seen->status),
                 words[0] != '\0' ? "; it said: " : "", words);
        return;
    case SWEEP_HANG:
        write_hang(symbols, attempter_ledger(worker->attempter), seen, out, size);
        return;
    case SWEEP_MASKED:
        snprintf(out, size, "status, output and standard error as if nothing had failed");
        return;
    case SWEEP_SANITIZER:
        snprintf(out, size, "%s", words);
        return;
    default:
        if (shown->resource == TRACE_LOCK && seen->deadlock.edge_count > 0)
            write_hang(symbols, attempter_ledger(worker->attempter), seen, out, size);
        else
            write_thing(symbols, &faulting->sight.record, shown, out, size);
    }
}

int naming_write(const struct worker *worker, const struct baseline *baseline, const struct task *task,
                 const struct faulting *faulting, const struct shown *shown, struct sweep_finding *out,
                 struct error *error)
{
    const struct record *record = &faulting->sight.record;
    struct symbols *symbols = symbols_open(attempter_ledger(worker->attempter));
    struct sweep_finding finding = {.kind = shown->kind, .severity = shown->severity, .mode = task->mode};
    int faults = task->mode == SWEEP_PAIR ? 2 : 1;
    snprintf(finding.resource, sizeof finding.resource, "%s", naming_resource(shown->resource));
    for (int i = 0; i < faults; i++)
        write_fault(worker, symbols, record, &faulting->faults[i], task->errors[i], &finding.faults[i]);
    symbols_name(symbols, shown->taken_at, finding.taken_at, sizeof finding.taken_at);
    write_detail(worker, symbols, baseline, faulting, shown, finding.detail, sizeof finding.detail);
    int failed = write_stacks(symbols, record, faulting->faults[faults - 1].stack, shown, &finding);
    symbols_close(symbols);
    if (failed != 0) {
        sweep_finding_clear(&finding);
        return error_not_done(error, failed, "no memory for a finding");
    }
    sweep_finding_sign(&finding);
    *out = finding;
    return 0;
}

int naming_unreleased(const struct worker *worker, const struct record *record,
                      const struct record_event *taken, struct sweep_finding *out)
{
    struct symbols *symbols = symbols_open(attempter_ledger(worker->attempter));
    *out = (struct sweep_finding){.kind = SWEEP_UNRELEASED, .severity = SWEEP_LOW, .mode = SWEEP_ONCE};
    snprintf(out->resource, sizeof out->resource, "%s", naming_resource(taken->resource));
    snprintf(out->detail, sizeof out->detail, "never given back, also when nothing fails");
    symbols_name(symbols, faulting_site(record, taken->stack), out->taken_at, sizeof out->taken_at);
    int failed = naming_stack(symbols, record, taken->stack, &out->taking);
    symbols_close(symbols);
    sweep_finding_sign(out);
    return failed;
}
