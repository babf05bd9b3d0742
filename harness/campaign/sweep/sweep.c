/* Decides what is run, by how many at a time, until when; and puts together what all runs showed. */
#include "campaign/sweep/sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/order.h"
#include "base/text.h"
#include "campaign/campaign.h"
#include "campaign/executable.h"
#include "campaign/setup.h"
#include "campaign/sweep/budget.h"
#include "campaign/sweep/filter.h"
#include "campaign/sweep/operations.h"
#include "campaign/sweep/retrial.h"
#include "campaign/sweep/tally.h"

/* What the workers share. The lock is held to take a task. What the tasks showed is brought in by turns, in
 * the order in which they were taken: so the findings are the same with any number of workers. */
struct sweep {
    const struct sweep_options *options;
    struct executable executable;
    char preload[PATH_MAX], folder[PATH_MAX];
    struct plan_points points;
    char (*names)[PLAN_POINT_NAME_MAX]; /* what the points' names are once the program's own are known */
    struct worker_site site;
    bool by_server;
    struct baseline baseline;
    struct agenda agenda;
    struct tally tally;
    pthread_mutex_t lock;
    uint64_t started_ns;
    uint64_t done_before; /* tasks that an earlier part of this sweep has done */
    unsigned busy;        /* workers that may still add tasks */
    uint64_t taken, turn; /* tasks that were taken; of these, those that were brought in */
    pthread_cond_t changed;
    int failed; /* the first failure, with its error */
    struct error error;
    char leftover[320]; /* what could not be removed; "" */
};

static bool wants_pairs(const struct sweep *sweep, const struct task *task)
{
    const struct sweep_options *options = sweep->options;
    return task->mode == SWEEP_ONCE && (options->only != NULL ? options->only->mode == SWEEP_PAIR
                                                              : (options->modes >> SWEEP_PAIR & 1) != 0);
}

/* A first fault whose pairs may still be missing is tried again all the same. */
static bool was_done(const struct sweep *sweep, const struct task *task)
{
    const struct sweep_options *options = sweep->options;
    if (options->done_count == 0 || wants_pairs(sweep, task))
        return false;
    uint64_t key = agenda_key(&sweep->points, task);
    return bsearch(&key, options->done, options->done_count, sizeof key, order_of_numbers) != NULL;
}

/* Next task, under the lock, and its turn. False: there is none, and nobody will add any. */
static bool next_task(struct sweep *sweep, struct task *out, uint64_t *turn)
{
    for (;;) {
        if (sweep->failed != 0 || budget_is_spent(sweep->options, sweep->started_ns))
            return false;
        if (sweep->agenda.next < sweep->agenda.count) {
            *out = sweep->agenda.tasks[sweep->agenda.next++];
            if (was_done(sweep, out)) {
                sweep->done_before++;
                continue;
            }
            sweep->busy++;
            *turn = sweep->taken++;
            return true;
        }
        if (sweep->busy == 0)
            return false;
        pthread_cond_wait(&sweep->changed, &sweep->lock);
    }
}

/* Waits until all tasks that were taken before are brought in. Each turn is passed on, also by a task that
 * failed. */
static void await_turn(struct sweep *sweep, uint64_t turn)
{
    pthread_mutex_lock(&sweep->lock);
    while (sweep->turn != turn)
        pthread_cond_wait(&sweep->changed, &sweep->lock);
    pthread_mutex_unlock(&sweep->lock);
}

static void fail(struct sweep *sweep, int code, const struct error *error)
{
    if (sweep->failed == 0) {
        sweep->failed = code;
        sweep->error = *error;
    }
}

/* Calls that only this fault leads to are second faults. */
static int add_pairs(struct sweep *sweep, const struct task *task, const struct faulting *faulting)
{
    struct call *calls;
    size_t count;
    if (!wants_pairs(sweep, task) || faulting->outcome == SWEEP_DRIFTED)
        return 0;
    int failed = contexts_after_fault(&faulting->sight.record, &sweep->baseline.contexts, &calls, &count);
    if (failed != 0)
        return failed;
    if (sweep->options->only != NULL)
        count = agenda_keep_second(&sweep->points, sweep->options->only, calls, count);
    failed = agenda_add_pairs(&sweep->agenda, &sweep->points, task, calls, count);
    free(calls);
    return failed;
}

static void show_progress(struct sweep *sweep)
{
    if (sweep->options->progress == NULL)
        return;
    const struct sweep_progress progress = {.elapsed_ns = clock_now_ns() - sweep->started_ns,
                                            .runs = sweep->tally.runs,
                                            .planned = sweep->agenda.count,
                                            .findings = sweep->tally.finding_count};
    sweep->options->progress(sweep->options->context, &progress);
}

/* What a run showed becomes findings, and leads to further tasks. */
static int bring_in(struct sweep *sweep, struct worker *worker, const struct task *task,
                    const struct faulting *faulting, struct error *error)
{
    const struct sweep_options *options = sweep->options;
    struct retrial retrial = {
        .options = options, .baseline = &sweep->baseline, .tally = &sweep->tally, .worker = worker};
    int failed = retrial_run(&retrial, task, faulting, error);
    bool confirmed = retrial_is_whole(&retrial);
    for (size_t i = 0; i < retrial.count; i++)
        if (failed == 0)
            failed = tally_tell(&sweep->tally, options, &retrial.novelties[i], error);
        else
            sweep_finding_clear(&retrial.novelties[i].finding);
    pthread_mutex_lock(&sweep->lock);
    if (failed == 0 && add_pairs(sweep, task, faulting) != 0)
        failed = error_not_done(error, -ENOMEM, "no memory for the faults that are still to be tried");
    pthread_mutex_unlock(&sweep->lock);
    tally_run(&sweep->tally, task, faulting->outcome);
    sweep->tally.left_out += faulting->left_out;
    sweep->tally.too_long += faulting->too_long;
    if (failed == 0 && confirmed && options->tried != NULL)
        options->tried(options->context, agenda_key(&sweep->points, task), faulting->outcome);
    show_progress(sweep);
    return failed;
}

/* One task, from its run to its findings. */
static int do_task(struct sweep *sweep, struct worker *worker, const struct task *task, uint64_t turn,
                   struct error *error)
{
    struct faulting faulting;
    int failed = faulting_run(worker, &sweep->baseline, task, &faulting, error);
    await_turn(sweep, turn);
    if (failed != 0)
        return failed;
    if (faulting.sight.seen.end != ATTEMPT_INTERRUPTED)
        failed = bring_in(sweep, worker, task, &faulting, error);
    faulting_clear(&faulting);
    return failed;
}

static void work(struct sweep *sweep, struct worker *worker)
{
    struct task task;
    uint64_t turn;
    pthread_mutex_lock(&sweep->lock);
    while (next_task(sweep, &task, &turn)) {
        struct error error;
        pthread_mutex_unlock(&sweep->lock);
        int failed = do_task(sweep, worker, &task, turn, &error);
        pthread_mutex_lock(&sweep->lock);
        sweep->busy--;
        sweep->turn++;
        if (failed != 0)
            fail(sweep, failed, &error);
        pthread_cond_broadcast(&sweep->changed);
    }
    pthread_cond_broadcast(&sweep->changed);
    pthread_mutex_unlock(&sweep->lock);
}

/* Ends the worker. If something of it stays, that is worth a note. */
static void close_worker(struct sweep *sweep, struct worker *worker)
{
    char leftover[sizeof sweep->leftover] = "";
    worker_close(worker, leftover, sizeof leftover);
    pthread_mutex_lock(&sweep->lock);
    if (leftover[0] != '\0')
        memcpy(sweep->leftover, leftover, sizeof leftover);
    pthread_mutex_unlock(&sweep->lock);
}

/* A worker beside the first. */
static void *work_beside(void *argument)
{
    struct sweep *sweep = argument;
    struct worker worker;
    struct error error;
    int failed = worker_open(&sweep->site, &worker, &error);
    if (failed == 0)
        work(sweep, &worker);
    pthread_mutex_lock(&sweep->lock);
    if (failed != 0)
        fail(sweep, failed, &error);
    pthread_cond_broadcast(&sweep->changed);
    pthread_mutex_unlock(&sweep->lock);
    if (failed == 0)
        close_worker(sweep, &worker);
    return NULL;
}

static void work_all(struct sweep *sweep, struct worker *first)
{
    pthread_t threads[SWEEP_JOBS_MAX];
    unsigned started = 0;
    size_t tasks = sweep->agenda.count; /* workers add to it once they have started */
    while (started + 1 < sweep->options->jobs && started + 1 < SWEEP_JOBS_MAX && started + 1 < tasks &&
           pthread_create(&threads[started], NULL, work_beside, sweep) == 0)
        started++;
    work(sweep, first);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

/* What can be made to fail: all points with a profile, and those that the program turned out to have. */
static int learn_points(struct sweep *sweep, const struct worker *worker, struct error *error)
{
    struct plan_points *points = &sweep->points;
    const struct ledger_view *ledger = attempter_ledger(worker->attempter);
    uint32_t count = ledger_point_count(ledger);
    const char **names = calloc(count + 1, sizeof *names);
    sweep->names = calloc(count + 1, sizeof *sweep->names);
    if (names == NULL || sweep->names == NULL) {
        free(names);
        return error_not_done(error, -ENOMEM, "no memory for the program's points");
    }
    for (uint32_t i = 0; i < count; i++) {
        ledger_point_name(ledger, i, sweep->names[i]);
        names[i] = sweep->names[i];
    }
    free((void *)points->names);
    *points = (struct plan_points){.count = count, .names = names, .open = true};
    return 0;
}

static int make_agenda(struct sweep *sweep, struct error *error)
{
    const struct sweep_options *options = sweep->options;
    if (options->only != NULL)
        return agenda_make_only(options, &sweep->points, &sweep->baseline.contexts, &sweep->agenda, error);
    int failed = filter_check(options->points, &sweep->points, error);
    if (failed != 0)
        return failed;
    if (agenda_make(options, &sweep->points, &sweep->baseline.contexts, &sweep->agenda) != 0)
        return error_not_done(error, -ENOMEM, "no memory for the faults to be tried");
    return 0;
}

/* Told before all else, as what the program does even without a fault. Those that were told of a sweep that
 * now goes on are not told again. */
static int add_unreleased(struct sweep *sweep, struct error *error)
{
    struct baseline *baseline = &sweep->baseline;
    int failed = 0;
    if (sweep->options->only != NULL || sweep->options->done_count > 0)
        return 0;
    for (size_t i = 0; failed == 0 && i < baseline->unreleased_count; i++) {
        struct novelty novelty = {.key = baseline->unreleased[i].signature,
                                  .finding = baseline->unreleased[i]};
        bool is_new;
        failed = tally_see(&sweep->tally, novelty.key, SWEEP_ONCE, &is_new, error);
        if (failed != 0 || !is_new)
            continue;
        baseline->unreleased[i] = (struct sweep_finding){0};
        failed = tally_tell(&sweep->tally, sweep->options, &novelty, error);
    }
    return failed;
}

static int run_sweep(struct sweep *sweep, struct error *error)
{
    struct worker first;
    int failed = worker_open(&sweep->site, &first, error);
    if (failed != 0)
        return failed;
    failed = baseline_learn(&first, &sweep->baseline, error);
    if (failed == 0)
        failed = learn_points(sweep, &first, error);
    if (failed == 0)
        failed = make_agenda(sweep, error);
    if (failed == 0)
        failed = tally_begin(&sweep->tally, &sweep->points, &sweep->baseline.contexts, error);
    if (failed == 0)
        failed = add_unreleased(sweep, error);
    sweep->by_server = attempter_serves(first.attempter);
    if (failed == 0)
        work_all(sweep, &first);
    close_worker(sweep, &first);
    if (failed == 0 && sweep->failed != 0) {
        *error = sweep->error;
        failed = sweep->failed;
    }
    return failed;
}

/* A regular file is read from its start by each run; all else is nothing to read. */
static int input_of(void)
{
    struct stat status;
    return fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode) ? STDIN_FILENO : -1;
}

static int open_sweep(const struct sweep_options *options, struct sweep *sweep, struct error *error)
{
    sweep->options = options;
    sweep->started_ns = clock_now_ns();
    int failed = executable_find(options->program[0], &sweep->executable, error);
    if (failed == 0)
        failed = setup_find_preload(sweep->preload, error);
    if (failed == 0 && getcwd(sweep->folder, sizeof sweep->folder) == NULL)
        failed = error_not_done(error, -errno, "cannot tell the working folder: %s", strerror(errno));
    if (failed != 0)
        return failed;
    sweep->points = campaign_points(NULL);
    if (sweep->points.names == NULL)
        return error_not_done(error, -ENOMEM, "out of memory");
    sweep->site = (struct worker_site){.options = options,
                                       .path = sweep->executable.path,
                                       .preload = sweep->preload,
                                       .folder = sweep->folder,
                                       .points = &sweep->points,
                                       .input = input_of()};
    return 0;
}

/* The command line in words and in one string. */
static int copy_command(char *const *words, struct sweep_result *out)
{
    size_t count = 0;
    while (words[count] != NULL)
        count++;
    out->command = calloc(count + 1, sizeof *out->command);
    out->line = text_joined(words);
    if (out->command == NULL || out->line == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        if ((out->command[i] = strdup(words[i])) == NULL)
            return -ENOMEM;
    return 0;
}

/* What was not judged, and what is left. */
static void write_note(const struct sweep *sweep, char *note, size_t size)
{
    const struct tally *tally = &sweep->tally;
    if (sweep->baseline.lost)
        text_add_sentence(
            note, size,
            "The program makes more calls than a trace holds: those at its end were not made to fail.");
    if (tally->too_long > 0)
        text_add_sentence(note, size,
                          "%" PRIu64
                          " runs made more calls after their fault than a trace holds: what they left "
                          "behind could not be judged.",
                          tally->too_long);
    if (tally->left_out > 0)
        text_add_sentence(note, size,
                          "%" PRIu64 " things that single runs showed beside %d others are not listed.",
                          tally->left_out, SHOWN_MAX);
    if (sweep->agenda.count == 0)
        text_add_sentence(
            note, size,
            "Without a fault the program comes past no call that is to fail; it ends with status %d.",
            sweep->baseline.steady.exit_status);
    else if (sweep->baseline.steady.exit_status != 0)
        text_add_sentence(
            note, size,
            "Without a fault the program ends with status %d: what it does where all is well was not "
            "tried.",
            sweep->baseline.steady.exit_status);
    if (sweep->leftover[0] != '\0')
        text_add_sentence(note, size, "At the end %s.", sweep->leftover);
}

static int fill_result(struct sweep *sweep, struct sweep_result *out, struct error *error)
{
    const struct sweep_options *options = sweep->options;
    if (copy_command(options->program, out) != 0)
        return error_not_done(error, -ENOMEM, "out of memory");
    out->wall_ms = (clock_now_ns() - sweep->started_ns) / 1000000;
    out->contexts = sweep->baseline.contexts.count;
    out->calls = sweep->baseline.contexts.call_count;
    out->planned = sweep->agenda.count - sweep->done_before;
    out->steady_status = sweep->baseline.steady.exit_status;
    out->by_server = sweep->by_server;
    out->interrupted = budget_was_cut(options);
    int failed = tally_fill(&sweep->tally, out, error);
    if (failed == 0)
        write_note(sweep, out->note, sizeof out->note);
    return failed;
}

static void close_sweep(struct sweep *sweep)
{
    agenda_clear(&sweep->agenda);
    baseline_clear(&sweep->baseline);
    tally_clear(&sweep->tally);
    free((void *)sweep->points.names);
    free(sweep->names);
}

int campaign_sweep(const struct sweep_options *options, struct sweep_result *out, struct error *error)
{
    static const struct sweep zero;
    if (options->workload != NULL)
        return operations_sweep(options, out, error);
    struct sweep *sweep = malloc(sizeof *sweep);
    if (sweep == NULL)
        return error_not_done(error, -ENOMEM, "out of memory");
    *sweep = zero;
    pthread_mutex_init(&sweep->lock, NULL);
    pthread_cond_init(&sweep->changed, NULL);
    struct sweep_result result = {.started_s = (uint64_t)time(NULL)};
    int failed = open_sweep(options, sweep, error);
    if (failed == 0)
        failed = run_sweep(sweep, error);
    if (failed == 0)
        failed = fill_result(sweep, &result, error);
    close_sweep(sweep);
    pthread_cond_destroy(&sweep->changed);
    pthread_mutex_destroy(&sweep->lock);
    free(sweep);
    if (failed != 0)
        sweep_result_clear(&result);
    else
        *out = result;
    return failed;
}
