/* Whole commands are timed, with their runs without faults and all else that belongs to a sweep. */
#include "sweeping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "command.h"
#include "scratch.h"
#include "table.h"

enum { REPETITIONS = 7, ROUNDS = 40, ROUNDS_BRIEF = 3, STATEMENTS = 200 };

static double seconds_of(const char *line)
{
    uint64_t start = clock_now_ns();
    struct command_result ran = command_run("%s", line);
    if (ran.status != 0 && ran.status != 1) {
        fprintf(stderr, "bench: '%s' ended with status %d: %s\n", line, ran.status, ran.err);
        exit(3);
    }
    command_free(&ran);
    return (double)(clock_now_ns() - start) / 1e9;
}

/* Sweeps in the folder, one fault a run. The JSON of the result is the caller's. */
static json_t *sweep(const char *folder, const char *options, const char *program, double *seconds)
{
    char line[1024], path[512];
    snprintf(path, sizeof path, "%s/result.json", folder);
    snprintf(line, sizeof line,
             "mkdir -p %s/work && cd %s/work && TMPDIR=%s exec %s sweep --quiet --modes once --budget 0s "
             "--results none --json ../result.json %s -- %s",
             folder, folder, folder, BENCH_EXEUNT, options, program);
    *seconds = seconds_of(line);
    json_t *result = json_load_file(path, 0, NULL);
    if (result == NULL || json_integer_value(json_object_get(result, "runs")) == 0) {
        fprintf(stderr, "bench: '%s' gave no result\n", line);
        exit(3);
    }
    return result;
}

/* Milliseconds of a run with a fault of a program that opens, reads and closes a few times. */
static double run_ms(const char *folder, int rounds, const char *options)
{
    char program[256], all[64];
    double seconds;
    snprintf(program, sizeof program, "%s open %d 1", BENCH_CALLS, rounds);
    snprintf(all, sizeof all, "-j 1 --depth calls %s", options);
    json_t *result = sweep(folder, all, program, &seconds);
    double ms = seconds * 1000 / (double)json_integer_value(json_object_get(result, "runs"));
    json_decref(result);
    return ms;
}

/* The same by hand. */
static double strace_ms(int rounds)
{
    char line[512];
    snprintf(
        line, sizeof line,
        "n=0; while [ $((n += 1)) -le %d ]; do strace -f -o /dev/null -e inject=openat:error=EMFILE:when=$n "
        "%s open %d 1; done",
        rounds, BENCH_CALLS, rounds);
    return seconds_of(line) * 1000 / rounds;
}

static bool measure_runs(json_t *into, const char *folder, bool brief)
{
    double served[REPETITIONS], against_exec[REPETITIONS], against_strace[REPETITIONS];
    int repetitions = brief ? 1 : REPETITIONS, rounds = brief ? ROUNDS_BRIEF : ROUNDS;
    for (int i = 0; i < repetitions; i++) {
        served[i] = run_ms(folder, rounds, "");
        against_exec[i] = served[i] / run_ms(folder, rounds, "--exec");
        against_strace[i] = served[i] / strace_ms(rounds);
    }
    table_figure(into, "sweep, a run of a near-empty target", table_median(served, repetitions), "ms", -1);
    bool held = table_figure(into, "sweep, a run, against fork and exec",
                             table_median(against_exec, repetitions), "wall ratio", brief ? -1 : 0.5);
    return table_figure(into, "sweep, a run, against a loop over strace",
                        table_median(against_strace, repetitions), "wall ratio", brief ? -1 : 0.25) &&
           held;
}

/* Transactions of one statement and of several. */
static void write_script(const char *folder)
{
    char path[512];
    snprintf(path, sizeof path, "%s/script.sql", folder);
    FILE *script = fopen(path, "w");
    if (script == NULL)
        exit(3);
    fputs("create table word (id integer primary key, text text);\n", script);
    static const char *const statements[] = {
        "begin;", "insert into word (text) values ('one');",
        "update word set text = 'other' where id = last_insert_rowid ();", "commit;",
        "insert into word (text) values ('two');"};
    for (int i = 1; i < STATEMENTS; i++)
        fprintf(script, "%s\n", statements[(i - 1) % (int)(sizeof statements / sizeof *statements)]);
    fclose(script);
}

static bool has_signature(json_t *result, const char *signature)
{
    size_t index;
    json_t *finding;
    json_array_foreach(json_object_get(result, "findings"), index, finding)
    {
        if (strcmp(json_string_value(json_object_get(finding, "signature")), signature) == 0)
            return true;
    }
    return false;
}

/* Of what the other one found, in percent. */
static double recall(json_t *result, json_t *other)
{
    size_t index, found = 0;
    json_t *finding, *findings = json_object_get(other, "findings");
    json_array_foreach(findings, index, finding)
    {
        found += has_signature(result, json_string_value(json_object_get(finding, "signature")));
    }
    return json_array_size(findings) > 0 ? 100.0 * (double)found / (double)json_array_size(findings) : 100;
}

static bool measure_contexts(json_t *into, const char *folder)
{
    static const char program[] = "sqlite3 -batch -bail new.db <../script.sql";
    double seconds[2];
    write_script(folder);
    json_t *contexts = sweep(folder, "--depth contexts", program, &seconds[0]);
    json_t *calls = sweep(folder, "--depth calls", program, &seconds[1]);
    table_figure(into, "sweep of sqlite3 by calls, runs",
                 (double)json_integer_value(json_object_get(calls, "runs")), "runs", -1);
    table_figure(into, "sweep of sqlite3 by calls, findings",
                 (double)json_array_size(json_object_get(calls, "findings")), "findings", -1);
    bool held = table_figure(into, "sweep of sqlite3 by contexts, against calls", seconds[0] / seconds[1],
                             "wall ratio", 0.1);
    held &= table_figure(into, "sweep of sqlite3 by contexts, findings missed", 100 - recall(contexts, calls),
                         "percent", 5);
    json_decref(contexts);
    json_decref(calls);
    return held;
}

bool sweeping_measure(json_t *into, bool brief)
{
    char *folder = scratch_make();
    bool held = measure_runs(into, folder, brief);
    if (!brief)
        held &= measure_contexts(into, folder);
    scratch_remove(folder);
    return held;
}
