/* Reads the ledger while the command runs, so that no event is overwritten unread, and shows progress. */
#include "campaign/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int watch_begin(const struct setup *setup, const char *name, uint32_t fd_count, struct watch *out,
                struct error *error)
{
    struct watch watch = {.setup = setup, .name = name};
    int failed = ledger_create(fd_count, &setup->plan, &setup->points, &watch.ledger, error);
    if (failed != 0)
        return failed;
    watch.ledger.ledger->watch_heap = setup->options->heap;
    if (setup->options->remote)
        failed = remote_open(&watch.ledger, &watch.remote, error);
    if (failed != 0) {
        ledger_close(&watch.ledger);
        return failed;
    }
    *out = watch;
    return 0;
}

void watch_end(struct watch *watch)
{
    findings_clear(&watch->findings);
    remote_close(&watch->remote);
    ledger_close(&watch->ledger);
    free(watch->outcome.series.samples);
    watch->outcome.series = (struct series){0};
}

/* At most what the ring holds: a child that writes as fast as we read must not keep us from the rest. */
static void drain(void *context)
{
    struct watch *watch = context;
    struct ledger_event event;
    for (int left = LEDGER_EVENTS_MAX; left > 0; left--) {
        if (!ledger_next_event(&watch->ledger, &event, &watch->events_lost))
            return;
        findings_add(&watch->findings, &event);
        if (event.kind == LEDGER_FAULT)
            memcpy(&watch->last_fault, &event, sizeof event);
    }
}

static void tick(void *context, const struct sample *sample)
{
    struct watch *watch = context;
    const struct campaign_options *options = watch->setup->options;
    drain(watch);
    remote_tell(&watch->remote, &watch->ledger);
    news_tell(watch, sample);
    if (options->progress == NULL)
        return;
    struct campaign_progress progress = {
        .variant = watch->name,
        .elapsed_ns = sample->t_ms * 1000000,
        .operations = sample->operations,
        .operations_planned = watch->operations,
        .for_ns = options->for_ns,
        .fds = sample->fds,
        .limit_fds = options->limit_fds,
        .faults = sample->faults,
        .children = sample->children,
        .temps = sample->temps,
    };
    options->progress(options->progress_context, &progress);
}

int watch_run(struct watch *watch, const struct supervise_options *command, struct error *error)
{
    const struct campaign_options *options = watch->setup->options;
    struct supervise_options supervised = *command;
    supervised.preload = watch->setup->preload;
    supervised.ledger = &watch->ledger;
    supervised.limit_fds = options->limit_fds;
    supervised.sample_ns = options->sample_ns;
    supervised.hang_ns = options->hang_ns;
    supervised.interrupted = options->interrupted;
    supervised.tick = tick;
    supervised.drain = drain;
    supervised.tick_context = watch;
    int failed = supervise(&supervised, &watch->outcome, error);
    if (failed != 0)
        return failed;
    drain(watch);
    const struct supervise_outcome *outcome = &watch->outcome;
    if (watch->ledger.ledger->attached == 0 && outcome->ended != ENDED_INTERRUPTED)
        return error_not_done(error, -EIO, "the preload library '%s' was not loaded into '%s'%s%s",
                              watch->setup->preload, command->path,
                              outcome->last_words[0] != '\0' ? ": " : "", outcome->last_words);
    return 0;
}
