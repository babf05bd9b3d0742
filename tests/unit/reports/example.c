/* What every test of a report looks at: one result as it should be, and one as it should never be. */
#include "example.h"
#include "oracle/exits.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

void example_sample(struct variant_result *variant, uint64_t t_ms, int64_t fds)
{
    struct series *series = &variant->series;
    series->samples = checked(realloc(series->samples, (series->count + 1) * sizeof *series->samples));
    series->samples[series->count++] = (struct sample){.t_ms = t_ms, .fds = fds};
}

static void add_finding(struct variant_result *variant, const struct finding *finding)
{
    size_t bytes = (variant->finding_count + 1) * sizeof *finding;
    variant->findings = checked(realloc(variant->findings, bytes));
    variant->findings[variant->finding_count++] = *finding;
}

static void set_points(struct result *result)
{
    static const char names[][PLAN_POINT_NAME_MAX] = {"upload/metadata", "posix/io/oc/open"};
    result->points = checked(malloc(sizeof names));
    memcpy(result->points, names, sizeof names);
    result->point_count = 2;
}

static void set_unguarded(struct variant_result *variant)
{
    *variant = (struct variant_result){
        .name = "unguarded",
        .leaks = true,
        .verdict = VERDICT_FAIL,
        .ended = ENDED_EMFILE,
        .last_words = "upload: cannot open an upload: Too many open files (errno 24)",
        .exit_status = 1,
        .duration_ms = 2402,
        .operations = {9421, 7104, 2309},
        .faults = {.injected = 2212, .has_digest = true, .digest = 0xc0ffee, .by_point = {1402, 810}},
        .fds = {6, 1024, 1021, 1015, 1024},
        .checked = true,
        .stored_whole = 7104,
        .temp_files = 311,
        .emfile = {3, 2398, 9412, 2209},
        .level = {9413, 1021, 2212, 2402},
    };
    for (uint64_t t_ms = 0; t_ms <= 2400; t_ms += 10)
        example_sample(variant, t_ms, (int64_t)(6 + t_ms * 1018 / 2400));
    add_finding(variant, &(struct finding){.kind = FINDING_LEAKED_DESCRIPTOR,
                                           .signature = 0x1f2e3d4c5b6a7988,
                                           .count = 412,
                                           .taken_at = "workloads/upload.c:88",
                                           .point = "upload/metadata",
                                           .error = 5,
                                           .in_operation = true,
                                           .coordinate = "1724:upload/metadata#1"});
    add_finding(variant, &(struct finding){.kind = FINDING_LEAKED_DESCRIPTOR,
                                           .signature = 2,
                                           .count = 88,
                                           .taken_at = "workloads/upload.c:88",
                                           .error = 74,
                                           .in_operation = true,
                                           .coordinate = "1731"});
    add_finding(variant, &(struct finding){.kind = FINDING_DOUBLE_CLOSE,
                                           .signature = 3,
                                           .count = 1,
                                           .taken_at = "workloads/upload.c:88",
                                           .site = "workloads/upload.c:131",
                                           .point = "posix/io/oc/close",
                                           .error = 4,
                                           .in_operation = true,
                                           .coordinate = "40:posix/io/oc/close#2"});
    add_finding(variant, &(struct finding){.kind = FINDING_TEMP_FILES, .signature = 4, .count = 311});
}

static void set_clean(struct variant_result *variant, const char *name, uint64_t phase)
{
    *variant = (struct variant_result){
        .verdict = VERDICT_PASS,
        .duration_ms = 6000 + 10 * phase,
        .operations = {20000, 15090, 4910},
        .faults = {.injected = 4711, .has_digest = true, .digest = 0xc0ffee, .by_point = {3000, 1711}},
        .fds = {6, 22, 6, 0, 1024},
        .checked = true,
        .stored_whole = 15090,
        .level = {9413, 14, 2216, 2811 + phase},
    };
    snprintf(variant->name, sizeof variant->name, "%s", name);
    for (uint64_t t_ms = 0; t_ms <= variant->duration_ms; t_ms += 10)
        example_sample(variant, t_ms, (int64_t)(6 + (t_ms / 10 + phase) * 7 % 17));
}

void example_comparison(struct result *out)
{
    *out = (struct result){
        .workload = "upload",
        .comparison = true,
        .seed = 7,
        .faults = checked(strdup("upload/metadata,posix/io/*@p=0.02")),
        .workers = 8,
        .limit_fds = 1024,
        .verdict = VERDICT_PASS,
        .sentence =
            "unguarded left 1015 descriptors and 311 temporary files behind and died of EMFILE (too many "
            "open files) after 9413 operations and 2212 faults; guarded and handwritten left nothing.",
        .variant_count = 3,
    };
    set_points(out);
    set_unguarded(&out->variants[0]);
    set_clean(&out->variants[1], "guarded", 0);
    set_clean(&out->variants[2], "handwritten", 5);
}

static void sample_locks(struct variant_result *variant, uint64_t t_ms, int64_t held, int64_t waiting)
{
    example_sample(variant, t_ms, 14);
    struct sample *last = &variant->series.samples[variant->series.count - 1];
    last->held_locks = held;
    last->waiting = waiting;
}

static void set_locked_up(struct variant_result *variant)
{
    *variant = (struct variant_result){
        .name = "unguarded",
        .leaks = true,
        .verdict = VERDICT_FAIL,
        .ended = ENDED_DEADLOCK,
        .exit_status = -1,
        .duration_ms = 610,
        .operations = {180, 163, 9},
        .faults = {.injected = 41},
        .fds = {3, 22, 22, 0, 1024},
        .checked = true,
        .stored_whole = 163,
        .locks = {.held_peak = 11, .waiting_peak = 8, .left = 3},
        .deadlock = {.detected_ms = 610, .age_ms = 12, .witness = WITNESS_AGREES, .link_count = 1},
    };
    struct deadlock_link *link = &variant->deadlock.links[0];
    *link = (struct deadlock_link){
        .waiter = "thread 0.3",
        .owner = "thread 0.1",
        .lock = "groups[7]",
        .waiting_at = "workloads/transaction.c:141",
        .taken_at = "workloads/transaction.c:120",
        .point = "transaction/validate",
        .waits_ms = 12,
        .operation = 174,
        .left_ms = 10,
    };
    for (uint64_t t_ms = 0; t_ms <= 480; t_ms += 10)
        sample_locks(variant, t_ms, (int64_t)(4 + t_ms / 10 * 3 % 5), (int64_t)(t_ms / 10 * 2 % 4));
    for (uint64_t t_ms = 490; t_ms <= 610; t_ms += 10)
        sample_locks(variant, t_ms, 11, t_ms < 560 ? 6 : 8);
    add_finding(variant, &(struct finding){.kind = FINDING_LEFT_LOCK,
                                           .signature = 5,
                                           .count = 1,
                                           .taken_at = "workloads/transaction.c:120",
                                           .point = "transaction/validate",
                                           .error = 34,
                                           .in_operation = true,
                                           .coordinate = "174:transaction/validate#1"});
    add_finding(variant, &(struct finding){.kind = FINDING_LEAKED_RESOURCE,
                                           .resource = "connection",
                                           .signature = 6,
                                           .count = 1,
                                           .taken_at = "workloads/database.c:74",
                                           .point = "transaction/validate",
                                           .error = 34,
                                           .in_operation = true,
                                           .coordinate = "174:transaction/validate#1"});
    add_finding(variant, &(struct finding){.kind = FINDING_LEAKED_RESOURCE,
                                           .resource = "connection",
                                           .signature = 7,
                                           .count = 2,
                                           .taken_at = "workloads/database.c:74",
                                           .point = "posix/io/rw/pwrite",
                                           .error = 5,
                                           .in_operation = true,
                                           .coordinate = "91:posix/io/rw/pwrite#3"});
}

void example_locks(struct result *out)
{
    *out = (struct result){
        .workload = "transaction",
        .comparison = true,
        .seed = 7,
        .faults = checked(strdup("transaction/validate@p=0.02")),
        .workers = 8,
        .limit_fds = 1024,
        .verdict = VERDICT_PASS,
        .sentence = "unguarded left 3 locks behind and locked up after 172 operations and 41 faults; guarded "
                    "left nothing behind after 4000 operations and 932 faults.",
        .variant_count = 2,
    };
    set_points(out);
    set_locked_up(&out->variants[0]);
    struct variant_result *guarded = &out->variants[1];
    *guarded = (struct variant_result){
        .name = "guarded",
        .verdict = VERDICT_PASS,
        .duration_ms = 1200,
        .operations = {4000, 3080, 920},
        .faults = {.injected = 932},
        .fds = {3, 21, 3, 0, 1024},
        .checked = true,
        .stored_whole = 3080,
        .locks = {.held_peak = 8, .waiting_peak = 3},
    };
    for (uint64_t t_ms = 0; t_ms <= 1200; t_ms += 10)
        sample_locks(guarded, t_ms, (int64_t)(2 + t_ms / 10 * 5 % 7), (int64_t)(t_ms / 10 % 4));
}

void example_suite(struct suite *out)
{
    *out = (struct suite){
        .verdict = VERDICT_INCONCLUSIVE,
        .exit_status = EXIT_NOT_DONE,
        .sentence = "nothing is proven of session; what was expected holds in transaction, upload.",
        .planned = 3,
        .count = 3,
        .results = checked(calloc(3, sizeof(struct result))),
    };
    out->results[0] = (struct result){
        .workload = "session",
        .comparison = true,
        .faults = checked(strdup("session/handshake@p=0.02")),
        .verdict = VERDICT_INCONCLUSIVE,
        .exit_status = EXIT_NOT_DONE,
        .sentence = "cannot listen on 127.0.0.1 port 0: \033[2JPermission denied",
    };
    example_locks(&out->results[1]);
    example_comparison(&out->results[2]);
}

void example_hostile(struct result *out)
{
    *out = (struct result){
        .workload = "upload",
        .seed = INT64_MAX,
        .faults = checked(strdup("\033]0;owned\a upload/\303\234berlauf")),
        .workers = 1,
        .limit_fds = 64,
        .verdict = VERDICT_INCONCLUSIVE,
        .exit_status = EXIT_NOT_DONE,
        .sentence = "the run did not get far enough to judge it",
        .variant_count = 1,
    };
    set_points(out);
    struct variant_result *variant = &out->variants[0];
    *variant = (struct variant_result){
        .name = "unguarded",
        .verdict = VERDICT_INCONCLUSIVE,
        .ended = ENDED_CRASH,
        .last_words = "\033[2J\033[31m</script>\r\n\x9b"
                      "2K\xc2\x9b \xe2\x80\xae"
                      "fdp.exe \"\\",
        .exit_status = -1,
        .signal = 11,
        .fds = {-1, -1, -1, 0, 64},
        .temp_files = -1,
        .events_lost = 1234567,
        .threads_unrecorded = 1,
    };
    add_finding(variant, &(struct finding){.kind = FINDING_LEAKED_DESCRIPTOR,
                                           .signature = UINT64_MAX,
                                           .count = 1,
                                           .taken_at = "/tmp/\033[1mx\n.c:1",
                                           .in_operation = true,
                                           .coordinate = "3"});
}

/* The first path is kept by all but the first idiom, of the second the temporary file stays. */
static void fill_exits(struct exits *exits)
{
    for (size_t idiom = 0; idiom < exits->idiom_count; idiom++) {
        for (size_t resource = 0; resource < exits->resource_count; resource++) {
            bool first = idiom > 0, second = resource == 0;
            exits->idioms[idiom].cells[0][resource] =
                (struct exits_cell){first ? EXITS_KEPT : EXITS_BROKEN, first};
            exits->idioms[idiom].cells[1][resource] =
                (struct exits_cell){second ? EXITS_KEPT : EXITS_BROKEN, second};
        }
    }
}

void example_exits(struct result *out)
{
    static const char *const idioms[] = {"unguarded",   "handwritten", "push-plain", "push",
                                         "guard-plain", "guard",       "exit-stack"};
    struct exits *exits = checked(calloc(1, sizeof *exits));
    *exits = (struct exits){.path_count = 3,
                            .resource_count = 2,
                            .idiom_count = 7,
                            .paths = {"deferred cancel", "SIGKILL", "throw"},
                            .resources = {"descriptor", "temporary file"}};
    for (size_t i = 0; i < exits->idiom_count; i++)
        snprintf(exits->idioms[i].name, sizeof exits->idioms[i].name, "%s", idioms[i]);
    exits->idioms[0].control = true;
    fill_exits(exits);
    exits->idioms[5].cells[2][0] = (struct exits_cell){EXITS_BROKEN, true};
    exits->idioms[5].cells[2][1] = (struct exits_cell){EXITS_KEPT, true};
    exits->idioms[6].cells[2][1] = (struct exits_cell){EXITS_DIFFERS, true};
    *out = (struct result){.workload = "exits",
                           .comparison = true,
                           .verdict = VERDICT_FAIL,
                           .exit_status = EXIT_GUARANTEE_BROKEN,
                           .sentence = "2 of 42 cells do not hold what is promised.",
                           .exits = exits};
}

/* Of the result, or of the suite. */
static char *written(const char *report, const struct result *result, const struct suite *suite, bool color,
                     int columns)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = checked(open_memstream(&text, &length));
    struct report_options options = {.color = color, .columns = columns};
    int rc = result != NULL ? report_named(report)->write(result, &options, out)
                            : report_named(report)->write_suite(suite, &options, out);
    if (fclose(out) != 0 || rc != 0)
        abort();
    return text;
}

char *example_report(const char *report, const struct result *result, bool color, int columns)
{
    return written(report, result, NULL, color, columns);
}

char *example_suite_report(const char *report, const struct suite *suite, bool color, int columns)
{
    return written(report, NULL, suite, color, columns);
}
