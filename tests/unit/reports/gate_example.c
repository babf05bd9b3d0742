/* What every test of a gate's report looks at. */
#include "gate_example.h"

#include <stdio.h>
#include <stdlib.h>

#include "report.h"

#define HOSTILE "<p title=\"a&b'c\">\x1b[2J\x01 \xff \xef\xbf\xbf]]>"

static struct gate_covered covered_before[] = {
    {.point = "posix/io/oc/open", .error = "EACCES"},
    {.point = "posix/io/rw/read", .error = "EIO"},
    {.point = "posix/io/sync/fsync", .error = "EIO"},
};
static struct gate_covered covered_now[] = {
    {.point = "posix/io/oc/open", .error = "EACCES"},
    {.point = "posix/io/rw/read", .error = "EIO"},
};

static struct gate_finding found_before[] = {
    {.kind = "crash",
     .file = "parse.c",
     .function = "node_make",
     .point = "libc/mm/malloc",
     .error = "ENOMEM",
     .line = 7},
    {.kind = "leak",
     .resource = "lock",
     .file = "queue.c",
     .point = "posix/io/rw/read",
     .error = "EIO",
     .line = 40},
};
static struct gate_finding found_now[] = {
    {.kind = "abandoned-lock"}, /* of a comparison: neither a place nor a replay */
    {.kind = "crash",
     .file = "parse.c",
     .function = "node_make",
     .point = "libc/mm/malloc",
     .error = "ENOMEM",
     .line = 9},
    {.kind = "hang",
     .file = "libz.so.1",
     .point = "posix/io/rw/write",
     .error = "EIO",
     .flaky = true,
     .replay = "exeunt replay '0:posix/io/rw/write#1:EIO' -- ./tests"},
    {.kind = "leak",
     .resource = "descriptor",
     .file = "src/a b#1.c",
     .point = "posix/io/rw/read",
     .error = "EIO",
     .line = 124,
     .replay = "exeunt replay '0:posix/io/rw/read#2:EIO' -- ./tests"},
};

static struct gate_subject before[] = {
    {.name = "upload/unguarded", .control = true, .faults = 135},
    {.name = "upload/guarded", .faults = 136, .covered = covered_before, .covered_count = 3},
    {.name = "upload/handwritten",
     .faults = 41200,
     .by_chance = true,
     .covered = covered_before,
     .covered_count = 2},
    {.name = "upload/misordered", .control = true, .faults = 9},
    {.name = "upload/retried", .faults = 30},
    {.name = "tests", .faults = 90, .findings = found_before, .finding_count = 2},
    {.name = HOSTILE, .faults = 1},
    {.name = "session/guarded", .faults = 130},
    {.name = "exits/unguarded", .control = true, .measured = true, .faults = 55},
};
static struct gate_subject now[] = {
    {.name = "upload/unguarded", .control = true, .caught = true, .faults = 135},
    {.name = "upload/guarded", .faults = 136, .covered = covered_now, .covered_count = 2},
    {.name = "upload/handwritten",
     .faults = 41200,
     .by_chance = true,
     .covered = covered_now,
     .covered_count = 2},
    {.name = "upload/misordered", .control = true, .faults = 9},
    {.name = "upload/retried", .control = true, .caught = true, .faults = 30},
    {.name = "tests", .faults = 92, .findings = found_now, .finding_count = 4},
    {.name = "exits/unguarded", .control = true, .caught = true, .measured = true, .faults = 55},
};

static struct gate_part parts_before[] = {
    {.command = "sweep upload", .subjects = &before[0], .subject_count = 2},
    {.command = "compare upload --for 20m", .subjects = &before[2], .subject_count = 3},
    {.command = "sweep -- ./tests --filter 'a<b'", .subjects = &before[5], .subject_count = 2},
    {.command = "sweep session/guarded", .subjects = &before[7], .subject_count = 1},
    {.command = "compare exits", .subjects = &before[8], .subject_count = 1},
};
static struct gate_part parts_now[] = {
    {.command = "sweep upload", .subjects = &now[0], .subject_count = 2},
    {.command = "compare upload --for 20m", .subjects = &now[2], .subject_count = 3},
    {.command = "sweep -- ./tests --filter 'a<b'", .subjects = &now[5], .subject_count = 1},
    {.command = "sweep session/guarded", .trouble = "no room on '" HOSTILE "'"},
    {.command = "compare exits", .subjects = &now[6], .subject_count = 1},
};

void gate_example(struct gate_verdict *out)
{
    const struct gate_parts recorded = {5, parts_before, "ci/gate.json"},
                            found = {.count = 5, .list = parts_now};
    if (gate_judge(&recorded, &found, out) != 0)
        abort();
}

char *gate_example_report(const char *report, const struct gate_verdict *verdict, bool color)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    struct report_options options = {.color = color, .columns = 80};
    if (out == NULL || report_named(report)->write_gate(verdict, &options, out) != 0 || fclose(out) != 0)
        abort();
    return text;
}
