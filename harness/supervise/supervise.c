/* Decides when a run is over and why: the program ended, no operation ends any more, or the user wants to
 * end. One thread, one loop; it sleeps until the next thing is due. */
#include "supervise/supervise.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "supervise/activity.h"
#include "supervise/child.h"
#include "supervise/series.h"
#include "supervise/words.h"

/* More than a pipe can hold: for a writer that was handed the pipe and is none of ours. */
enum { FINAL_READINGS_MAX = 128 };

/* How often the ledger is drained, so that its ring does not overflow. */
static const uint64_t drain_ns = 10000000u;

/* How long the program may take to end by itself once it is asked to. */
static const uint64_t grace_ns = 2000000000u;
static const uint64_t patience_ns = 10000000000u; /* with a program that does not seem to start */

enum over { NOT_OVER, PROGRAM_ENDED, KEEPER_LOST, HANGS, LOCKED_UP, GRACE_OVER };

struct run {
    const struct supervise_options *options;
    struct child child;
    struct series_collector collector;
    struct words words;
    struct detector *detector;
    struct deadlock deadlock;
    enum confirmation confirmed;
    sigset_t signals; /* the caller's mask */
    enum over over;
    int status; /* wait status, once PROGRAM_ENDED */
    int64_t fds_last, fds_peak, held_peak, waiting_peak;
    uint64_t operations; /* ended by the last sample */
    bool operations_begun;
    uint64_t activity;
    uint64_t progress_ns; /* the last sample that saw any */
    uint64_t sample_due_ns, drain_due_ns;
    uint64_t grace_end_ns; /* 0: nobody has asked to end */
    bool time_is_over;     /* that is why it was asked */
};

/* Since the sample before. What the kernel does not tell is taken for progress. */
static bool sees_progress(struct run *run, uint64_t operations)
{
    bool ended = operations != run->operations;
    run->operations = operations;
    if (run->options->hang_by != HANG_BY_REST || run->operations_begun)
        return ended;
    uint64_t before = run->activity;
    run->activity = activity_of(run->child.keeper);
    return run->activity == 0 || run->activity != before;
}

static void take_sample(struct run *run, uint64_t now_ns)
{
    const struct supervise_options *options = run->options;
    struct ledger_totals totals;
    ledger_totals(options->ledger, &totals);
    struct sample sample = {
        .t_ms = (now_ns - run->child.started_ns) / 1000000,
        .fds = sampler_count(&run->child.sampler),
        .operations = totals.succeeded + totals.failed,
        .faults = totals.injected,
        .children = totals.children,
        .temps = totals.temps,
        .heap = totals.heap,
        .held_locks = totals.held_locks,
        .waiting = totals.waiting,
    };
    run->operations_begun = totals.started > 0;
    if (sample.fds >= 0)
        run->fds_last = sample.fds;
    if (sample.fds > run->fds_peak)
        run->fds_peak = sample.fds;
    if (sample.held_locks > run->held_peak)
        run->held_peak = sample.held_locks;
    if (sample.waiting > run->waiting_peak)
        run->waiting_peak = sample.waiting;
    if (sees_progress(run, sample.operations))
        run->progress_ns = now_ns;
    series_add(&run->collector, &sample);
    if (options->tick != NULL)
        options->tick(options->tick_context, &sample);
}

/* Whether threads are in a deadlock; then the run is over, and both witnesses are heard. */
static void detect(struct run *run)
{
    const struct ledger_view *ledger = run->options->ledger;
    const struct sampler *sampler = &run->child.sampler;
    if (run->over != NOT_OVER || !detector_look(run->detector, ledger, clock_now_ns(), &run->deadlock))
        return;
    run->confirmed = confirm_deadlock(sampler->process, sampler->main_task, ledger, &run->deadlock);
    run->over = LOCKED_UP;
}

/* Takes the sample that is due. One that is missed, since the machine was busy, is not made up for. */
static void sample_if_due(struct run *run, uint64_t now_ns)
{
    const struct supervise_options *options = run->options;
    if (now_ns < run->sample_due_ns)
        return;
    take_sample(run, now_ns);
    run->sample_due_ns += options->sample_ns;
    if (run->sample_due_ns <= now_ns)
        run->sample_due_ns = now_ns + options->sample_ns;
    bool waits = options->hang_ns != 0 && run->grace_end_ns == 0 &&
                 (run->operations_begun || options->hang_by != HANG_BY_MARKS);
    if (waits && now_ns - run->progress_ns >= options->hang_ns)
        run->over = HANGS;
    detect(run);
}

static void drain_if_due(struct run *run, uint64_t now_ns)
{
    const struct supervise_options *options = run->options;
    if (options->drain == NULL || now_ns < run->drain_due_ns)
        return;
    options->drain(options->tick_context);
    run->drain_due_ns = now_ns + drain_ns;
}

/* A program that has not come to its first call yet is not asked to end: where much is going on, it takes its
 * time to start. */
static bool has_begun(const struct run *run, uint64_t now_ns)
{
    const struct supervise_options *options = run->options;
    return options->preload == NULL || options->ledger->ledger->attached != 0 ||
           now_ns - run->child.started_ns >= options->for_ns + patience_ns;
}

static void end_if_asked(struct run *run, uint64_t now_ns)
{
    if (run->grace_end_ns != 0 && now_ns >= run->grace_end_ns)
        run->over = GRACE_OVER;
    if (run->grace_end_ns != 0)
        return;
    const struct supervise_options *options = run->options;
    run->time_is_over =
        options->for_ns != 0 && now_ns - run->child.started_ns >= options->for_ns && has_begun(run, now_ns);
    if (*options->interrupted == 0 && !run->time_is_over)
        return;
    options->ledger->ledger->stop = 1;
    if (options->end_signal != 0)
        child_signal(&run->child, options->end_signal);
    run->grace_end_ns = now_ns + grace_ns;
}

/* One reading, so that a program that writes without end does not keep us from the rest. False: nothing
 * is there now. */
static bool drain_errors(struct run *run)
{
    char bytes[16 * 1024];
    ssize_t length = read(run->child.errors, bytes, sizeof bytes);
    if (length > 0)
        words_add(&run->words, bytes, (size_t)length);
    else if (length == 0 || errno != EAGAIN)
        child_close(&run->child);
    return length > 0;
}

/* The caller's signals are blocked but for here and in ppoll, so that none comes between a look at what a
 * handler sets and the sleep. ppoll alone lets none in while there is always something to read. */
static void let_signals_in(const struct run *run)
{
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, &run->signals, &blocked);
    pthread_sigmask(SIG_SETMASK, &blocked, NULL);
}

/* Sleeps until something happens or is due. */
static void wait_for_news(struct run *run, uint64_t now_ns)
{
    uint64_t due_ns = run->sample_due_ns;
    if (run->options->drain != NULL && run->drain_due_ns < due_ns)
        due_ns = run->drain_due_ns;
    if (run->grace_end_ns != 0 && run->grace_end_ns < due_ns)
        due_ns = run->grace_end_ns;
    uint64_t left_ns = due_ns > now_ns ? due_ns - now_ns : 0;
    struct timespec timeout = {.tv_sec = (time_t)(left_ns / 1000000000u),
                               .tv_nsec = (long)(left_ns % 1000000000u)};
    struct pollfd polled[] = {{.fd = run->child.channel, .events = POLLIN},
                              {.fd = run->child.errors, .events = POLLIN}};
    int ready = ppoll(polled, 2, &timeout, &run->signals);
    let_signals_in(run);
    if (ready <= 0)
        return;
    if (polled[1].revents != 0)
        drain_errors(run);
    if (polled[0].revents != 0)
        run->over = child_status(&run->child, &run->status) ? PROGRAM_ENDED : KEEPER_LOST;
}

static bool own_making(int signal_number)
{
    static const int signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE, SIGSYS, SIGTRAP};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (signals[i] == signal_number)
            return true;
    return false;
}

/* A crash on the way out is still a crash; all else that follows the user's wish is what he wished. */
static enum ended ended_by(const struct run *run, const struct supervise_outcome *outcome)
{
    if (run->over == HANGS)
        return ENDED_HANG;
    if (run->over == LOCKED_UP)
        return ENDED_DEADLOCK;
    if (run->over == PROGRAM_ENDED && own_making(outcome->signal))
        return ENDED_CRASH;
    if (run->grace_end_ns != 0 && run->time_is_over)
        return run->over == GRACE_OVER ? ENDED_OUTSTAYED : ENDED_COMPLETED;
    if (run->grace_end_ns != 0)
        return ENDED_INTERRUPTED;
    if (outcome->signal != 0)
        return ENDED_KILLED;
    return outcome->exit_status == 0 ? ENDED_COMPLETED : ENDED_EXITED;
}

static void fill_outcome(struct run *run, uint64_t ended_ns, struct supervise_outcome *out)
{
    int status = run->over == PROGRAM_ENDED ? run->status : SIGKILL; /* the wait status of what we do */
    *out = (struct supervise_outcome){
        .exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
        .duration_ms = (ended_ns - run->child.started_ns) / 1000000,
        .started_ns = run->child.started_ns,
        .deadlock = run->deadlock,
        .confirmed = run->confirmed,
        .fds_last = run->fds_last,
        .fds_peak = run->fds_peak,
        .held_peak = run->held_peak,
        .waiting_peak = run->waiting_peak,
        .series = series_end(&run->collector),
    };
    out->ended = ended_by(run, out);
    snprintf(out->last_words, sizeof out->last_words, "%s", words_end(&run->words));
}

/* Ends whoever is left, then reads what they left: output, ledger. */
static void finish(struct run *run, struct supervise_outcome *out)
{
    uint64_t ended_ns = clock_now_ns();
    child_end(&run->child);
    for (unsigned i = 0; i < FINAL_READINGS_MAX && run->child.errors >= 0 && drain_errors(run); i++)
        ;
    child_close(&run->child);
    run->options->ledger->child_ended = true;
    take_sample(run, clock_now_ns());
    fill_outcome(run, ended_ns, out);
}

static int run_program(struct run *run, struct supervise_outcome *out, struct error *error)
{
    const struct supervise_options *options = run->options;
    struct child_options child = {.path = options->path,
                                  .arguments = options->arguments,
                                  .preload = options->preload,
                                  .ledger = options->ledger,
                                  .limit_fds = options->limit_fds,
                                  .keep_streams = options->keep_streams != 0};
    int code = child_start(&child, &run->child, error);
    if (code != 0)
        return code;
    run->sample_due_ns = run->child.started_ns;
    run->progress_ns = run->child.started_ns;
    while (run->over == NOT_OVER) {
        uint64_t now_ns = clock_now_ns();
        sample_if_due(run, now_ns);
        drain_if_due(run, now_ns);
        end_if_asked(run, now_ns);
        if (run->over == NOT_OVER)
            wait_for_news(run, now_ns);
    }
    struct supervise_outcome outcome;
    finish(run, &outcome);
    if (run->over == KEEPER_LOST) {
        free(outcome.series.samples);
        return error_not_done(error, -ECHILD,
                              "how '%s' ended is unknown: the process that kept it was killed from outside",
                              options->path);
    }
    *out = outcome;
    return 0;
}

int supervise(const struct supervise_options *options, struct supervise_outcome *out, struct error *error)
{
    struct run run = {.options = options, .fds_last = -1, .fds_peak = -1};
    run.detector = calloc(1, sizeof *run.detector);
    if (run.detector == NULL || series_begin(&run.collector) != 0) {
        free(run.detector);
        return error_not_done(error, -ENOMEM, "no memory for the samples of '%s'", options->path);
    }
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &run.signals);
    int code = run_program(&run, out, error);
    pthread_sigmask(SIG_SETMASK, &run.signals, NULL);
    free(run.collector.series.samples);
    free(run.detector);
    return code;
}
