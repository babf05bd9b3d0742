/* What every test of a sweep's report looks at. */
#include "sweep_example.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

static void *checked(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static char (*frames_of(const char *const *names, size_t count))[RESULT_PLACE_MAX]
{
    char(*frames)[RESULT_PLACE_MAX] = checked(calloc(count, sizeof *frames));
    for (size_t i = 0; i < count; i++)
        snprintf(frames[i], sizeof frames[i], "%s", names[i]);
    return frames;
}

#define OPEN                                                                                                 \
    {                                                                                                        \
        "posix/io/oc/open", EMFILE, "0:posix/io/oc/open#2", "copy.c:12"                                      \
    }

static const struct sweep_finding findings[] = {
    {.id = 1,
     .kind = SWEEP_CRASH,
     .severity = SWEEP_HIGH,
     .signature = 0xc0ffee,
     .count = 1204,
     .faults = {{"libc/mm/malloc", ENOMEM, "0.1:libc/mm/malloc#3", "node.c:7"}},
     .detail = "ended by signal 11 (Segmentation fault)",
     .replays = 3,
     .reproduced = 3},
    {.id = 2,
     .kind = SWEEP_HANG,
     .severity = SWEEP_HIGH,
     .signature = 0x1badb0021badb002,
     .count = 1,
     .mode = SWEEP_PERSISTENT,
     .faults = {{"posix/io/rw/write", ENOSPC, "0:posix/io/rw/write#1", "log.c:30"}},
     .detail = "still running after 2410 ms",
     .replays = 3,
     .reproduced = 3},
    {.id = 3,
     .kind = SWEEP_LEAK,
     .severity = SWEEP_HIGH,
     .resource = "descriptor",
     .signature = 3,
     .count = 4,
     .taken_at = "copy.c:9",
     .faults = {OPEN},
     .detail = "descriptor 3",
     .replays = 3,
     .reproduced = 3},
    {.id = 4,
     .kind = SWEEP_LEAK,
     .severity = SWEEP_MEDIUM,
     .resource = "file",
     .signature = 4,
     .count = 1,
     .taken_at = "spool.c:61",
     .mode = SWEEP_PAIR,
     .faults = {OPEN, {"posix/io/dir/unlink", EIO, "0:posix/io/dir/unlink#1", "spool.c:88"}},
     .replays = 3,
     .reproduced = 2},
    {.id = 5,
     .kind = SWEEP_DOUBLE_RELEASE,
     .severity = SWEEP_HIGH,
     .resource = "lock",
     .signature = 5,
     .count = 2,
     .taken_at = "queue.c:44",
     .faults = {OPEN},
     .suppressed = "the queue is being rewritten",
     .replays = 3,
     .reproduced = 3},
    {.id = 6,
     .kind = SWEEP_SANITIZER,
     .severity = SWEEP_HIGH,
     .signature = 6,
     .count = 1,
     .faults = {OPEN},
     .detail = "SUMMARY: AddressSanitizer: heap-use-after-free copy.c:31 in main"},
    {.id = 7,
     .kind = SWEEP_ABORT,
     .severity = SWEEP_MEDIUM,
     .signature = 7,
     .count = 1,
     .faults = {{"app/parse", EIO, "41:app/parse#1", ""}},
     .detail = "ended by signal 6 (Aborted); it said: a.out: copy.c:13: Assertion `fd >= 0' failed.",
     .replays = 3,
     .reproduced = 3},
    {.id = 8,
     .kind = SWEEP_SILENT,
     .severity = SWEEP_LOW,
     .signature = 8,
     .count = 1,
     .faults = {{"posix/io/rw/read", EIO, "0:posix/io/rw/read#1", "copy.c:15"}},
     .detail = "status 0, yet the files differ: made b.txt; it said: short\x1b[2J read",
     .replays = 3,
     .reproduced = 3},
    {.id = 9,
     .kind = SWEEP_UNRELEASED,
     .severity = SWEEP_LOW,
     .resource = "memory",
     .signature = 9,
     .count = 1,
     .taken_at = "cache.c:20"},
};

static void set_command(struct sweep_result *out)
{
    static const char *const words[] = {"./copy", "--to", "\x1b[31mb"};
    out->command = checked(calloc(4, sizeof *out->command));
    for (size_t i = 0; i < 3; i++)
        out->command[i] = checked(strdup(words[i]));
    out->line = checked(strdup("./copy --to \x1b[31mb"));
}

static void set_points(struct sweep_result *out)
{
    static const struct sweep_point points[] = {{"posix/io/oc/open", 4, 3, 2}, {"app/parse", 12000, 9, 9}};
    out->points = checked(malloc(sizeof points));
    memcpy(out->points, points, sizeof points);
    out->point_count = 2;
}

void sweep_example(struct sweep_result *out)
{
    static const char *const stack[] = {"copy (copy.c:12)", "main (copy.c:30)"};
    *out = (struct sweep_result){
        .wall_ms = 83245,
        .contexts = 12,
        .calls = 12004,
        .runs = 1250,
        .planned = 1250,
        .outcomes = {1, 2, 1, 1204, 1, 1, 4, 2, 1, 3},
        .by_server = true,
        .results = SWEEP_RESULTS_FILE,
        .note = "the folder of a worker could not be removed",
        .exit_status = EXIT_GUARANTEE_BROKEN,
        .sentence =
            "4 findings break a guarantee (1 of kind crash, 1 of kind hang, 1 of kind leak, 1 of kind "
            "sanitizer) in 1247 runs with a fault.",
    };
    set_command(out);
    set_points(out);
    out->findings = checked(malloc(sizeof findings));
    memcpy(out->findings, findings, sizeof findings);
    out->finding_count = sizeof findings / sizeof *findings;
    out->findings[2].stack = frames_of(stack, 2);
    out->findings[2].stack_depth = 2;
}

void sweep_example_clean(struct sweep_result *out)
{
    *out = (struct sweep_result){
        .wall_ms = 60010,
        .contexts = 12,
        .calls = 14,
        .runs = 20,
        .planned = 24,
        .outcomes = {[SWEEP_DETECTED] = 20},
        .sentence = "20 runs with a fault, none broke a guarantee; not all were made.",
    };
    set_command(out);
    set_points(out);
}

static void set_coverage(struct sweep_result *out, bool unlinks)
{
    const struct sweep_coverage rows[] = {
        {"posix/io/rw/read", EIO, true, 1900},          {"posix/io/rw/read", EINTR, true, 0},
        {"posix/io/dir/unlink", EIO, unlinks, unlinks}, {"posix/io/net/send", EPIPE, false, 0},
        {"posix/io/net/send", EINTR, false, 0},
    };
    out->coverage = checked(malloc(sizeof rows));
    memcpy(out->coverage, rows, sizeof rows);
    out->coverage_count = sizeof rows / sizeof *rows;
}

void sweep_example_workload(struct sweep_result *out)
{
    *out = (struct sweep_result){
        .workload = "upload",
        .variant = "guarded",
        .wall_ms = 1060,
        .contexts = 12,
        .calls = 3786,
        .runs = 2401,
        .planned = 2401,
        .processes = 7,
        .outcomes = {[SWEEP_DETECTED] = 2400, [SWEEP_DRIFTED] = 1},
        .sentence =
            "2400 operations with a fault, none broke a guarantee; 1 drifted and could not be judged.",
    };
    out->command = checked(calloc(2, sizeof *out->command));
    out->command[0] = checked(strdup("upload/guarded"));
    out->line = checked(strdup("upload/guarded"));
    set_points(out);
    set_coverage(out, true);
}

void sweep_example_other_variant(struct sweep_result *out)
{
    sweep_example_workload(out);
    memcpy(out->variant, "unguarded", sizeof "unguarded");
    free(out->coverage);
    set_coverage(out, false);
}

struct sweep_finding sweep_example_replayed(void)
{
    static const char *const taking[] = {"copy (copy.c:9)", "main (copy.c:30)", "libc.so.6+0x2a1c9"};
    static const char *const end[] = {"exit (stdlib/exit.c:146)"};
    struct sweep_finding finding = findings[2];
    finding.stack = frames_of((const char *const[]){"copy (copy.c:12)", "main (copy.c:30)"}, 2);
    finding.stack_depth = 2;
    finding.taking = (struct sweep_stack){frames_of(taking, 3), 3};
    finding.end = (struct sweep_stack){frames_of(end, 1), 1};
    return finding;
}

struct sweep_finding sweep_example_twice(void)
{
    static const char *const taking[] = {"load (copy.c:9)"}, *const first[] = {"load (copy.c:14)"},
                             *const second[] = {"load (copy.c:19)"};
    struct sweep_finding finding = findings[4];
    finding.id = 0;
    finding.suppressed[0] = '\0';
    finding.taking = (struct sweep_stack){frames_of(taking, 1), 1};
    finding.released = (struct sweep_stack){frames_of(first, 1), 1};
    finding.again = (struct sweep_stack){frames_of(second, 1), 1};
    return finding;
}

static char *written(const char *report, const struct sweep_result *result,
                     const struct sweep_finding *finding, bool color, int columns)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = checked(open_memstream(&text, &length));
    struct report_options options = {.color = color, .columns = columns};
    int rc = result != NULL ? report_named(report)->write_sweep(result, &options, out)
                            : report_named(report)->write_finding(finding, &options, out);
    if (fclose(out) != 0 || rc != 0)
        abort();
    return text;
}

char *sweep_example_report(const char *report, const struct sweep_result *result, bool color, int columns)
{
    return written(report, result, NULL, color, columns);
}

char *sweep_example_coverage(const struct sweep_result *results, size_t count, int columns)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = checked(open_memstream(&text, &length));
    struct report_options options = {.columns = columns};
    int rc = report_named("terminal")->write_coverage(results, count, &options, out);
    if (fclose(out) != 0 || rc != 0)
        abort();
    return text;
}

char *sweep_example_finding(const char *report, const struct sweep_finding *finding, bool color, int columns)
{
    return written(report, NULL, finding, color, columns);
}
