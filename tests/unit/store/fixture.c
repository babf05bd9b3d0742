#include "fixture.h"

#include "store/query.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"

struct place place_make(void)
{
    struct place place = {.folder = scratch_make()};
    snprintf(place.path, sizeof place.path, "%s/" STORE_FILE, place.folder);
    return place;
}

void place_remove(struct place *place)
{
    scratch_remove(place->folder);
}

struct store *place_open(const struct place *place)
{
    struct store *store = NULL;
    struct error error = {.text = ""};
    cr_assert_eq(store_open(place->path, STORE_WRITE, &store, &error), 0, "%s", error.text);
    return store;
}

const struct store_environment example_environment = {
    .exeunt = "0.1.0",
    .kernel = "6.12.4",
    .libc = "glibc 2.41",
    .host = "build-3",
    .machine = "x86_64",
    .folder = "/home/a/work",
    .target_commit = "00112233445566778899aabbccddeeff00112233",
};

struct sweep_finding example_finding(uint64_t signature)
{
    return (struct sweep_finding){
        .kind = SWEEP_LEAK,
        .severity = SWEEP_HIGH,
        .resource = "descriptor",
        .signature = signature,
        .count = 3,
        .taken_at = "src/log.c:14",
        .mode = SWEEP_ONCE,
        .faults = {{.point = "posix/io/oc/open",
                    .error = EMFILE,
                    .coordinate = "0.1:posix/io/oc/open#3",
                    .failed_at = "src/log.c:31"}},
        .breaks = true,
    };
}

/* On the heap, as a finding owns it. */
static void give_stack(struct sweep_finding *finding, size_t depth)
{
    finding->stack = calloc(depth, sizeof *finding->stack);
    finding->stack_depth = depth;
    for (size_t i = 0; i < depth; i++)
        snprintf(finding->stack[i], sizeof finding->stack[i], "src/log.c:%zu", i);
}

static char **words_of(const char *const *words, size_t count)
{
    char **copy = calloc(count + 1, sizeof *copy);
    for (size_t i = 0; i < count; i++)
        copy[i] = strdup(words[i]);
    return copy;
}

struct sweep_result example_sweep(void)
{
    static const char *const command[] = {"./tests", "", "two words", "line\nfeed", "\xff\xfe no UTF-8"};
    struct sweep_result sweep = {
        .command = words_of(command, sizeof command / sizeof *command),
        .line = strdup("./tests '' 'two words' ..."),
        .seed = UINT64_MAX - 1,
        .started_s = 1790000000,
        .wall_ms = 61234,
        .contexts = 41,
        .calls = 900,
        .runs = 55,
        .planned = 55,
        .steady_status = 2,
        .by_server = true,
        .points = calloc(2, sizeof *sweep.points),
        .point_count = 2,
        .findings = calloc(3, sizeof *sweep.findings),
        .finding_count = 3,
        .note = "two runs without faults differed in one file",
        .fail_on = 1u << SWEEP_LEAK | 1u << SWEEP_UNRELEASED,
        .exit_status = EXIT_GUARANTEE_BROKEN,
        .sentence = "FAIL: 3 findings",
    };
    for (unsigned kind = 0; kind < SWEEP_OUTCOMES; kind++)
        sweep.outcomes[kind] = (uint64_t)kind * kind;
    sweep.points[0] = (struct sweep_point){"posix/io/rw/write", 800, 30, 29};
    sweep.points[1] = (struct sweep_point){"app/parse", 100, 11, 11};
    sweep.findings[0] = example_finding(UINT64_MAX);
    give_stack(&sweep.findings[0], SWEEP_STACK_MAX);
    sweep.findings[1] = example_finding(2);
    sweep.findings[1].severity = SWEEP_MEDIUM;
    sweep.findings[1].mode = SWEEP_PAIR;
    sweep.findings[1].faults[1] =
        (struct sweep_fault){"posix/io/oc/close", EIO, "0:posix/io/oc/close#1", "a.c:1"};
    sweep.findings[1].replays = 3, sweep.findings[1].reproduced = 2;
    strcpy(sweep.findings[1].suppressed, "known, and why");
    sweep.findings[1].breaks = false;
    give_stack(&sweep.findings[1], 1);
    sweep.findings[2] = example_finding(3);
    sweep.findings[2].kind = SWEEP_UNRELEASED;
    sweep.findings[2].severity = SWEEP_LOW;
    sweep.findings[2].breaks = false;
    strcpy(sweep.findings[2].detail, "</script>'; drop table finding; --\x1b[2J \xff");
    strcpy(sweep.findings[2].resource, "");
    strcpy(sweep.findings[2].taken_at, "");
    return sweep;
}

int begin_sweep(struct store *store, const struct sweep_result *sweep, uint64_t *run, struct error *error)
{
    const struct store_beginning beginning = {.kind = "sweep",
                                              .command = sweep->command,
                                              .line = sweep->line,
                                              .options =
                                                  sweep->workload[0] != '\0' ? sweep->line : "--depth all",
                                              .seed = sweep->seed,
                                              .started_s = sweep->started_s};
    return store_begin(store, &beginning, &example_environment, run, error);
}

uint64_t begin_example(struct store *store)
{
    struct sweep_result sweep = example_sweep();
    struct error error = {.text = ""};
    uint64_t run = 0;
    cr_assert_eq(begin_sweep(store, &sweep, &run, &error), 0, "%s", error.text);
    sweep_result_clear(&sweep);
    return run;
}

uint64_t number_of(struct store *store, const char *sql)
{
    struct error error;
    uint64_t number = 99;
    EXEUNT_GUARD(query, query, query_make(store, sql, &error));
    cr_assert_eq(query_number(&query, &number), 0, "%s", error.text);
    return number;
}
