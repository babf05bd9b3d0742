/* Decides what is told of what a run was the first to show: the fewest faults that show it, and how often it
 * came again. */
#include "campaign/sweep/retrial.h"

#include "campaign/sweep/naming.h"

static size_t count_by(const struct retrial *retrial, const struct task *task)
{
    size_t found = 0;
    for (size_t i = 0; i < retrial->count; i++)
        found += retrial->novelties[i].task == task;
    return found;
}

static int run_again(struct retrial *retrial, const struct task *task, struct faulting *out,
                     struct error *error)
{
    return faulting_run(retrial->worker, retrial->baseline, task, out, error);
}

static void count_replay(struct retrial *retrial, const struct task *task, const struct faulting *again)
{
    for (size_t i = 0; i < retrial->count; i++) {
        struct novelty *novelty = &retrial->novelties[i];
        if (novelty->task != task)
            continue;
        novelty->finding.replays++;
        novelty->finding.reproduced += faulting_shows(again, novelty->key);
    }
}

/* Tries again what a run of the task showed first, as often as is asked for. */
static int try_again(struct retrial *retrial, const struct task *task, struct error *error)
{
    unsigned times = count_by(retrial, task) > 0 ? retrial->options->again : 0;
    for (unsigned i = 0; i < times; i++) {
        struct faulting again;
        int failed = run_again(retrial, task, &again, error);
        if (failed != 0)
            return failed;
        bool whole = again.sight.seen.end != ATTEMPT_INTERRUPTED;
        if (whole)
            count_replay(retrial, task, &again);
        faulting_clear(&again);
        if (!whole)
            return 0;
    }
    return 0;
}

/* Puts what a run shows into words, if no run showed it in so simple a mode. */
static int name_one(struct retrial *retrial, const struct task *task, const struct faulting *faulting,
                    const struct shown *shown, struct novelty *out, bool *is_new, struct error *error)
{
    int failed = tally_see(retrial->tally, shown->key, task->mode, is_new, error);
    if (failed != 0 || !*is_new)
        return failed;
    *out = (struct novelty){.task = task, .thing = shown->thing, .key = shown->key};
    return naming_write(retrial->worker, retrial->baseline, task, faulting, shown, &out->finding, error);
}

/* Those of a run's things that no run showed before, put into words while its modules are known. */
static int name_all(struct retrial *retrial, const struct task *task, const struct faulting *faulting,
                    struct error *error)
{
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < faulting->shown_count; i++) {
        bool is_new;
        failed = name_one(retrial, task, faulting, &faulting->shown[i], &retrial->novelties[retrial->count],
                          &is_new, error);
        retrial->count += failed == 0 && is_new;
    }
    return failed;
}

/* The task with one of its faults, once. */
static struct task single_of(const struct task *task, int fault)
{
    return (struct task){.mode = SWEEP_ONCE, .calls = {task->calls[fault]}, .errors = {task->errors[fault]}};
}

/* Of those things that take less than they were found by, the lesser fault is told. */
static int replace(struct retrial *retrial, const struct task *single, const struct faulting *faulting,
                   struct error *error)
{
    int failed = 0;
    size_t kept = 0;
    struct novelty *novelties = retrial->novelties;
    for (size_t i = 0; i < retrial->count; i++) {
        const struct shown *shown = faulting_shown(faulting, novelties[i].thing);
        bool is_kept = true;
        if (failed == 0 && shown != NULL && novelties[i].finding.mode != SWEEP_ONCE) {
            sweep_finding_clear(&novelties[i].finding);
            failed = name_one(retrial, single, faulting, shown, &novelties[i], &is_kept, error);
            is_kept = is_kept && failed == 0;
        }
        if (is_kept)
            novelties[kept++] = novelties[i];
    }
    retrial->count = kept;
    return failed;
}

/* Shrinks what several faults show to the fewest: each of them is tried alone. Drifted runs show nothing. */
static int shrink(struct retrial *retrial, const struct task *task, struct error *error)
{
    int failed = 0;
    if (task->mode == SWEEP_ONCE || retrial->options->only != NULL)
        return 0;
    for (int i = 0; failed == 0 && i < (task->mode == SWEEP_PAIR ? 2 : 1); i++) {
        struct task *single = &retrial->singles[i];
        struct faulting faulting;
        *single = single_of(task, i);
        if (count_by(retrial, task) == 0)
            return 0;
        failed = run_again(retrial, single, &faulting, error);
        if (failed != 0)
            return failed;
        failed = replace(retrial, single, &faulting, error);
        faulting_clear(&faulting);
    }
    return failed;
}

int retrial_run(struct retrial *retrial, const struct task *task, const struct faulting *faulting,
                struct error *error)
{
    int failed = name_all(retrial, task, faulting, error);
    if (failed == 0)
        failed = shrink(retrial, task, error);
    if (failed == 0)
        failed = try_again(retrial, task, error);
    for (int i = 0; failed == 0 && i < 2; i++)
        failed = try_again(retrial, &retrial->singles[i], error);
    return failed;
}

bool retrial_is_whole(const struct retrial *retrial)
{
    for (size_t i = 0; i < retrial->count; i++)
        if (retrial->novelties[i].finding.replays < retrial->options->again)
            return false;
    return true;
}
