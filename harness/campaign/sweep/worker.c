/* Decides what of a run is held against another: its end, its output, and what it left in its folders. */
#include "campaign/sweep/worker.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "campaign/sweep/recording.h"
#include "supervise/environment.h"

int worker_open(const struct worker_site *site, struct worker *out, struct error *error)
{
    struct worker worker = {.site = site};
    const struct sweep_options *options = site->options;
    char unheard[1];
    int failed = 0;
    if (!options->in_place)
        failed = scratch_open(site->folder, options->without, options->copy_max, &worker.folder, error);
    if (failed == 0)
        failed = scratch_open(NULL, NULL, 0, &worker.temps, error);
    const struct attempt_target target = {
        .path = site->path,
        .arguments = options->program,
        .preload = site->preload,
        .points = site->points,
        .input = site->input,
        .folder = worker.folder != NULL ? scratch_path(worker.folder) : site->folder,
        .temp_folder = worker.temps != NULL ? scratch_path(worker.temps) : NULL,
        .limit_fds = options->limit_fds,
        .without_server = options->without_server,
        .interrupted = options->interrupted,
    };
    if (failed == 0)
        failed = attempter_open(&target, &worker.attempter, error);
    if (failed != 0)
        worker_close(&worker, unheard, sizeof unheard);
    else
        *out = worker;
    return failed;
}

void worker_close(struct worker *worker, char *leftover, size_t size)
{
    worker->attempter = attempter_close(worker->attempter);
    worker->folder = scratch_close(worker->folder, leftover, size);
    worker->temps = scratch_close(worker->temps, leftover, size);
}

static int undo(struct worker *worker, struct sight *sight, struct error *error)
{
    int failed = worker->folder != NULL ? scratch_restore(worker->folder, &sight->files, error) : 0;
    return failed == 0 ? scratch_restore(worker->temps, &sight->temps, error) : failed;
}

/* A fork server that is lost takes with it what was seen of an attempt. */
static int attempt(struct worker *worker, const struct plan *plan, uint64_t limit_ns, struct sight *out,
                   struct error *error)
{
    int failed;
    while ((failed = attempter_try(worker->attempter, plan, limit_ns, &out->seen, error)) == -EAGAIN) {
        failed = undo(worker, out, error);
        sight_clear(out);
        if (failed != 0)
            return failed;
    }
    return failed;
}

int worker_run(struct worker *worker, const struct plan *plan, uint64_t limit_ns, struct sight *out,
               struct error *error)
{
    struct sight sight = {0};
    int failed = attempt(worker, plan, limit_ns, &sight, error);
    if (failed == 0)
        failed = recording_read(attempter_ledger(worker->attempter), &sight.record, error);
    sight.sanitizer_reported = attempter_ledger(worker->attempter)->ledger->sanitizer_reports > 0;
    if (failed == 0)
        failed = undo(worker, &sight, error);
    if (failed != 0)
        sight_clear(&sight);
    else
        *out = sight;
    return failed;
}

void sight_clear(struct sight *sight)
{
    record_clear(&sight->record);
    scratch_changes_clear(&sight->files);
    scratch_changes_clear(&sight->temps);
}

static bool has_made(const struct scratch *scratch, const struct scratch_changes *changes, uint64_t path_hash)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < changes->count; i++)
        if (changes->list[i].kind == SCRATCH_MADE &&
            snprintf(path, sizeof path, "%s/%s", scratch_path(scratch), changes->list[i].path) <
                (int)sizeof path &&
            hash_text(path) == path_hash)
            return true;
    return false;
}

/* The ledger's slots are those of the program's first process. Of a forked child the trace alone tells, if it
 * came to its end by itself: what it executed instead, nobody has watched. */
static bool is_open(const struct ledger_view *ledger, const struct record *record,
                    const struct record_event *taken)
{
    if (taken->id <= STDERR_FILENO)
        return false;
    if (taken->process != plan_who_of_path("0").path)
        return record_has_ended(record, taken->process);
    return taken->id < ledger->fd_count && (ledger->ledger->fds[taken->id].holder & LEDGER_FD_OPEN) != 0;
}

bool worker_still_has(const struct worker *worker, const struct sight *sight,
                      const struct record_event *taken)
{
    switch (taken->resource) {
    case TRACE_DESCRIPTOR:
        return is_open(attempter_ledger(worker->attempter), &sight->record, taken);
    case TRACE_FILE:
        return (worker->folder != NULL && has_made(worker->folder, &sight->files, taken->id)) ||
               has_made(worker->temps, &sight->temps, taken->id);
    default:
        return true;
    }
}

/* Names of temporary files are random, so they do not count; nor does what is in them. */
static uint64_t hash_changes(const struct scratch_changes *changes)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < changes->count; i++)
        hash = hash_add(hash_add(hash, hash_text(changes->list[i].path)), changes->list[i].content);
    return hash;
}

struct run_seen worker_seen(const struct sight *sight)
{
    const struct attempt_seen *seen = &sight->seen;
    return (struct run_seen){
        .timed_out = seen->end == ATTEMPT_TIMED_OUT,
        .signal = seen->end == ATTEMPT_SIGNALLED ? seen->status : 0,
        .exit_status = seen->end == ATTEMPT_EXITED ? seen->status : 0,
        .output = hash_add(seen->output.hash, seen->output.size),
        .errors = hash_add(seen->errors.hash, seen->errors.size),
        .files = hash_changes(&sight->files),
        .sanitizer = sight->sanitizer_reported ||
                     (seen->end == ATTEMPT_EXITED && seen->status == SANITIZER_EXIT_STATUS) ||
                     outcome_is_sanitizer(seen->errors.head, seen->errors.head_length) ||
                     outcome_is_sanitizer(seen->errors.tail, seen->errors.tail_length),
    };
}
