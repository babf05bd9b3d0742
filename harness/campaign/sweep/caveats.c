/* Decides what a reader of a workload's sweep must know that its findings do not say: what it could not see.
 */
#include "campaign/sweep/caveats.h"

#include "base/text.h"

/* A sweep is no control: it may be of few points, and has but one worker. */
static bool was_missed(const struct sweep_options *options, const struct sweep_result *result)
{
    bool whole = result->runs > 0 && result->runs == result->planned;
    return options->variant->leaks && result->finding_count == 0 && whole;
}

/* Findings that were not tried again as often as they were to be. */
static size_t hurried(const struct sweep_options *options, const struct sweep_result *result)
{
    size_t count = 0;
    for (size_t i = 0; i < result->finding_count && !result->interrupted; i++)
        count += result->findings[i].replays < options->again;
    return count;
}

/* What is not known, since without a fault there is no more to be seen, or not this. */
static void write_steady_note(const struct enumeration *enumeration, char *note, size_t size)
{
    if (enumeration->jobs < enumeration->begun)
        text_add_sentence(
            note, size,
            "Only %zu of %zu operations could be looked at: without a fault the process ends behind "
            "them.",
            enumeration->jobs, enumeration->begun);
    if (enumeration->unfit > 0)
        text_add_sentence(
            note, size,
            "%zu of %zu operations leave something behind although nothing fails: no fault was tried in "
            "them.",
            enumeration->unfit, enumeration->jobs);
    if (enumeration->torn)
        text_add_sentence(
            note, size,
            "The workload's own check finds something wrong although nothing fails: no operation was "
            "judged by it (silent).");
    if (enumeration->overflowed)
        text_add_sentence(
            note, size,
            "Without a fault operations call or leave more than exeunt has room for: what came last was "
            "not made to fail.");
}

/* Of the processes that did the rows. */
static void write_process_note(const struct caveats *caveats, char *note, size_t size)
{
    if (caveats->overflowed > 0)
        text_add_sentence(
            note, size,
            "Some of what processes left behind is not told (%zu times): there was no room for it, or "
            "they ended while they noted it.",
            caveats->overflowed);
    if (caveats->ran_out > 0)
        text_add_sentence(
            note, size,
            "Processes ran out of descriptors by what their operations had left (%zu time%s): a fresh one "
            "went on.",
            caveats->ran_out, text_plural(caveats->ran_out));
    if (caveats->ended_early > 0)
        text_add_sentence(
            note, size,
            "Processes ended early (%zu time%s), since an operation had left a lock, or did not end: a "
            "fresh one went on.",
            caveats->ended_early, text_plural(caveats->ended_early));
}

void caveats_write(const struct caveats *caveats, const struct sweep_options *options,
                   const struct enumeration *enumeration, struct sweep_result *result)
{
    char *note = result->note;
    size_t size = sizeof result->note;
    if (was_missed(options, result))
        text_add_sentence(
            note, size,
            "%s is known to leak, and nothing of it was found: it takes other points, or several workers "
            "('exeunt compare %s').",
            result->line, result->workload);
    if (hurried(options, result) > 0)
        text_add_sentence(note, size,
                          "The budget was over before what was found had been tried again %u times.",
                          options->again);
    write_steady_note(enumeration, note, size);
    write_process_note(caveats, note, size);
}
