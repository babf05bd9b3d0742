/* Decides what a run is called: the worst that holds. */
#include "oracle/outcome.h"

#include <signal.h>
#include <string.h>

void steady_learn(const struct run_seen *first, const struct run_seen *second, struct steady *out)
{
    *out = (struct steady){
        .exit_status = first->exit_status,
        .output_steady = first->output == second->output,
        .errors_steady = first->errors == second->errors,
        .files_steady = first->files == second->files,
        .sanitizer = first->sanitizer || second->sanitizer,
        .output = first->output,
        .errors = first->errors,
        .files = first->files,
    };
}

bool outcome_is_sanitizer(const char *text, size_t length)
{
    static const char *const reports[] = {"ERROR: AddressSanitizer", "ERROR: LeakSanitizer",
                                          "WARNING: ThreadSanitizer",
                                          ": runtime error: ", "WARNING: MemorySanitizer"};
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++)
        if (memmem(text, length, reports[i], strlen(reports[i])) != NULL)
            return true;
    return false;
}

static bool same_results(const struct steady *steady, const struct run_seen *run)
{
    return (!steady->output_steady || steady->output == run->output) &&
           (!steady->files_steady || steady->files == run->files);
}

/* An error status that comes anyway says nothing of a fault, but words do. */
static bool told_more(const struct steady *steady, const struct run_seen *run)
{
    return !steady->errors_steady || steady->errors != run->errors;
}

enum sweep_kind outcome_of(const struct steady *steady, const struct run_seen *run)
{
    if (run->drifted)
        return SWEEP_DRIFTED;
    if (run->sanitizer && !steady->sanitizer)
        return SWEEP_SANITIZER;
    if (run->timed_out)
        return SWEEP_HANG;
    if (run->signal != 0)
        return run->signal == SIGABRT ? SWEEP_ABORT : SWEEP_CRASH;
    if (run->double_releases > 0)
        return SWEEP_DOUBLE_RELEASE;
    if (run->leaks > 0)
        return SWEEP_LEAK;
    bool same_status = run->exit_status == steady->exit_status;
    if (same_status && same_results(steady, run))
        return SWEEP_MASKED;
    if (run->exit_status != 0 && (!same_status || told_more(steady, run)))
        return SWEEP_DETECTED;
    return run->benign ? SWEEP_MASKED : SWEEP_SILENT;
}

bool outcome_is_swallowed(const struct steady *steady, const struct run_seen *run)
{
    return outcome_of(steady, run) == SWEEP_MASKED && !run->benign && steady->errors_steady &&
           steady->errors == run->errors;
}
