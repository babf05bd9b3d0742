/* One run of a program of the user's: what it is left with at its end, by what calls tell, and where the
 * kernel or the file system can be asked, by these. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "campaign/campaign.h"
#include "campaign/executable.h"
#include "campaign/seen.h"
#include "campaign/summary.h"
#include "campaign/symbols.h"
#include "campaign/waits.h"
#include "campaign/watch.h"
#include "plan/profile.h"
#include "supervise/environment.h"

enum { SLOTS_MAX = 1 << 20, COUNTED_KINDS = 4 };

/* The soft and the hard limit that the program will have. */
static struct rlimit limit_of(const struct campaign_options *options)
{
    struct rlimit limit = {1024, 1024};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (options->limit_fds != 0)
        limit.rlim_cur = limit.rlim_max = options->limit_fds;
    return limit;
}

/* The program ended by itself, so that what it still held was its own doing. */
static bool ended_in_order(const struct variant_result *variant)
{
    return variant->signal == 0 && (variant->ended == ENDED_COMPLETED || variant->ended == ENDED_EXITED ||
                                    variant->ended == ENDED_EMFILE);
}

static void collect_descriptors(struct watch *watch, struct variant_result *variant)
{
    const struct ledger *ledger = watch->ledger.ledger;
    uint32_t used = ledger->fds_used < watch->ledger.fd_count ? ledger->fds_used : watch->ledger.fd_count;
    variant->settled = ledger->settled != 0 && ended_in_order(variant);
    bool known =
        variant->settled || variant->emfile.count > 0; /* who took them all must be told in any case */
    for (uint32_t fd = STDERR_FILENO + 1; known && fd < used; fd++) {
        uint64_t held = ledger->fds[fd].holder;
        if ((held & LEDGER_FD_OPEN) == 0)
            continue;
        variant->unreleased++;
        findings_put(&watch->findings, &(struct raw_finding){.kind = FINDING_UNRELEASED_DESCRIPTOR,
                                                             .taken_at = ledger->fds[fd].taken_at,
                                                             .point = -1,
                                                             .operation = held & LEDGER_OPERATION_MASK,
                                                             .count = 1});
    }
}

/* Of the thread that ended the program: what other threads held, they may have been about to give back. */
static void collect_locks(struct watch *watch, const struct variant_result *variant)
{
    const struct ledger *ledger = watch->ledger.ledger;
    uint32_t thread = ledger->ended_by - 1;
    if (!variant->settled || thread >= LEDGER_THREADS_MAX)
        return;
    const struct ledger_locks *locks = &ledger->locks[thread];
    for (uint32_t i = 0; i < locks->held_count && i < LEDGER_HELD_MAX; i++)
        if (locks->held[i].lock != 0 && locks->held[i].left_ns == 0)
            findings_put(&watch->findings, &(struct raw_finding){.kind = FINDING_UNRELEASED_LOCK,
                                                                 .taken_at = locks->held[i].taken_at,
                                                                 .point = -1,
                                                                 .operation = locks->held[i].operation,
                                                                 .path = ledger->threads[thread].path,
                                                                 .count = 1});
}

static void collect_children(struct watch *watch, const struct variant_result *variant)
{
    const struct ledger *ledger = watch->ledger.ledger;
    for (size_t i = 0; ended_in_order(variant) && i < LEDGER_CHILDREN_MAX; i++) {
        const struct ledger_child *child = &ledger->children[i];
        if (child->pid > 0)
            findings_put(&watch->findings, &(struct raw_finding){.kind = FINDING_UNREAPED_CHILD,
                                                                 .taken_at = child->taken_at,
                                                                 .point = -1,
                                                                 .operation = child->operation,
                                                                 .path = child->path,
                                                                 .count = 1});
    }
}

static void collect_threads(struct watch *watch, const struct variant_result *variant)
{
    const struct ledger *ledger = watch->ledger.ledger;
    for (size_t i = 0; ended_in_order(variant) && i < LEDGER_SPAWNED_MAX; i++) {
        const struct ledger_spawned *spawned = &ledger->spawned[i];
        if ((spawned->state & LEDGER_SPAWNED_NAMED) != 0)
            findings_put(&watch->findings, &(struct raw_finding){.kind = FINDING_UNJOINED_THREAD,
                                                                 .taken_at = spawned->taken_at,
                                                                 .point = -1,
                                                                 .operation = spawned->operation,
                                                                 .path = spawned->path,
                                                                 .count = 1});
    }
}

static void collect_temps(struct watch *watch, struct variant_result *variant)
{
    variant->temp_files = 0;
    for (size_t i = 0; i < LEDGER_TEMPS_MAX; i++) {
        const struct ledger_temp *temp = &watch->ledger.ledger->temps[i];
        char path[LEDGER_TEMP_PATH_MAX];
        struct stat status;
        if (temp->state != LEDGER_TEMP_HELD)
            continue;
        snprintf(path, sizeof path, "%.*s", LEDGER_TEMP_PATH_MAX - 1, temp->path);
        if (lstat(path, &status) != 0)
            continue;
        variant->temp_files++;
        findings_put(&watch->findings, &(struct raw_finding){.kind = FINDING_LEFT_TEMP_FILE,
                                                             .taken_at = temp->taken_at,
                                                             .point = -1,
                                                             .operation = temp->operation,
                                                             .path = temp->path_index,
                                                             .count = 1});
    }
}

/* What is told without breaking a guarantee, unless the user says that it does. */
static bool is_informational(enum finding_kind kind, unsigned fail_on)
{
    switch (kind) {
    case FINDING_UNRELEASED_DESCRIPTOR:
    case FINDING_UNSEEN_DESCRIPTOR:
        return (fail_on & FAIL_ON_UNRELEASED) == 0;
    case FINDING_UNREAPED_CHILD:
        return (fail_on & FAIL_ON_CHILDREN) == 0;
    case FINDING_UNJOINED_THREAD:
    case FINDING_UNRELEASED_LOCK:
        return true;
    case FINDING_LEFT_TEMP_FILE:
        return (fail_on & FAIL_ON_TEMP_FILES) == 0;
    default:
        return false;
    }
}

/* Findings that are only a number, of COUNTED_KINDS. */
static void add_counted(const struct watch *watch, struct variant_result *variant)
{
    const struct ledger *ledger = watch->ledger.ledger;
    int64_t unseen = ledger->fds_unseen;
    bool exits_count = (watch->setup->options->fail_on & FAIL_ON_EXIT) != 0;
    uint64_t reports = ledger->sanitizer_reports;
    if (reports == 0) /* the last of those that were counted may have ended it, too */
        reports = variant->exit_status == SANITIZER_EXIT_STATUS;
    seen_add_counted(variant, FINDING_ERROR_EXIT, exits_count && variant->exit_status > 0);
    seen_add_counted(variant, FINDING_UNSEEN_DESCRIPTOR,
                     variant->settled && unseen > 0 ? (uint64_t)unseen : 0);
    seen_add_counted(variant, FINDING_EXHAUSTION, variant->ended == ENDED_EMFILE ? 0 : variant->emfile.count);
    seen_add_counted(variant, FINDING_SANITIZER, reports);
}

static int fill_findings(struct watch *watch, struct variant_result *variant, struct error *error)
{
    unsigned fail_on = watch->setup->options->fail_on;
    collect_descriptors(watch, variant);
    collect_locks(watch, variant);
    collect_children(watch, variant);
    collect_threads(watch, variant);
    collect_temps(watch, variant);
    int failed = seen_findings(watch, COUNTED_KINDS, variant, error);
    if (failed != 0)
        return failed;
    variant->end_unseen = (fail_on & FAIL_ON_UNRELEASED) != 0 && !variant->settled;
    add_counted(watch, variant);
    for (size_t i = 0; i < variant->finding_count; i++)
        variant->findings[i].informational |= is_informational(variant->findings[i].kind, fail_on);
    variant->finding_count = findings_join(variant->findings, variant->finding_count);
    return 0;
}

/* Whether the plan has decided any call. */
static bool plan_was_met(const struct variant_result *variant)
{
    return memchr(variant->faults.met, true, sizeof variant->faults.met) != NULL;
}

/* The points that the program itself turned out to have. */
static const char *own_point(const void *of, size_t index)
{
    const struct result *result = of;
    return fault_point_count + index < result->point_count ? result->points[fault_point_count + index] : NULL;
}

/* A name of the plan for which no point came up, or NULL. */
static const char *unmet_pattern(const struct watch *watch)
{
    const struct plan *plan = &watch->setup->plan;
    for (uint32_t i = 0; i < plan->pattern_count; i++) {
        const char *pattern = plan->patterns[i].text;
        bool met = strcmp(pattern, "*") == 0;
        for (uint32_t point = 0; !met && point < ledger_point_count(&watch->ledger); point++) {
            char name[PLAN_POINT_NAME_MAX];
            ledger_point_name(&watch->ledger, point, name);
            met = plan_matches(pattern, name);
        }
        if (!met)
            return pattern;
    }
    return NULL;
}

/* Whether any rule asks for faults at all: one with a probability of 0 does not. */
static bool may_fail(const struct plan *plan)
{
    for (uint32_t i = 0; i < plan->rule_count; i++)
        if (plan->rules[i].when != PLAN_RANDOM || plan->rules[i].threshold != 0)
            return true;
    return false;
}

static void note_waits(const struct watch *watch, struct variant_result *variant)
{
    if (variant->ended != ENDED_HANG)
        return;
    struct symbols *symbols = symbols_open(&watch->ledger);
    waits_list(&watch->ledger, symbols, variant->note, sizeof variant->note);
    symbols_close(symbols);
}

static void fill_note(const struct watch *watch, const struct executable *executable,
                      const struct result *result, struct variant_result *variant)
{
    const char *unmet = unmet_pattern(watch);
    char hint[96];
    if (executable->has_libfiu)
        snprintf(variant->note, sizeof variant->note,
                 "libfiu is linked into the program statically: its own points cannot be seen or failed");
    else if (watch->ledger.ledger->points_unrecorded != 0)
        snprintf(
            variant->note, sizeof variant->note,
            "the program has more points than can be planned for (%d in all, of at most %d bytes): some of "
            "its own never failed",
            PLAN_POINTS_MAX, PLAN_POINT_NAME_MAX - 1);
    else if (unmet != NULL)
        snprintf(variant->note, sizeof variant->note, "the program met no point that the plan names '%s'%s",
                 unmet, text_hint(hint, sizeof hint, unmet, own_point, result));
    else if (may_fail(&watch->setup->plan) && !variant->plan_unmet && variant->faults.injected == 0)
        snprintf(variant->note, sizeof variant->note,
                 "calls were made that the plan is about, but none of them was due");
    note_waits(watch, variant);
    remote_unmet(&watch->ledger, variant->note, sizeof variant->note);
    size_t length = strlen(variant->note);
    if (watch->setup->options->heap && !variant->heap.watched)
        snprintf(variant->note + length, sizeof variant->note - length,
                 "%sits heap was not watched (--heap): the program has an allocator of its own",
                 length > 0 ? "; " : "");
}

/* The points that the program itself turned out to have. */
static void fill_points(const struct watch *watch, struct result *result)
{
    result->point_count = ledger_point_count(&watch->ledger);
    for (uint32_t i = 0; i < result->point_count; i++)
        ledger_point_name(&watch->ledger, i, result->points[i]);
}

static int run_program(struct watch *watch, const struct executable *executable, struct result *result,
                       struct error *error)
{
    const struct campaign_options *options = watch->setup->options;
    struct supervise_options supervised = {.path = executable->path,
                                           .arguments = options->program,
                                           .keep_streams = 1,
                                           .for_ns = options->for_ns,
                                           .end_signal = SIGTERM,
                                           .hang_by = options->hang_at_rest ? HANG_BY_REST : HANG_BY_MARKS};
    struct ledger *ledger = watch->ledger.ledger;
    ledger->discover = 1;
    ledger->watch_temps = 1;
    int failed = watch_run(watch, &supervised, error);
    if (failed != 0)
        return failed;
    struct variant_result *variant = &result->variants[0];
    result->variant_count = 1;
    seen_fill(watch, variant);
    variant->fds.limit = limit_of(options).rlim_cur;
    if (variant->ended == ENDED_EXITED && ledger->descriptors_exhausted.count > 0)
        variant->ended = ENDED_EMFILE;
    fill_points(watch, result);
    variant->plan_unmet = watch->setup->plan.rule_count > 0 && !plan_was_met(variant);
    fill_note(watch, executable, result, variant);
    return fill_findings(watch, variant, error);
}

static int watch_program(const struct setup *setup, const struct executable *executable,
                         struct result *result, struct error *error)
{
    const struct campaign_options *options = setup->options;
    rlim_t slots = limit_of(options).rlim_max;
    const char *slash = strrchr(options->program[0], '/');
    struct watch watch;
    int failed = watch_begin(setup, slash != NULL ? slash + 1 : options->program[0],
                             slots < SLOTS_MAX ? (uint32_t)slots : SLOTS_MAX, &watch, error);
    if (failed != 0)
        return failed;
    failed = run_program(&watch, executable, result, error);
    watch_end(&watch);
    return failed;
}

int campaign_program(const struct campaign_options *options, struct result *out, struct error *error)
{
    struct executable executable;
    struct setup setup;
    int failed = executable_find(options->program[0], &executable, error);
    if (failed == 0)
        failed = setup_open(options, &setup, error);
    if (failed != 0)
        return failed;
    struct result result = {0};
    struct news news = news_of(&result);
    setup.news = &news;
    failed = summary_begin(&setup, false, &result, error);
    if (failed == 0 && (result.program = text_joined(options->program)) == NULL)
        failed = error_not_done(error, -ENOMEM, "out of memory");
    result.remote = options->remote;
    if (failed == 0)
        failed = watch_program(&setup, &executable, &result, error);
    if (failed == 0)
        summary_end(&(struct witness){0}, &result);
    setup_close(&setup, result.leftover, sizeof result.leftover);
    if (failed != 0) {
        result_clear(&result);
        return failed;
    }
    *out = result;
    return 0;
}
