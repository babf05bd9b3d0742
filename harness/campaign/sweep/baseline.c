/* Decides what a target does when nothing fails, and how long a faulting run may take. */
#include "campaign/sweep/baseline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "campaign/sweep/budget.h"
#include "campaign/sweep/naming.h"

/* A run may take so much longer than a steady one, and so long in any case: machines are busy. */
enum { TIMES_STEADY = 20 };
static const uint64_t limit_least_ns = 1000000000u;

static int check(const struct worker *worker, const struct attempt_seen *seen, struct error *error)
{
    const char *path = worker->site->path;
    char limit[32];
    if (seen->end == ATTEMPT_INTERRUPTED)
        return error_not_done(error, -EINTR, "interrupted before '%s' had run twice without faults", path);
    if (seen->end == ATTEMPT_TIMED_OUT)
        return error_not_done(
            error, -ETIMEDOUT,
            "'%s' did not end within %s, without any fault: a sweep needs a program that ends by itself "
            "('exeunt sweep --hang TIME' gives it longer)",
            path, text_of_duration(limit, sizeof limit, budget_of_steady_run_ns(worker->site->options)));
    if (seen->end == ATTEMPT_SIGNALLED)
        return error_not_done(error, -ECHILD,
                              "'%s' was ended by signal %d (%s) without any fault: mend that first", path,
                              seen->status, strsignal(seen->status));
    return 0;
}

static int run_once(struct worker *worker, struct sight *out, struct error *error)
{
    const struct plan none = {0};
    int failed = worker_run(worker, &none, budget_of_steady_run_ns(worker->site->options), out, error);
    if (failed != 0)
        return failed;
    failed = check(worker, &out->seen, error);
    if (failed != 0)
        sight_clear(out);
    return failed;
}

static int learn_owners(const struct sight *first, const struct sight *second, struct baseline *baseline)
{
    struct owners again;
    int failed = owners_learn(&first->record, &baseline->owners);
    if (failed == 0)
        failed = passed_learn(&first->record, &baseline->passed);
    if (failed == 0)
        failed = owners_learn(&second->record, &again);
    if (failed != 0)
        return failed;
    owners_join(&baseline->owners, &again);
    owners_clear(&again);
    return 0;
}

static uint64_t limit_of(const struct worker *worker, const struct sight *first, const struct sight *second)
{
    uint64_t hang_ns = worker->site->options->hang_ns;
    if (hang_ns != 0)
        return hang_ns;
    uint64_t longest = first->seen.duration_ns > second->seen.duration_ns ? first->seen.duration_ns
                                                                          : second->seen.duration_ns;
    return limit_least_ns + TIMES_STEADY * longest;
}

static int learn(const struct worker *worker, const struct sight *first, const struct sight *second,
                 struct baseline *baseline)
{
    struct run_seen seen_first = worker_seen(first), seen_second = worker_seen(second);
    steady_learn(&seen_first, &seen_second, &baseline->steady);
    baseline->image = attempter_ledger(worker->attempter)->ledger->images;
    baseline->leaves_children = first->seen.children_left + second->seen.children_left > 0;
    baseline->limit_ns = limit_of(worker, first, second);
    baseline->lost = first->record.lost;
    int failed = contexts_learn(&first->record, &second->record, &baseline->contexts);
    return failed == 0 ? learn_owners(first, second, baseline) : failed;
}

/* Those of the last run: its modules are known. */
static int list_unreleased(const struct worker *worker, const struct sight *sight, struct baseline *baseline)
{
    const struct record *record = &sight->record;
    size_t *takings, count;
    int failed = owners_unreleased(record, &takings, &count);
    if (failed != 0)
        return failed;
    baseline->unreleased = calloc(count + 1, sizeof *baseline->unreleased);
    failed = baseline->unreleased == NULL ? -ENOMEM : 0;
    for (size_t i = 0; failed == 0 && i < count; i++)
        if (worker_still_has(worker, sight, &record->events[takings[i]]))
            failed = naming_unreleased(worker, record, &record->events[takings[i]],
                                       &baseline->unreleased[baseline->unreleased_count++]);
    free(takings);
    return failed;
}

int baseline_learn(struct worker *worker, struct baseline *out, struct error *error)
{
    struct sight first, second;
    int failed = run_once(worker, &first, error);
    if (failed != 0)
        return failed;
    struct baseline baseline = {0};
    failed = wrongs_of(attempter_ledger(worker->attempter), &first.record, &baseline.wrongs);
    int later = failed == 0 ? run_once(worker, &second, error) : 0;
    if (failed == 0 && later == 0) {
        failed = learn(worker, &first, &second, &baseline);
        if (failed == 0)
            failed = list_unreleased(worker, &second, &baseline);
        sight_clear(&second);
    }
    sight_clear(&first);
    if (failed != 0)
        error_not_done(error, failed, "no memory for what steady runs tell");
    if (failed != 0 || later != 0)
        baseline_clear(&baseline);
    else
        *out = baseline;
    return failed != 0 ? failed : later;
}

void baseline_clear(struct baseline *baseline)
{
    contexts_clear(&baseline->contexts);
    owners_clear(&baseline->owners);
    passed_clear(&baseline->passed);
    for (size_t i = 0; i < baseline->unreleased_count; i++)
        sweep_finding_clear(&baseline->unreleased[i]);
    free(baseline->unreleased);
    baseline->unreleased = NULL;
    baseline->unreleased_count = 0;
    free(baseline->wrongs.keys);
    baseline->wrongs = (struct wrongs){0};
}
