/* Makes the ledger, starts the program with it, waits for its end. */
#include "under_preload.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "campaign/symbols.h"
#include "faults.h"

struct way {
    bool watch_heap, traced, faults_only;
};

static void make_ledger(const char *text, struct way way, struct ledger_view *out)
{
    const char *names[FAULT_POINTS_COUNT + 1];
    for (size_t i = 0; i < FAULT_POINTS_COUNT; i++)
        names[i] = fault_points[i].name;
    names[FAULT_POINTS_COUNT] = "app/point";
    struct plan_points points = {.count = FAULT_POINTS_COUNT + 1, .names = names};
    struct plan plan;
    struct error error;
    int failed = plan_parse(text, &points, 1, &plan, &error);
    plan.within_operations = !way.traced;
    if (failed == 0)
        failed = (way.traced ? ledger_create_traced : ledger_create)(1024, &plan, &points, out, &error);
    if (failed != 0) {
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
    out->ledger->watch_heap = way.watch_heap;
    out->ledger->trace_faults_only = way.faults_only;
}

static struct under_preload run_program(const char *program, const char *argument, const char *detail,
                                        const char *plan, struct way way)
{
    struct under_preload run = {0};
    char path[64];
    make_ledger(plan, way, &run.ledger);
    ledger_path(&run.ledger, path, sizeof path);
    fflush(NULL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setenv("LD_PRELOAD", PRELOAD, 1);
        setenv("ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0", 1);
        setenv(LEDGER_ENVIRONMENT, path, 1);
        execl(program, program, argument, detail, (char *)NULL);
        _exit(127);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || run.ledger.ledger->attached == 0)
        abort();
    while (waitpid(-1, NULL, 0) > 0) /* what it left: the next program's ledger is not for them */
        continue;
    run.ledger.child_ended = true;
    run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return run;
}

struct under_preload under_preload_run(const char *program, const char *argument, const char *detail,
                                       const char *plan)
{
    return run_program(program, argument, detail, plan, (struct way){0});
}

struct under_preload under_preload_run_watched(const char *program, const char *argument, const char *plan)
{
    return run_program(program, argument, NULL, plan, (struct way){.watch_heap = true});
}

struct under_preload under_preload_run_traced(const char *program, const char *argument, const char *plan)
{
    return run_program(program, argument, NULL, plan, (struct way){.watch_heap = true, .traced = true});
}

struct under_preload under_preload_run_faults_traced(const char *program, const char *argument,
                                                     const char *plan)
{
    return run_program(program, argument, NULL, plan, (struct way){.traced = true, .faults_only = true});
}

void under_preload_end(struct under_preload *run)
{
    ledger_close(&run->ledger);
}

unsigned under_preload_count(struct under_preload *run, enum ledger_event_kind kind)
{
    struct ledger_event event;
    uint64_t lost = 0;
    unsigned count = 0;
    run->ledger.events_read = 0;
    while (ledger_next_event(&run->ledger, &event, &lost))
        count += event.kind == (uint32_t)kind;
    return count;
}

bool under_preload_leak_place(struct under_preload *run, char *place, size_t size, int *line)
{
    struct ledger_event event;
    uint64_t lost = 0;
    run->ledger.events_read = 0;
    if (!ledger_next_event(&run->ledger, &event, &lost))
        return false;
    struct symbols *symbols = symbols_open(&run->ledger);
    symbols_name(symbols, event.taken_at, place, size);
    symbols_close(symbols);
    *line = -run->ledger.ledger->operations[1].status;
    return true;
}
